package cli

import (
	"context"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/run"
	"github.com/soltihq/soltiwasm/task"
)

// followed is how many events are kept until they are looked at, which is before anything that a task writes is passed
// on. A process writes up to 64 KiB at once, of which every byte may be a line, and so an event.
const followed = 1 << 16

// lookEvery is how often the events are looked at while no task writes.
const lookEvery = 100 * time.Millisecond

// follower tells what happens to tasks, and passes on what they write: each piece after the beginning and before the end of
// its attempt, which is why output is taken from the writers, that wait, and not from the events, that may be missed.
type follower struct {
	app    *app
	events *soltiwasm.Subscription // nil without a host
	past   context.Context         // has ended, so that Next does not wait
	mode   string
	lines  *eventLines // if the mode is json
	story  *story      // otherwise
	rows   *output
	fail   func(error) // is called when something can't be written
	stop   chan struct{}
	over   sync.WaitGroup

	mu    sync.Mutex // held while anything is told or passed on
	tasks map[uint64]*followedTask
}

// followedTask is what is known of a task at present.
type followedTask struct {
	id      uint64
	slot    string
	runID   task.RunID
	attempt int
	last    run.EventKind // but for output
	sink    *sink         // nil until the task was submitted
}

// newFollower makes the one for t, whose rows go to rows.
func (a *app) newFollower(t *tasks, rows *output) *follower {
	past, cancel := context.WithCancel(t.base)
	cancel()
	f := &follower{
		app: a, past: past, mode: t.flags.output, rows: rows, fail: t.fail, stop: make(chan struct{}), tasks: map[uint64]*followedTask{},
	}
	if f.mode == outputJSON {
		lines := rows
		if !rows.streams() {
			lines = &output{w: a.console.stdout(), format: formatJSON}
		}
		f.lines = newEventLines(a, lines)
	} else {
		f.story = &story{app: a, progress: a.console.begin("running")}
	}
	if t.host != nil {
		f.events = t.host.Subscribe(followed)
		f.over.Go(f.watch)
	}
	return f
}

// watch looks at the events while nobody else does.
func (f *follower) watch() {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	for {
		select {
		case <-f.stop:
			return
		case <-tick.C:
			f.mu.Lock()
			f.catchUp()
			if f.story != nil {
				f.story.look(f.tasks)
			}
			f.mu.Unlock()
		}
	}
}

// close ends the telling.
func (f *follower) close() {
	close(f.stop)
	f.over.Wait()
	if f.events != nil {
		f.events.Close()
	}
	if f.story != nil {
		f.story.progress.end()
	}
}

// catchUp tells of what has happened. The mutex is held.
func (f *follower) catchUp() {
	for f.events != nil {
		e, err := f.events.Next(f.past)
		if err != nil {
			return
		}
		if e.Kind == run.EventOutput {
			continue
		}
		if err := f.happened(e); err != nil {
			f.fail(err)
		}
	}
}

// happened tells of one event, after the rest of what its attempt wrote.
func (f *follower) happened(e soltiwasm.Event) error {
	if e.Kind != run.EventLagged {
		t := f.task(e.Task)
		if e.Kind == run.EventAttemptEnded && t.sink != nil {
			if err := t.sink.flush(e.Time, e.Result.Dropped > 0); err != nil {
				return err
			}
		}
		t.slot, t.runID, t.attempt, t.last = e.Slot, e.RunID, e.Attempt, e.Kind
	}
	if f.lines != nil {
		return f.lines.event(e)
	}
	f.story.event(e)
	return nil
}

// task finds what is known of a task. The mutex is held.
func (f *follower) task(id uint64) *followedTask {
	t := f.tasks[id]
	if t == nil {
		t = &followedTask{id: id}
		f.tasks[id] = t
	}
	return t
}

// adopt makes s the sink of a task that was submitted.
func (f *follower) adopt(id uint64, s *sink) {
	f.mu.Lock()
	defer f.mu.Unlock()
	s.task = f.task(id)
	s.task.sink, s.task.slot = s, s.slot
	close(s.submitted)
}

// end tells all there is about a task that has ended, and prints its row unless that waits for the table.
func (f *follower) end(e end) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.catchUp()
	var err error
	if e.sink != nil {
		err = e.sink.flush(time.Now(), false)
	}
	if err == nil && f.rows.streams() {
		err = f.rows.print(e.row)
	}
	if err != nil {
		f.fail(err)
	}
}
