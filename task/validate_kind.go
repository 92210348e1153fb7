package task

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"unicode/utf8"
)

// kind checks the kind's own fields. Paths follow the file form, where a kind is an object with its name as the key.
func (c *checker) kind(k Kind) {
	switch k := k.(type) {
	case nil:
		c.add("kind", "must be given")
	case Subprocess:
		c.subprocess("kind.subprocess", k)
	case Wasm:
		c.name("kind.wasm.module", "wasm module path", k.Module)
		c.texts("kind.wasm.args", k.Args)
		c.env("kind.wasm.env", k.Env)
	case Container:
		c.name("kind.container.image", "container image", k.Image)
		c.texts("kind.container.command", k.Command)
		c.texts("kind.container.args", k.Args)
		c.env("kind.container.env", k.Env)
	case Custom:
		c.custom(k)
	case Embedded:
	default:
		c.add("kind", "%T is no kind; use a Subprocess, Wasm, Container, Custom or Embedded, not a pointer to one", k)
	}
}

func (c *checker) subprocess(path string, s Subprocess) {
	mode := path + ".mode"
	switch {
	case s.Command == nil && s.Script == nil:
		c.add(mode, "must hold a command or a script")
	case s.Command != nil && s.Script != nil:
		c.add(mode, "must hold either a command or a script, not both")
	}
	if s.Command != nil {
		c.name(mode+".command.command", "subprocess command", s.Command.Command)
		c.texts(mode+".command.args", s.Command.Args)
	}
	if s.Script != nil {
		c.script(mode+".script", s.Script)
	}
	c.env(path+".env", s.Env)
	c.text(path+".cwd", s.Cwd)
}

func (c *checker) script(path string, s *Script) {
	c.runtime(path+".runtime", s.Runtime)
	body := path + ".body"
	switch {
	case len(s.Body) == 0:
		c.add(body, "script body must not be empty")
	case len(s.Body) > MaxScriptBody:
		c.add(body, "script body is %d bytes, more than the %d allowed", len(s.Body), MaxScriptBody)
	case !utf8.Valid(s.Body):
		c.add(body, "script body is not valid UTF-8")
	}
	c.texts(path+".args", s.Args)
}

func (c *checker) runtime(path string, r Runtime) {
	if r.Custom != nil {
		if r.Name != "" {
			c.add(path, "must be either a named runtime or a custom one, not both")
		}
		c.name(path+".custom.command", "custom runtime command", r.Custom.Command)
		c.name(path+".custom.flag", "custom runtime flag", r.Custom.Flag)
		return
	}
	switch r.Name {
	case RuntimeBash, RuntimePython, RuntimeNode:
	case "":
		c.add(path, "must be given: %s, %s, %s or a custom one", RuntimeBash, RuntimePython, RuntimeNode)
	default:
		c.add(path, "unknown runtime %s; one of %s, %s, %s or a custom one",
			quote(r.Name), RuntimeBash, RuntimePython, RuntimeNode)
	}
}

func (c *checker) env(path string, env Env) {
	for i, v := range env {
		if v.Key == "" || !plainText(v.Key) || strings.IndexByte(v.Key, '=') >= 0 {
			c.envKey(index(path, i)+".key", v.Key)
		}
		if !plainText(v.Value) {
			c.text(index(path, i)+".value", v.Value)
		}
	}
}

func (c *checker) envKey(path, key string) {
	switch {
	case key == "":
		c.add(path, "must not be empty")
	case strings.IndexByte(key, '=') >= 0:
		c.add(path, `must not contain "="`)
	default:
		c.text(path, key)
	}
}

func (c *checker) custom(k Custom) {
	path := member("kind", k.Name)
	if message := kindNameFault(k.Name); message != "" {
		c.add(path, "%s", message)
	}
	payload := bytes.TrimLeft(k.Payload, " \t\r\n")
	switch {
	case len(payload) == 0:
		c.add(path, "payload must be one JSON object, but there is none")
	case !utf8.Valid(payload) || !json.Valid(payload):
		c.add(path, "payload must be one JSON object, but is not valid JSON")
	case payload[0] != '{':
		c.add(path, "payload must be one JSON object")
	}
}

// kindNameFault says what is wrong with the name of a Custom kind: a DNS label, or several joined by dots.
func kindNameFault(name string) string {
	switch name {
	case "":
		return "kind name must not be empty"
	case KindSubprocess, KindWasm, KindContainer, KindEmbedded:
		return "kind name " + name + " is built in; use its own type"
	}
	if fault := subdomainFault(name); fault != "" {
		return "kind name " + fault
	}
	return ""
}

// ValidateKindName returns an error unless name can be that of a kind, built in or custom: a DNS label, or several
// joined by dots.
func ValidateKindName(name string) error {
	if fault := subdomainFault(name); fault != "" {
		return errors.New("kind name " + fault)
	}
	return nil
}
