package wasi

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// outcome says what it means that a command under ctx ended with err. One that exited is taken at its word.
func outcome(ctx context.Context, c Command, err error) (exitCode *int, _ error) {
	code := 0
	if exit, ok := errors.AsType[*hostfuncs.ExitError](err); ok {
		code, err = int(exit.Code), nil
	}
	switch {
	case err == nil && code == 0:
		return &code, nil
	case err == nil:
		return &code, fail(task.CodeTaskFailed, nil, "the module %s exited with code %d", shown(c.Action.Module), code)
	case ctx.Err() != nil:
		return nil, ended(ctx, c)
	}
	kind := task.CodeInternal
	_, trapped := errors.AsType[*engine.TrapError](err)
	if _, panicked := errors.AsType[*engine.PanicError](err); trapped && !panicked {
		kind = task.CodeGuestFault
	}
	return nil, fail(kind, err, "the module %s was ended: %s", shown(c.Action.Module), words(err))
}

// ended is the error of a command that the end of ctx ended or kept from being started.
func ended(ctx context.Context, c Command) error {
	code := task.CodeCanceled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		code = task.CodeTaskTimeout
	}
	cause := context.Cause(ctx)
	return fail(code, cause, "the module %s was ended: %v", shown(c.Action.Module), cause)
}

// refused is the error of a command that could not be started.
func refused(c Command, err error) error {
	return fail(task.CodeSpawnFailed, err, "the module %s can't be run: %s", shown(c.Action.Module), words(err))
}

func fail(code task.Code, err error, format string, args ...any) error {
	return &task.Error{Code: code, Message: fmt.Sprintf(format, args...), Err: err}
}

// words is an error's text, which may quote a module, made fit to be shown.
func words(err error) string {
	text := err.Error()
	if len(text) > abi.MaxMessage {
		text = text[:abi.MaxMessage] + "…"
	}
	return hostfuncs.Escape(text)
}

// shown quotes a word of a task or a module for a message.
func shown(word string) string {
	const most = 200
	if len(word) > most {
		return strconv.Quote(word[:most]) + "…"
	}
	return strconv.Quote(word)
}
