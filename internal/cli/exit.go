package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// The exit codes.
const (
	exitHost        = 1   // the host could not do it
	exitUsage       = 2   // wrong usage, or an invalid spec
	exitNoRunner    = 3   // no runner takes the spec
	exitBuild       = 4   // the build failed
	exitTaskFailed  = 5   // the task failed
	exitTaskTimeout = 6   // the task timed out
	exitInterrupted = 130 // as a shell says of a program that an interrupt ended
)

// usageError is a mistake in the arguments, the environment variables for flags included.
type usageError struct{ error }

func usagef(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// noArgs is for a command that takes none.
func noArgs(_ *cobra.Command, args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("expected no arguments, found %q", args[0])
	}
	return nil
}

// raise makes code the exit code, unless there is a higher one already.
func (a *app) raise(code int) { a.code = max(a.code, code) }

// codeOf is the word for an error that kept a spec from becoming a task. Whatever has none is the host's own trouble.
func codeOf(err error) task.Code {
	if te, ok := errors.AsType[*task.Error](err); ok {
		return te.Code
	}
	return task.CodeInternal
}

// routeExit is the exit code for a spec that did not become a task.
func routeExit(code task.Code) int {
	switch code {
	case task.CodeInvalidSpec:
		return exitUsage
	case task.CodeNoRunner, task.CodeEmbedded:
		return exitNoRunner
	case task.CodeUnsupportedKind, task.CodeInvalidTaskSpec, task.CodeMissingField, task.CodeInternal,
		task.CodeGuestFault, task.CodeTimeout, task.CodeInvalidReply, task.CodeDenied:
		return exitBuild
	}
	return exitHost
}

// runExit is the exit code for a task that was run.
func runExit(outcome task.Outcome) int {
	switch outcome {
	case task.Success:
		return 0
	case task.TimedOut:
		return exitTaskTimeout
	case task.Canceled:
		return exitInterrupted
	}
	return exitTaskFailed
}

// failure is an error as rows show it.
type failure struct {
	Code    task.Code `json:"code"`
	Message string    `json:"message"`
}

// notes are the lines of a table about the error; none for nil.
func (f *failure) notes() []cell {
	if f == nil {
		return nil
	}
	return []cell{{text: string(f.Code) + ": " + f.Message, colour: red}}
}

// invalid makes the row's part for a document that can't be read. Places in files are not masked, since a line's number
// may well be somebody's value.
func (a *app) invalid(err error) *failure {
	if ie, ok := errors.AsType[*taskfile.InvalidError](err); ok {
		masked := &taskfile.InvalidError{File: ie.File, Faults: slices.Clone(ie.Faults)}
		for i := range masked.Faults {
			masked.Faults[i].Message = a.mask.Text(masked.Faults[i].Message)
		}
		err = masked
	}
	return &failure{Code: task.CodeInvalidSpec, Message: err.Error()}
}

// failed makes the row's part for an error, with the environment's values masked: it may quote a spec or a guest.
func (a *app) failed(err error) *failure {
	message := err.Error()
	if te, ok := err.(*task.Error); ok {
		message = te.Message // the runner's name has a field of its own
	}
	return &failure{Code: codeOf(err), Message: a.mask.Text(message)}
}
