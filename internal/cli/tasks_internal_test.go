package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// talker is a runner whose tasks write a line, a piece of one, and may fail.
type talker struct{}

func (talker) Name() string { return "talker" }

func (talker) Supports(*task.Spec) bool { return true }

func (talker) Build(context.Context, *task.Spec, soltiwasm.BuildContext) (task.Task, error) {
	return task.Task{Action: task.RunAction{}}, nil
}

func (talker) Run(ctx context.Context, w soltiwasm.Work) (string, error) {
	fmt.Fprintf(w.Output.Stdout, "begin %d\nrest ", w.Attempt)
	fmt.Fprintf(w.Output.Stderr, "%d", w.Attempt)
	select {
	case <-time.After(time.Duration(rand.IntN(3)) * time.Millisecond):
	case <-ctx.Done():
		return "", ctx.Err()
	}
	fmt.Fprintf(w.Output.Stdout, "of %d", w.Attempt)
	if rand.IntN(2) == 0 {
		return "", fmt.Errorf("attempt %d", w.Attempt)
	}
	return "done", nil
}

// carriedOut carries out documents over some slots, and returns the standard output.
func carriedOut(ctx context.Context, t *testing.T, documents int, f *runFlags) string {
	t.Helper()
	var stdout bytes.Buffer
	a := &app{console: newConsole(Program{Stdout: &stdout, Stderr: io.Discard, LookupEnv: environment(nil)})}
	a.flags.format = formatJSON
	host, err := soltiwasm.New(t.Context(), soltiwasm.Config{
		Engine: wazero.Engine{}, Runners: []soltiwasm.Registration{{Runner: talker{}}}, MaxQueue: documents, MaxParallel: 8,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	items := make([]taskfile.Item, documents)
	for i := range items {
		items[i] = taskfile.Item{Source: fmt.Sprint(i), Spec: task.Spec{
			Slot: fmt.Sprintf("slot-%d", i%20), Kind: task.Custom{Name: "any", Payload: []byte("{}")}, Timeout: time.Minute,
			Restart: task.Restart{Policy: task.RestartOnFailure}, MaxRetries: 2, Admission: task.Queue,
			Backoff: task.Backoff{Jitter: task.JitterNone, First: time.Millisecond, Max: time.Millisecond, Factor: 1},
		}}
	}
	if err := a.carryOut(ctx, host, items, f); err != nil {
		t.Error(err)
	}
	return stdout.String()
}

// Many tasks at a time: each has all of its events in order, with what each attempt wrote inside of it, and one row. Run it
// with -race.
func TestCarryOutHammer(t *testing.T) {
	const documents = 200
	text := carriedOut(t.Context(), t, documents, &runFlags{output: outputJSON})
	told := map[uint64]*strings.Builder{}
	rows := 0
	for l := range strings.Lines(text) {
		var line eventLine
		if err := json.Unmarshal([]byte(l), &line); err != nil {
			t.Fatalf("%v in %q", err, l)
		}
		if line.Event == nil {
			rows++
			continue
		}
		e := line.Event
		if told[e.Task] == nil {
			told[e.Task] = &strings.Builder{}
		}
		fmt.Fprintf(told[e.Task], "%s %d %s %q|", e.Kind, e.Attempt, e.Stream, e.Data)
	}
	if rows != documents || len(told) != documents {
		t.Errorf("%d rows and %d tasks, want %d of each", rows, len(told), documents)
	}
	for id, b := range told {
		if !wholeStory(b.String()) {
			t.Fatalf("task %d: %s", id, b.String())
		}
	}
}

// wholeStory says whether the events of a task are those of up to three attempts of a talker, of which the last may be a success.
func wholeStory(told string) bool {
	want := `submitted 0  ""|building 0  ""|`
	for n := 1; n <= 3; n++ {
		want += fmt.Sprintf(`started %[1]d  ""|output %[1]d stdout "begin %[1]d\n"|output %[1]d stdout "rest of %[1]d"|`+
			`output %[1]d stderr "%[1]d"|attemptEnded %[1]d  ""|`, n)
		if told == want+fmt.Sprintf(`ended %d  ""|`, n) {
			return true
		}
		want += fmt.Sprintf(`backingOff %d  ""|`, n)
	}
	return false
}

// However tasks are stopped, at whatever moment, each document has its row.
func TestCarryOutStopped(t *testing.T) {
	const documents = 40
	for range 20 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(10_000))*time.Microsecond)
		for _, f := range []*runFlags{{output: outputRaw}, {output: outputPrefix, failFast: true}} {
			text := carriedOut(ctx, t, documents, f)
			if rows := strings.Count(text, `{"source":`); rows != documents {
				t.Errorf("%d rows, want %d", rows, documents)
			}
		}
		cancel()
	}
}
