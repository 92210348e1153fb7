// Command go is the conformance runner of the SDK for Go; see the package above. The other SDKs' runners do the same.
package main

import (
	"strconv"

	"github.com/soltihq/soltiwasm/guest"
)

const kind = "/kind/conformance"

func init() {
	guest.Register(guest.Runner{Name: "conformance", Supports: supports, Build: build, Run: run})
}

func main() {} // never called

func supports(c *guest.SupportsCall) bool {
	c.Log(guest.LevelDebug, "asked")
	refuse, _ := c.Config.Bool("/refuse")
	return c.Spec.Has(kind) && !refuse
}

func build(c *guest.BuildCall) (guest.Task, error) {
	do, ok := c.Spec.Text(kind + "/do")
	if !ok {
		return guest.Task{}, guest.Missing(kind + "/do")
	}
	message, _ := c.Spec.Text(kind + "/message")
	c.Counter("conformance_builds").Add(1, "do", do)
	switch do {
	case "nothing":
		return guest.Task{}, nil
	case "unsupported":
		return guest.Task{}, guest.Unsupported(message)
	case "invalid":
		return guest.Task{}, guest.Invalid(message)
	case "internal":
		return guest.Task{}, guest.Internal(message)
	case "process":
		return process(c), nil
	case "wasm":
		return guest.Task{Action: guest.Wasm{Module: message, Args: []string{"a", "b\"\n"}, Stdin: "in"}}, nil
	}
	c.Log(guest.LevelInfo, "builds "+do)
	return guest.Task{
		Action:      guest.Run{Fields: read(c)},
		Description: "does " + do,
		Annotations: []guest.Pair{{Key: "do", Value: do}},
	}, nil
}

// process hands over the spec's arguments and every variable that was granted.
func process(c *guest.BuildCall) guest.Task {
	args, _ := c.Spec.Texts(kind + "/args")
	env, _ := c.Env.All()
	return guest.Task{Action: guest.Process{Command: "bash", Args: args, Env: env, Cwd: "/srv", Script: kind + "/body", AllowNonZero: true}}
}

// read tells what was read, by kinds of values.
func read(c *guest.BuildCall) guest.Object {
	var o guest.Object
	if text, ok := c.Spec.Text(kind + "/text"); ok {
		o.Text("text", text)
	}
	if n, ok := c.Spec.Int(kind + "/int"); ok {
		o.Int("int", n)
	}
	if b, ok := c.Spec.Bool(kind + "/bool"); ok {
		o.Bool("bool", b)
	}
	if json, ok := c.Spec.Text(kind + "/json"); ok {
		o.JSON("json", json)
	}
	if team, ok := c.Spec.Text(guest.Pointer("labels", "example.com/~team")); ok {
		o.Text("team", team)
	}
	if word, ok := c.Config.Text("/word"); ok {
		o.Text("word", word)
	}
	o.Bool("null", c.Spec.Has(kind+"/null"))
	for _, key := range []string{"APP_SET", "APP_UNSET", "SECRET"} {
		switch value, state := c.Env.Lookup(key); state {
		case guest.Set:
			o.Text(key, value)
		case guest.Unset:
			o.Int(key, guest.NoValue)
		case guest.NotGranted:
			o.Int(key, guest.Denied)
		}
	}
	return o
}

func run(c *guest.RunCall) (string, error) {
	attempt, _ := c.Task.Int("/attempt")
	id, _ := c.Task.Text("/runId")
	c.Print("attempt " + strconv.FormatInt(attempt, 10) + " of " + id + "\n")
	for level, text := range []string{"debug", "info", "warn", "error"} {
		c.Log(guest.Level(level), text)
	}
	c.Counter("conformance_runs").Add(2)
	c.Gauge("conformance_gauge").Set(-1.5, "quoted", "\"\\\n")
	c.Histogram("conformance_seconds").Observe(0.25)
	end, _ := c.Spec.Text(kind + "/end")
	switch end {
	case "failure":
		return "", guest.Internal("it failed")
	case "fatal":
		return "", guest.Fatal("it can't be done")
	}
	text, _ := c.Task.Text("/action/run/text")
	return text, nil
}
