package cli

import (
	"cmp"
	"errors"
	"strconv"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// runRow is what became of one document.
type runRow struct {
	Source     string       `json:"source"`
	Slot       string       `json:"slot,omitempty"`
	Runner     string       `json:"runner,omitempty"`
	RunID      string       `json:"runId,omitempty"`
	Outcome    task.Outcome `json:"outcome,omitempty"` // empty for what could not be built
	Attempts   int          `json:"attempts,omitempty"`
	ExitCode   *int         `json:"exitCode,omitempty"`
	DurationMs *int64       `json:"durationMs,omitempty"` // of all attempts, with the pauses between them
	Result     string       `json:"result,omitempty"`
	Error      *failure     `json:"error,omitempty"`
}

// ended fills in the end of the task and returns its exit code.
func (r *runRow) ended(a *app, result task.Result) int {
	if te, ok := errors.AsType[*task.Error](result.Err); ok {
		r.Runner = te.Runner
	}
	if id := result.RunID; id.Seq > 0 {
		r.Runner, r.RunID = cmp.Or(id.Runner, r.Runner), id.String()
	}
	if result.Err != nil {
		r.Error = a.failed(result.Err)
	}
	if result.Attempts == 0 && (result.Outcome == task.Failure || result.Outcome == task.Fatal) {
		return routeExit(r.Error.Code)
	}
	r.Outcome, r.Attempts, r.ExitCode, r.Result = result.Outcome, result.Attempts, result.ExitCode, a.mask.Text(result.Text)
	if result.Attempts > 0 {
		ms := result.Duration.Milliseconds()
		r.DurationMs = &ms
	}
	return runExit(result.Outcome)
}

func (r *runRow) line() line {
	var attempts, exit, duration string
	if r.DurationMs != nil {
		attempts = strconv.Itoa(r.Attempts)
		duration = (time.Duration(*r.DurationMs) * time.Millisecond).String()
	}
	if r.ExitCode != nil {
		exit = strconv.Itoa(*r.ExitCode)
	}
	l := line{cells: plain(r.Source, r.Slot, r.Runner, r.RunID, string(r.Outcome), attempts, exit, duration), notes: r.Error.notes()}
	if r.Outcome == task.Success {
		l.cells[4].colour = green
	} else {
		l.cells[4].colour = red
	}
	if r.Result != "" {
		l.notes = append(l.notes, cell{text: "result: " + r.Result})
	}
	return l
}
