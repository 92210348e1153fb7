package guest

// Task is what Build makes.
type Task struct {
	// Action is what to do; nil is an empty Run.
	Action Action
	// Description is one line for people, or empty.
	Description string
	// Annotations are carried along and shown, never interpreted. Of a key that is there twice the later value counts.
	Annotations []Pair
}

// Action is one of Run, Process and Wasm.
type Action interface{ appendAction(o *Object) }

// Run is the action that [Runner].Run does.
type Run struct {
	// Fields is for Run to read, at /action/run of its task.
	Fields Object
}

// Process is the action that is a process of the host. The operator has to grant it.
type Process struct {
	Command string
	Args    []string
	// Env is what the process gets; of a key that is there twice the later value counts.
	Env   []Pair
	Cwd   string // empty: the host's choice
	Stdin string
	// Script is the pointer to a string of the spec that is a script in base64, or empty. The host puts the path of a file
	// with the script between Command and Args.
	Script string
	// AllowNonZero makes any exit code a success.
	AllowNonZero bool
}

// Wasm is the action that is a WASI command module. The operator has to grant it.
type Wasm struct {
	Module string
	Args   []string
	Env    []Pair
	Stdin  string
}

func (t Task) action() Action {
	if t.Action == nil {
		return Run{}
	}
	return t.Action
}

// append appends the task as the host reads it; see docs/abi.md, section 8.
func (t Task) append(b []byte) []byte {
	var action Object
	t.action().appendAction(&action)
	o := Object{text: &b, n: len(b)}
	o.Object("action", action)
	if t.Description != "" {
		o.Text("description", t.Description)
	}
	if len(t.Annotations) > 0 {
		o.Pairs("annotations", t.Annotations)
	}
	return append(o.members(), '}')
}

func (r Run) appendAction(o *Object) { o.Object("run", r.Fields) }

func (p Process) appendAction(o *Object) {
	var fields Object
	fields.Text("command", p.Command)
	fields.common(p.Args, p.Env, p.Stdin)
	if p.Cwd != "" {
		fields.Text("cwd", p.Cwd)
	}
	if p.Script != "" {
		var script Object
		script.Text("spec", p.Script)
		fields.Object("script", script)
	}
	if p.AllowNonZero {
		fields.Bool("failOnNonZero", false)
	}
	o.Object("process", fields)
}

func (w Wasm) appendAction(o *Object) {
	var fields Object
	fields.Text("module", w.Module)
	fields.common(w.Args, w.Env, w.Stdin)
	o.Object("wasm", fields)
}

// common adds what Process and Wasm both have.
func (o *Object) common(args []string, env []Pair, stdin string) {
	if len(args) > 0 {
		o.Texts("args", args)
	}
	if len(env) > 0 {
		o.Pairs("env", env)
	}
	if stdin != "" {
		o.Text("stdin", stdin)
	}
}
