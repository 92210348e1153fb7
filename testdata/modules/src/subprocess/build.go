package main

import "strings"

// kind is where a TaskSpec has what this runner takes.
const kind = "/kind/subprocess"

// host is what the runner asks of its host.
type host interface {
	// size returns the length of a value of the TaskSpec, or a negative number if there is none.
	size(pointer string) int
	// spec returns a value of the TaskSpec: a string's text, or JSON.
	spec(pointer string) (string, bool)
	// config returns a value of the operator's configuration.
	config(pointer string) (string, bool)
	// env returns a granted variable, or all of them as a JSON object for the empty key.
	env(key string) (string, bool)
}

// task is what build returns.
type task struct {
	reply []byte
	mode  string // "command" or "script"
}

// refusal is why there is no task: a status of build other than 0, and what to tell. The host puts what the status means
// before the message.
type refusal struct {
	status  int32
	message string
}

func unsupported(message string) *refusal { return &refusal{1, message} }
func invalid(message string) *refusal     { return &refusal{2, message} }
func missing(pointer string) *refusal     { return &refusal{3, pointer} }
func internal(message string) *refusal    { return &refusal{4, message} }

// build makes the task of the host's current TaskSpec.
func build(h host) (task, *refusal) {
	if h.size(kind) < 0 {
		return task{}, unsupported("takes only the kind subprocess")
	}
	var p process
	var refused *refusal
	switch {
	case h.size(kind+"/mode/command") >= 0:
		p, refused = command(h)
	case h.size(kind+"/mode/script") >= 0:
		p, refused = script(h)
	case h.size(kind+"/mode") >= 0:
		refused = missing(kind + "/mode/command or " + kind + "/mode/script")
	default:
		refused = missing(kind + "/mode")
	}
	if refused != nil {
		return task{}, refused
	}
	reply, refused := p.reply(h)
	return task{reply: reply, mode: p.mode}, refused
}

// process is what command and script make of their mode; reply adds what both have.
type process struct {
	mode        string
	command     string
	args        string // a JSON array, empty for none
	script      string // the pointer to a script's body, empty for none
	description string
}

// command takes the program and its arguments as they are given.
func command(h host) (process, *refusal) {
	const at = kind + "/mode/command"
	name, ok := h.spec(at + "/command")
	if !ok {
		return process{}, missing(at + "/command")
	}
	if strings.TrimSpace(name) == "" {
		return process{}, invalid(at + "/command: the subprocess command is empty")
	}
	args, _ := h.spec(at + "/args")
	return process{mode: "command", command: name, args: args, description: "runs " + name}, nil
}

// script names the interpreter and leaves the body to the host, which puts it into a file and the file's path before
// the arguments. The flag by which an interpreter takes a script's text (-c, -e, a custom one) has no use then.
func script(h host) (process, *refusal) {
	const at = kind + "/mode/script"
	name, runtime, refused := interpreter(h, at+"/runtime")
	if refused != nil {
		return process{}, refused
	}
	switch size := h.size(at + "/body"); {
	case size < 0:
		return process{}, missing(at + "/body")
	case size == 0:
		return process{}, invalid(at + "/body: the script is empty")
	}
	args, _ := h.spec(at + "/args")
	return process{mode: "script", command: name, args: args, script: at + "/body",
		description: "runs a " + runtime + " script"}, nil
}

// interpreter returns the command that runs a script, and a word for it. The operator's configuration may name another
// command for a runtime, as in {"interpreters": {"python": "/opt/python/bin/python3"}}.
func interpreter(h host, at string) (name, runtime string, refused *refusal) {
	if h.size(at+"/custom") >= 0 {
		name, ok := h.spec(at + "/custom/command")
		if !ok {
			return "", "", missing(at + "/custom/command")
		}
		if strings.TrimSpace(name) == "" {
			return "", "", invalid(at + "/custom/command: the interpreter is empty")
		}
		return name, name, nil
	}
	runtime, ok := h.spec(at)
	if !ok {
		return "", "", missing(at)
	}
	switch runtime {
	case "bash", "node":
		name = runtime
	case "python":
		name = "python3"
	default:
		return "", "", invalid(at + ": " + quote(runtime) + " is not bash, python, node or {custom: {command, flag}}")
	}
	if other, ok := h.config("/interpreters/" + runtime); ok && other != "" {
		name = other
	}
	return name, runtime, nil
}

// reply writes the task.
func (p process) reply(h host) ([]byte, *refusal) {
	b := append([]byte(nil), `{"action":{"process":{"command":`...)
	b = appendString(b, p.command)
	if p.args != "" {
		b = append(b, `,"args":`...)
		b = append(b, p.args...)
	}
	if p.script != "" {
		b = append(b, `,"script":{"spec":`...)
		b = appendString(b, p.script)
		b = append(b, '}')
	}
	b = append(b, `,"env":`...)
	b, refused := appendEnv(b, h)
	if refused != nil {
		return nil, refused
	}
	if cwd, ok := h.spec(kind + "/cwd"); ok {
		b = append(b, `,"cwd":`...)
		b = appendString(b, cwd)
	}
	if fail, ok := h.spec(kind + "/failOnNonZero"); ok {
		b = append(b, `,"failOnNonZero":`...)
		b = append(b, fail...)
	}
	b = append(b, `}},"description":`...)
	b = appendString(b, oneLine(p.description))
	return append(b, '}'), nil
}
