package wazero

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/tetratelabs/wazero/sys"

	"github.com/soltihq/soltiwasm/engine"
)

// kindOf tells a runtime error of wazero, whose type is internal to it, by its text.
func kindOf(text string) engine.TrapKind {
	switch text {
	case "unreachable":
		return engine.TrapUnreachable
	case "out of bounds memory access":
		return engine.TrapOutOfBounds
	case "invalid table access":
		return engine.TrapTable
	case "indirect call type mismatch":
		return engine.TrapIndirectType
	case "integer divide by zero":
		return engine.TrapDivideByZero
	case "integer overflow":
		return engine.TrapOverflow
	case "invalid conversion to integer":
		return engine.TrapConversion
	case "stack overflow":
		return engine.TrapStackOverflow
	}
	return engine.TrapOther
}

// trap turns the error of a call into a TrapError.
func trap(err error) *engine.TrapError {
	t := &engine.TrapError{Stack: guestStack(err)}
	var host *hostError
	var exit *sys.ExitError
	switch {
	case errors.As(err, &host):
		t.Kind, t.Err = engine.TrapHost, host.err
	case errors.As(err, &exit):
		t.Kind = engine.TrapClosed // the runtime was closed under it
	default:
		if t.Kind = kindOf(innermost(err).Error()); t.Kind == engine.TrapOther {
			t.Err = errors.New(words(err))
		}
	}
	return t
}

// instantiateError tells the traps among the errors of instantiating.
func instantiateError(err error) error {
	text := words(err)
	if strings.HasPrefix(text, "data[") && strings.HasSuffix(text, "]: out of bounds memory access") {
		return fmt.Errorf("instantiate: %s: %w", text[:strings.Index(text, ":")], &engine.TrapError{Kind: engine.TrapOutOfBounds})
	}
	if t := trap(err); t.Kind != engine.TrapOther {
		return fmt.Errorf("instantiate: start section: %w", t)
	}
	return fmt.Errorf("instantiate: %s", text)
}

func innermost(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}

// What wazero puts between an error's words and the guest's call stack.
const stackMark = "\nwasm stack trace:\n"

// maxText bounds what is kept of a text that may hold names that a guest chose.
const maxText = 1 << 10

// words is what an error of wazero says, without its stack trace.
func words(err error) string {
	text, _, _ := strings.Cut(err.Error(), stackMark)
	return clean(text)
}

// guestStack is the stack trace in an error of wazero, one function a line, without the Go stack that may follow.
func guestStack(err error) string {
	_, stack, _ := strings.Cut(err.Error(), stackMark)
	stack, _, _ = strings.Cut(stack, "\n\n")
	lines := strings.Split(cut(stack), "\n")
	for i, line := range lines {
		lines[i] = strings.TrimSpace(line)
	}
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// clean makes a text that may hold a guest's names fit for an error: short, valid UTF-8, and without control characters.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' ' // wazero puts a validation error on several lines
		case unicode.IsControl(r):
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(cut(text), string(unicode.ReplacementChar)))
}

func cut(text string) string {
	if len(text) > maxText {
		return text[:maxText] + "…"
	}
	return text
}
