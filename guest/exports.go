package guest

import (
	"errors"
	"unicode/utf8"
)

// Exports is a runner as its host sees it: each method is the export of the same name. The module that a runner is built
// into has one, and package guesttest makes others. The methods are called one at a time.
type Exports struct {
	runner Runner
	call   call
	run    RunCall // the calls of the other phases are parts of it
}

// NewExports makes the exports of r with host as its host. It panics if r lacks something, as [Register] does.
func NewExports(r Runner, host Host) *Exports {
	r.check()
	e := &Exports{runner: r, call: call{host: host, in: new([room + 1]byte)}}
	e.run.call = &e.call
	e.run.Spec = Document{&e.call, getterOf(host, SourceSpec)}
	e.run.Config = Document{&e.call, getterOf(host, SourceConfig)}
	e.run.Task = Document{&e.call, getterOf(host, SourceTask)}
	e.run.Env = Env{&e.call, getterOf(host, SourceEnv)}
	return e
}

// Name replies the runner's name.
func (e *Exports) Name() { e.reply(e.runner.Name) }

// Supports returns 1 if the runner takes the spec, and 0 if not.
func (e *Exports) Supports() int32 {
	if e.runner.Supports(&e.run.SupportsCall) {
		return 1
	}
	return 0
}

// Build replies the task and returns 0, or replies a message and returns another status of build.
func (e *Exports) Build() int32 {
	status := e.build()
	e.call.end()
	return status
}

func (e *Exports) build() int32 {
	var t Task
	if e.runner.Build != nil {
		var err error
		if t, err = e.runner.Build(&e.run.BuildCall); err != nil {
			return e.refuse(err, func(r *refusal) int32 { return r.build }, internal)
		}
	}
	if _, runs := t.action().(Run); runs && e.runner.Run == nil {
		e.reply("the runner " + e.runner.Name + " built a task to run itself, and has no Run")
		return internal
	}
	e.call.out = t.append(e.call.out[:0])
	e.call.host.Reply(e.call.out)
	return 0
}

// Run does the task's work, replies the result or why there is none, and returns a status of run.
func (e *Exports) Run() int32 {
	status := e.work()
	e.call.end()
	return status
}

func (e *Exports) work() int32 {
	if e.runner.Run == nil {
		e.reply("the runner " + e.runner.Name + " has no Run")
		return fatal
	}
	result, err := e.runner.Run(&e.run)
	if err != nil {
		return e.refuse(err, func(r *refusal) int32 { return r.run }, failure)
	}
	e.reply(result)
	return 0
}

// refuse replies an error's text and returns the status that it has, or other.
func (e *Exports) refuse(err error, status func(*refusal) int32, other int32) int32 {
	e.reply(err.Error())
	if r, ok := errors.AsType[*refusal](err); ok {
		return status(r)
	}
	return other
}

// reply sets the result. Bytes that aren't UTF-8, which the host traps, become U+FFFD.
func (e *Exports) reply(text string) {
	b := e.call.out[:0]
	for _, r := range text {
		b = utf8.AppendRune(b, r)
	}
	e.call.out = b
	e.call.host.Reply(b)
}
