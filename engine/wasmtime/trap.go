package wasmtime

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
)

// kindOf is the kind of a trap with a code of Wasmtime's.
func kindOf(code wt.TrapCode) engine.TrapKind {
	switch code {
	case wt.UnreachableCodeReached:
		return engine.TrapUnreachable
	case wt.MemoryOutOfBounds:
		return engine.TrapOutOfBounds
	case wt.TableOutOfBounds, wt.IndirectCallToNull:
		return engine.TrapTable
	case wt.BadSignature:
		return engine.TrapIndirectType
	case wt.IntegerDivisionByZero:
		return engine.TrapDivideByZero
	case wt.IntegerOverflow:
		return engine.TrapOverflow
	case wt.BadConversionToInteger:
		return engine.TrapConversion
	case wt.StackOverflow:
		return engine.TrapStackOverflow
	}
	return engine.TrapOther
}

// trap turns the error of a call into a TrapError.
func (in *instance) trap(err error) *engine.TrapError {
	var trap *wt.Trap
	if errors.As(err, &trap) {
		defer trap.Close()
	}
	if in.failure != nil {
		return &engine.TrapError{Kind: engine.TrapHost, Err: in.failure}
	}
	if trap == nil {
		return &engine.TrapError{Kind: engine.TrapOther, Err: errors.New(words(err))}
	}
	code := trap.Code()
	if code == nil {
		return &engine.TrapError{Kind: engine.TrapOther, Err: errors.New(words(err))}
	}
	t := &engine.TrapError{Kind: kindOf(*code)}
	if t.Kind == engine.TrapOther {
		t.Err = errors.New(words(err))
	}
	if t.Kind != engine.TrapStackOverflow { // it has some hundred thousand frames, each of which would be an allocation
		t.Stack = guestStackOf(trap)
	}
	return t
}

// maxFrames is how many lines of a guest's stack are kept.
const maxFrames = 30

// guestStackOf is the stack trace of a trap, one function a line.
func guestStackOf(trap *wt.Trap) string {
	var lines []string
	for i, frame := range trap.Frames() {
		if i == maxFrames {
			lines = append(lines, "…")
			break
		}
		name := fmt.Sprintf("function %d", frame.FuncIndex())
		if n := frame.FuncName(); n != nil {
			name = clean(*n)
		}
		lines = append(lines, fmt.Sprintf("%s at %#x", name, frame.ModuleOffset()))
	}
	return strings.Join(lines, "\n")
}

// maxText bounds what is kept of a text that may hold names that a guest chose.
const maxText = 1 << 10

// words is what an error of Wasmtime says, on one line and without stacks.
func words(err error) string {
	text, _, _ := strings.Cut(err.Error(), "wasm backtrace:") // the guest's stack
	text, _, _ = strings.Cut(text, "Stack backtrace:")        // Wasmtime's own
	return clean(strings.Join(strings.Fields(text), " "))
}

// clean makes a text that may hold a guest's names fit for an error: short, valid UTF-8, and without control characters.
func clean(text string) string {
	if len(text) > maxText {
		text = text[:maxText] + "…"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return unicode.ReplacementChar
		}
		return r
	}, strings.ToValidUTF8(text, string(unicode.ReplacementChar)))
}
