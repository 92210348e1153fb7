package task

import "encoding/json"

// Kind is what a task does: a [Subprocess], [Wasm], [Container], [Custom] or [Embedded], as a value. A type of another
// package, or a pointer to one of these, is refused by [Spec.Validate].
type Kind interface {
	// KindName is the name that runners declare and routing compares, such as "subprocess".
	KindName() string
}

// Names of the built-in kinds.
const (
	KindSubprocess = "subprocess"
	KindWasm       = "wasm"
	KindContainer  = "container"
	KindEmbedded   = "embedded"
)

// Subprocess runs a command or a script. Exactly one of Command and Script is set.
type Subprocess struct {
	Command *Command
	Script  *Script
	Env     Env
	Cwd     string // empty: the runner's choice
	// AllowNonZero makes a non-zero exit code a success. Its file form is the opposite, failOnNonZero.
	AllowNonZero bool
}

// Command is a program with its arguments.
type Command struct {
	Command string
	Args    []string
}

// Script is a text for an interpreter.
type Script struct {
	Runtime Runtime
	Body    []byte // UTF-8, at most MaxScriptBody; base64 in files
	Args    []string
}

// MaxScriptBody bounds a script, in bytes.
const MaxScriptBody = 2 << 20

// Runtime is a script's interpreter: a named one, or Custom.
type Runtime struct {
	Name   string         // RuntimeBash, RuntimePython or RuntimeNode; empty with Custom
	Custom *CustomRuntime // an interpreter of the author's own
}

// Names of the runtimes that every runner of scripts knows.
const (
	RuntimeBash   = "bash"
	RuntimePython = "python"
	RuntimeNode   = "node"
)

// CustomRuntime is an interpreter by its command and the flag that takes a script's text.
type CustomRuntime struct {
	Command string
	Flag    string
}

// Wasm runs a WASI command module.
type Wasm struct {
	Module string
	Args   []string
	Env    Env
}

// Container runs an image.
type Container struct {
	Image   string
	Command []string // overrides the image's entry point
	Args    []string
	Env     Env
}

// Custom is any other kind. Only the runners that take it know what its payload means.
type Custom struct {
	Name    string          // a DNS label, or several joined by dots; at most 253 bytes; no built-in kind's name
	Payload json.RawMessage // one JSON object
}

// Embedded marks a task whose work is a function of the program itself; no runner takes it.
type Embedded struct{}

// KindName returns "subprocess".
func (Subprocess) KindName() string { return KindSubprocess }

// KindName returns "wasm".
func (Wasm) KindName() string { return KindWasm }

// KindName returns "container".
func (Container) KindName() string { return KindContainer }

// KindName returns the kind's own name.
func (c Custom) KindName() string { return c.Name }

// KindName returns "embedded".
func (Embedded) KindName() string { return KindEmbedded }
