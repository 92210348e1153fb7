package wazero

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/engine"
)

// named is a module whose function f, which the name section calls name, is unreachable.
func named(name string) []byte {
	wasm := []byte("\x00asm\x01\x00\x00\x00\x01\x04\x01\x60\x00\x00\x03\x02\x01\x00\x07\x05\x01\x01f\x00\x00\x0a\x05\x01\x03\x00\x00\x0b")
	names := append([]byte{1, 0}, prefixed(name)...)
	section := append(append([]byte("\x04name"), 1), prefixed(string(names))...)
	return append(append(wasm, 0), prefixed(string(section))...)
}

// prefixed is a text with its length before it, in five bytes.
func prefixed(text string) []byte {
	n := len(text)
	return append([]byte{byte(n) | 0x80, byte(n>>7) | 0x80, byte(n>>14) | 0x80, byte(n>>21) | 0x80, byte(n >> 28)}, text...)
}

func TestStackNamesTheGuestsFunctions(t *testing.T) {
	for _, e := range []Engine{{}, {Interpreter: true}} {
		for _, name := range []string{"inner", strings.Repeat("long", 50_000)} {
			r := openTest(t, e)
			m, err := r.Compile(t.Context(), named(name))
			if err != nil {
				t.Fatal(err)
			}
			in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
			if err != nil {
				t.Fatal(err)
			}
			_, err = in.Func("f").Call(t.Context())
			var trap *engine.TrapError
			if !errors.As(err, &trap) || err.Error() != "trap: unreachable" {
				t.Fatalf("Call: %v", err)
			}
			if !strings.Contains(trap.Stack, name[:5]) || len(trap.Stack) > 2*maxText || strings.ContainsAny(trap.Stack, "\t") {
				t.Errorf("%s: the stack reads %.100q", e.Name(), trap.Stack)
			}
		}
	}
}

func TestCleanText(t *testing.T) {
	for text, want := range map[string]string{
		"":                    "",
		"plain: text":         "plain: text",
		"a\n\tb\x1b[31mc\x00": "a  b\uFFFD[31mc\uFFFD",
		"\xff\xfe":            "\uFFFD",
		"grün €":              "grün €",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
	if got := clean(strings.Repeat("€", maxText)); len(got) > maxText+10 || !utf8.ValidString(got) {
		t.Errorf("a long text becomes %d bytes", len(got))
	}
}

// A compile error quotes what the guest exports, and must not be a way to write to a terminal.
func TestCompileErrorsAreClean(t *testing.T) {
	export := append(prefixed("\x1b[2J"+strings.Repeat("x", 100_000)), 0, 9) // function 9, of none
	wasm := append([]byte("\x00asm\x01\x00\x00\x00\x07"), prefixed("\x01"+string(export))...)
	_, err := openTest(t, Engine{}).Compile(t.Context(), wasm)
	if err == nil || strings.Contains(err.Error(), "\x1b") || len(err.Error()) > 2*maxText {
		t.Errorf("Compile: %.200q", err)
	}
}

func TestCallAfterTheRuntimeIsClosed(t *testing.T) {
	r, err := Engine{}.Open(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := r.Compile(t.Context(), testModule(t, "memory"))
	if err != nil {
		t.Fatal(err)
	}
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	first := in.Func("first")
	if err := r.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	var trap *engine.TrapError
	if _, err := first.Call(t.Context()); !errors.As(err, &trap) || trap.Kind != engine.TrapClosed {
		t.Errorf("Call: %v, want a refusal rather than a crash", err)
	}
	if err := in.Close(t.Context()); err != nil {
		t.Errorf("Close: %v", err)
	}
}
