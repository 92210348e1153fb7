package cli

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// eventLines tells of tasks in lines of JSON. Between documents of YAML each is one of them: JSON is YAML.
type eventLines struct {
	app   *app
	rows  *output // which the lines share a stream with
	line  bytes.Buffer
	json  *json.Encoder // to line
	batch batch
}

func newEventLines(a *app, rows *output) *eventLines {
	l := &eventLines{app: a, rows: rows, batch: batch{w: rows.w}}
	l.json = json.NewEncoder(&l.line)
	l.json.SetEscapeHTML(false)
	return l
}

// eventLine is one event. Fields that its kind does not have are absent.
type eventLine struct {
	Event *eventBody `json:"event"`
}

type eventBody struct {
	Kind       run.EventKind `json:"kind"`
	Time       time.Time     `json:"time"`
	Task       uint64        `json:"task,omitempty"`
	Slot       string        `json:"slot,omitempty"`
	RunID      string        `json:"runId,omitempty"`
	Attempt    int           `json:"attempt,omitempty"`
	Stream     run.Stream    `json:"stream,omitempty"`
	Data       string        `json:"data,omitempty"`
	Base64     []byte        `json:"base64,omitempty"` // instead of data that is not UTF-8
	DelayMs    *int64        `json:"delayMs,omitempty"`
	Outcome    task.Outcome  `json:"outcome,omitempty"`
	ExitCode   *int          `json:"exitCode,omitempty"`
	DurationMs *int64        `json:"durationMs,omitempty"`
	Result     string        `json:"result,omitempty"`
	Error      *failure      `json:"error,omitempty"`
	Skipped    uint64        `json:"skipped,omitempty"`
}

func (l *eventLines) event(e soltiwasm.Event) error {
	b := eventBody{Kind: e.Kind, Time: e.Time, Task: e.Task, Slot: e.Slot, RunID: e.RunID.String(), Attempt: e.Attempt, Skipped: e.Skipped}
	switch e.Kind {
	case run.EventBackingOff:
		b.DelayMs = milliseconds(e.Delay)
		l.result(&b, e.Result)
	case run.EventAttemptEnded, run.EventEnded:
		l.result(&b, e.Result)
		if e.Result.Attempts > 0 {
			b.DurationMs = milliseconds(e.Result.Duration)
		}
		b.ExitCode, b.Result = e.Result.ExitCode, l.app.mask.Text(e.Result.Text)
	}
	return errors.Join(l.add(&b), l.batch.flush())
}

// output tells of each line for itself.
func (l *eventLines) output(t *followedTask, at time.Time, stream run.Stream, lines []byte) error {
	b := eventBody{
		Kind: run.EventOutput, Time: at, Task: t.id, Slot: t.slot, RunID: t.runID.String(), Attempt: t.attempt, Stream: stream,
	}
	for data := range bytes.Lines(lines) {
		b.Data, b.Base64 = "", nil
		if utf8.Valid(data) {
			b.Data = string(data)
		} else {
			b.Base64 = data
		}
		if err := l.add(&b); err != nil {
			return err
		}
	}
	return l.batch.flush()
}

func (l *eventLines) add(b *eventBody) error {
	l.line.Reset()
	if l.rows.format == formatYAML && l.rows.count > 0 {
		l.line.WriteString("---\n")
	}
	l.rows.count++
	if err := l.json.Encode(eventLine{b}); err != nil {
		return err
	}
	return l.batch.add(string(plainJSON(l.line.Bytes())))
}

// result adds how something ended.
func (l *eventLines) result(b *eventBody, r task.Result) {
	b.Outcome = r.Outcome
	if r.Err != nil {
		b.Error = l.app.failed(r.Err)
	}
}

func milliseconds(d time.Duration) *int64 {
	ms := d.Milliseconds()
	return &ms
}
