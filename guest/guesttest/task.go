package guesttest

import (
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
)

// maxScript bounds a script's body, in bytes when decoded.
const maxScript = 2 << 20

// checkTask says what the real host would refuse of a task; see docs/abi.md, section 8.
func checkTask(reply string, spec any) error {
	document, err := parse(reply)
	if err != nil {
		return fmt.Errorf("the task: %w", err)
	}
	c := checker{spec: spec}
	c.object("the task", document, fields{"action": c.action, "description": c.line, "annotations": c.texts}, "action")
	return c.err
}

// checker looks through a task and keeps the first fault.
type checker struct {
	spec any
	err  error
}

// fields are the members that an object may have, each with what looks at its value.
type fields map[string]func(at string, value any)

func (c *checker) fault(at, format string, args ...any) {
	if c.err == nil {
		c.err = fmt.Errorf("%s: %s", at, fmt.Sprintf(format, args...))
	}
}

func (c *checker) object(at string, value any, allowed fields, required ...string) {
	object, ok := value.(map[string]any)
	if !ok {
		c.fault(at, "expected an object")
		return
	}
	for _, key := range required {
		if _, ok := object[key]; !ok {
			c.fault(at, "the field %s is missing", key)
		}
	}
	for _, key := range sortedKeys(object) {
		if allowed[key] == nil {
			c.fault(at, "there is no field %q", key)
			continue
		}
		allowed[key](key, object[key])
	}
}

func (c *checker) action(at string, value any) {
	if object, ok := value.(map[string]any); ok && len(object) != 1 {
		c.fault(at, "expected exactly one of run, process and wasm, found %d fields", len(object))
		return
	}
	c.object(at, value, fields{abi.ActionRun: c.any, abi.ActionProcess: c.process, abi.ActionWasm: c.wasm})
}

func (c *checker) any(at string, value any) {
	if _, ok := value.(map[string]any); !ok {
		c.fault(at, "expected an object")
	}
}

func (c *checker) process(at string, value any) {
	c.object(at, value, fields{"command": c.program, "args": c.arguments, "env": c.env, "cwd": c.argument,
		"stdin": c.text, "script": c.script, "failOnNonZero": c.bool}, "command")
}

func (c *checker) wasm(at string, value any) {
	c.object(at, value, fields{"module": c.program, "args": c.arguments, "env": c.env, "stdin": c.text}, "module")
}

func (c *checker) script(at string, value any) {
	c.object(at, value, fields{"spec": c.body}, "spec")
}

func (c *checker) body(at string, value any) {
	pointer, ok := value.(string)
	if !ok {
		c.fault(at, "expected a string")
		return
	}
	found, ok := lookup(c.spec, pointer)
	if !ok {
		c.fault(at, "the spec has no value at %q", pointer)
		return
	}
	switch body, err := base64.StdEncoding.DecodeString(text(found)); {
	case err != nil:
		c.fault(at, "the value at %q of the spec is no standard base64: %v", pointer, err)
	case len(body) > maxScript:
		c.fault(at, "the script at %q has %d bytes, more than the %d allowed", pointer, len(body), maxScript)
	}
}

func (c *checker) bool(at string, value any) {
	if _, ok := value.(bool); !ok {
		c.fault(at, "expected true or false")
	}
}

func (c *checker) text(at string, value any) {
	if _, ok := value.(string); !ok {
		c.fault(at, "expected a string")
	}
}

func (c *checker) line(at string, value any) {
	c.text(at, value)
	if s, _ := value.(string); strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		c.fault(at, "expected one line without control characters")
	}
}

// argument is a text that a process can be given.
func (c *checker) argument(at string, value any) {
	c.text(at, value)
	if s, _ := value.(string); strings.ContainsRune(s, 0) {
		c.fault(at, "holds a NUL byte, which no process can be given")
	}
}

func (c *checker) program(at string, value any) {
	c.argument(at, value)
	if s, ok := value.(string); ok && strings.TrimSpace(s) == "" {
		c.fault(at, "must not be empty")
	}
}

func (c *checker) arguments(at string, value any) {
	list, ok := value.([]any)
	if !ok {
		c.fault(at, "expected a list of strings")
	}
	for _, item := range list {
		c.argument(at, item)
	}
}

func (c *checker) texts(at string, value any) {
	c.any(at, value)
	object, _ := value.(map[string]any)
	for _, key := range sortedKeys(object) {
		c.text(at+"/"+key, object[key])
	}
}

func (c *checker) env(at string, value any) {
	c.texts(at, value)
	object, _ := value.(map[string]any)
	for _, key := range sortedKeys(object) {
		v, _ := object[key].(string)
		if key == "" || strings.ContainsAny(key, "=\x00") || strings.ContainsRune(v, 0) {
			c.fault(at, "a key is not empty and has no = in it, and neither key nor value has a NUL; %q breaks this", key)
		}
	}
}
