package registry

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// Words that count a runner's faults in the metrics.
const (
	errorGuestFault = "guest_fault"
	errorTimeout    = "timeout"
)

// fault turns what went wrong while export ran into a *task.Error, and counts it. When the caller's own context ended,
// nobody is to blame and its error is returned.
func (r *Runner) fault(ctx context.Context, export string, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if errors.Is(err, engine.ErrClosed) {
		return r.fail(task.CodeInternal, "the runner was closed while it was asked", err)
	}
	code, kind := task.CodeGuestFault, errorGuestFault
	words := r.faultWords(export, err)
	switch {
	case isTimeout(err):
		code, kind = task.CodeTimeout, errorTimeout
		words = export + ": " + r.timeoutWords(export, err)
	case export == abi.ExportBuild && isBadReply(err):
		code = task.CodeInvalidReply
	}
	r.health.fault(r.registry.config.Now())
	r.registry.config.Metrics.RunnerError(r.name, kind)
	return r.fail(code, words, err)
}

// isTimeout says whether a call ended because its time was up: in a host function, in the engine, or while it waited
// for an instance.
func isTimeout(err error) bool { return errors.Is(err, context.DeadlineExceeded) }

// isBadReply says whether a guest was trapped because its reply is too large or no text.
func isBadReply(err error) bool {
	if limit, ok := errors.AsType[*hostfuncs.LimitError](err); ok {
		return limit.Limit == "reply"
	}
	text, ok := errors.AsType[*hostfuncs.TextError](err)
	return ok && text.Function == "reply"
}

// faultWords say what went wrong while export ran.
func (r *Runner) faultWords(export string, err error) string {
	words := r.words(err.Error())
	if strings.HasPrefix(words, export+": ") {
		return words // a host function of the same name as the export speaks for itself
	}
	return export + ": " + words
}

// timeoutWords name the limit that a call met, its value and how to raise it. An instance may have been made for the
// call, and have met the limit of its start.
func (r *Runner) timeoutWords(export string, err error) string {
	interrupt, ok := errors.AsType[*hostfuncs.InterruptError](err)
	if ok && interrupt.Phase == abi.PhaseStart {
		export = abi.ExportInitialize
	}
	var name string
	switch export {
	case abi.ExportInitialize:
		name = "start"
	case abi.ExportName, abi.ExportSupports:
		name = "ask"
	case abi.ExportBuild:
		name = "build"
	default:
		if ok && interrupt.Limit > 0 {
			return fmt.Sprintf("did not end within the task's timeout of %v", interrupt.Limit)
		}
		return "did not end within the task's timeout"
	}
	return fmt.Sprintf("did not end within the limit %s of %s; raise it with limits: {%s: …} in the sidecar, or for all runners",
		name, LimitText(r.limits, name), name)
}

// fail makes the error for this runner. The message holds no unescaped text of a guest.
func (r *Runner) fail(code task.Code, message string, err error) error {
	return &task.Error{Code: code, Runner: r.name, Message: message, Err: err}
}

// words makes text that a guest may have written fit to be shown.
func (r *Runner) words(text string) string {
	return hostfuncs.Escape(cutMessage(r.registry.config.Mask.Text(text)))
}

// replyWords are a reply as the rest of a sentence, or nothing.
func (r *Runner) replyWords(reply []byte) string {
	if len(reply) == 0 {
		return ""
	}
	return ": " + r.words(string(reply))
}

func (r *Runner) grants(action string) bool { return slices.Contains(r.sidecar.Grants.Actions, action) }
