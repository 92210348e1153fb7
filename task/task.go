package task

import (
	"encoding/json"
	"fmt"
	"time"
)

// Task is what a runner built from a Spec: what is to be done, by the rules of the ABI's section on the reply of build.
type Task struct {
	Action      Action
	Description string            // one line for people
	Annotations map[string]string // carried along, never interpreted
}

// Action is what is to be done: a [RunAction], [ProcessAction] or [WasmAction].
type Action interface {
	// ActionName is "run", "process" or "wasm".
	ActionName() string
}

// RunAction has the runner that built the task carry it out itself.
type RunAction struct {
	Fields json.RawMessage // one JSON object of the runner's own
}

// ProcessAction starts a subprocess of the host.
type ProcessAction struct {
	Command      string
	Args         []string
	Env          map[string]string // all that the process gets, plus a PATH where it has none
	Cwd          string
	Stdin        string
	Script       []byte // written to a private file whose path goes between Command and Args; nil is none
	ScriptSpec   string // the JSON Pointer into the spec that Script came from
	AllowNonZero bool   // makes a non-zero exit code a success, and an end by a signal too
}

// WasmAction runs a WASI command module from the operator's module path.
type WasmAction struct {
	Module string
	Args   []string
	Env    map[string]string
	Stdin  string
}

// ActionName returns "run".
func (RunAction) ActionName() string { return "run" }

// ActionName returns "process".
func (ProcessAction) ActionName() string { return "process" }

// ActionName returns "wasm".
func (WasmAction) ActionName() string { return "wasm" }

// RunID names one built task. Seq alone is unique within a Host; the text is for people and can't be taken apart
// again, since runner and slot may contain the separator.
type RunID struct {
	Runner string
	Slot   string
	Seq    uint64 // from 1
}

// String returns "{runner}-{slot}-{seq}", and nothing without a Seq: no task was built.
func (id RunID) String() string {
	if id.Seq == 0 {
		return ""
	}
	return fmt.Sprintf("%s-%s-%d", id.Runner, id.Slot, id.Seq)
}

// Outcome is how a task ended.
type Outcome string

// The outcomes.
const (
	Success  Outcome = "success"
	Failure  Outcome = "failure"
	Fatal    Outcome = "fatal" // a failure that is never retried
	Canceled Outcome = "canceled"
	TimedOut Outcome = "timeout"
	Rejected Outcome = "rejected" // never started
)

// Result is how a task ended, with what there is to say of it.
type Result struct {
	RunID    RunID // of the built task; zero if it was never built
	Outcome  Outcome
	Attempts int
	ExitCode *int          // of a process or a WASI command that exited
	Duration time.Duration // from the first attempt's start to the last one's end
	Text     string        // the runner's reply
	Dropped  int64         // bytes of the last attempt's output that the limit output cut off
	Err      error         // why, unless Outcome is Success
}
