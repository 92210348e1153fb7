package cli

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

func TestStoryOfAnotherAttempt(t *testing.T) {
	id := task.RunID{Runner: "r", Slot: "s", Seq: 1}
	failed := task.Result{Outcome: task.Failure, Err: &task.Error{Code: task.CodeTaskFailed, Message: "no\x1b[2J secret"}}
	tests := []struct {
		name  string
		event soltiwasm.Event
		want  string
	}{
		{"after a failure", soltiwasm.Event{Kind: run.EventBackingOff, Slot: "s", RunID: id, Attempt: 2, Delay: 1500 * time.Millisecond, Result: failed},
			"soltiwasm: r-s-1: attempt 2 failed: task_failed: no\\x1b[2J ***; again in 1.5s\n"},
		{"after a build", soltiwasm.Event{Kind: run.EventBackingOff, Slot: "s", Delay: time.Second, Result: task.Result{Err: errors.New("odd")}},
			"soltiwasm: s: it could not be built: internal: odd; again in 1s\n"},
		{"after a success", soltiwasm.Event{Kind: run.EventBackingOff, Slot: "s", RunID: id, Attempt: 1}, ""},
		{"otherwise", soltiwasm.Event{Kind: run.EventEnded, Slot: "s", Result: failed}, ""},
	}
	for _, test := range tests {
		var stderr bytes.Buffer
		a := &app{mask: task.NewMask([]string{"secret"})}
		a.console = newConsole(Program{Stdout: &bytes.Buffer{}, Stderr: &stderr, LookupEnv: environment(nil)})
		(&story{app: a}).event(test.event)
		if stderr.String() != test.want {
			t.Errorf("%s: said %q, want %q", test.name, stderr.String(), test.want)
		}
	}
}

func TestStoryLook(t *testing.T) {
	at := func(id uint64, slot string, attempt int, last run.EventKind) *followedTask {
		return &followedTask{id: id, slot: slot, attempt: attempt, last: last}
	}
	tests := []struct {
		tasks []*followedTask
		want  string
	}{
		{nil, "running nothing at present"},
		{[]*followedTask{at(1, "a", 1, run.EventStarted)}, "running a"},
		{[]*followedTask{at(1, "a", 3, run.EventBackingOff)}, "running nothing at present; 1 pausing"},
		{[]*followedTask{
			at(3, "c", 2, run.EventAttemptEnded), at(2, "b", 0, run.EventBuilding), at(1, "a", 1, run.EventEnded),
			at(4, "d", 0, run.EventSubmitted), at(5, "e", 1, run.EventBackingOff), at(6, "f", 0, ""),
		}, "running b, c (attempt 2); 1 pausing; 2 waiting; 1 of 6 ended"},
		{[]*followedTask{
			at(1, "a", 1, run.EventStarted), at(2, "b", 1, run.EventStarted), at(3, "c", 1, run.EventStarted), at(4, "d", 1, run.EventStarted),
			at(5, "e", 1, run.EventStarted), at(6, "f", 1, run.EventStarted), at(7, "g", 1, run.EventStarted),
		}, "running a, b, c, d, e and 2 more; 0 of 7 ended"},
	}
	for _, test := range tests {
		c := newConsole(Program{Stdout: &bytes.Buffer{}, Stderr: &bytes.Buffer{}, LookupEnv: environment(nil)})
		s := &story{progress: c.begin("")}
		tasks := map[uint64]*followedTask{}
		for _, task := range test.tasks {
			tasks[task.id] = task
		}
		s.look(tasks)
		s.progress.end()
		if s.progress.text != test.want {
			t.Errorf("got %q, want %q", s.progress.text, test.want)
		}
	}
}
