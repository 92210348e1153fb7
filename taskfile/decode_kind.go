package taskfile

import (
	"encoding/base64"
	"strings"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// decodeKind reads an object whose one key is the kind's name, or the word embedded. It is nil after a fault of its own.
func decodeKind(v document.Value) task.Kind {
	if !v.Present() {
		return nil
	}
	if v.Node.Kind == document.String {
		return decodeBareKind(v)
	}
	o := v.Object()
	if o.Node == nil {
		return nil
	}
	if len(o.Node.Fields) != 1 {
		v.Fault("expected exactly one key, the kind's name, found %d", len(o.Node.Fields))
		return nil
	}
	name := o.Node.Fields[0].Key
	fields := o.Get(name)
	switch name {
	case task.KindSubprocess:
		return decodeFields(fields, decodeSubprocess)
	case task.KindWasm:
		return decodeFields(fields, decodeWasm)
	case task.KindContainer:
		return decodeFields(fields, decodeContainer)
	case task.KindEmbedded:
		fields.Fault("has no fields; write kind: embedded")
		return nil
	}
	for _, builtIn := range builtInKinds {
		if strings.EqualFold(name, builtIn) {
			fields.Fault("unknown kind, did you mean %q?", builtIn)
			return nil
		}
	}
	return decodeFields(fields, func(o *document.ObjectDecoder) task.Kind {
		return task.Custom{Name: name, Payload: o.Node.AppendJSON(nil)}
	})
}

var builtInKinds = [...]string{task.KindSubprocess, task.KindWasm, task.KindContainer, task.KindEmbedded}

// decodeBareKind reads a kind that is a word without fields: only embedded is.
func decodeBareKind(v document.Value) task.Kind {
	if v.Node.Text == task.KindEmbedded {
		return task.Embedded{}
	}
	v.Fault(`expected an object with the kind's name as its one key, such as {wasm: {module: app.wasm}}, or the word "embedded"`)
	return nil
}

// decodeFields reads an object with decode; it is nil if there is none.
func decodeFields(v document.Value, decode func(*document.ObjectDecoder) task.Kind) task.Kind {
	o := v.Object()
	if o.Node == nil {
		return nil
	}
	return decode(o)
}

func decodeSubprocess(o *document.ObjectDecoder) task.Kind {
	var s task.Subprocess
	mode := require(o, "mode").Object()
	s.Command = decodeCommand(mode.Get("command"))
	s.Script = decodeScript(mode.Get("script"))
	mode.Close()
	s.Env = decodeEnv(o.Get("env"))
	s.Cwd = o.Get("cwd").Text()
	if v := o.Get("failOnNonZero"); v.Present() {
		s.AllowNonZero = !v.Bool()
	}
	o.Close()
	return s
}

func decodeCommand(v document.Value) *task.Command {
	o := v.Object()
	if o.Node == nil {
		return nil
	}
	c := &task.Command{Command: require(o, "command").Text(), Args: texts(o.Get("args"))}
	o.Close()
	return c
}

func decodeScript(v document.Value) *task.Script {
	o := v.Object()
	if o.Node == nil {
		return nil
	}
	s := &task.Script{
		Runtime: decodeRuntime(require(o, "runtime")),
		Body:    decodeBody(require(o, "body")),
		Args:    texts(o.Get("args")),
	}
	o.Close()
	return s
}

func decodeRuntime(v document.Value) task.Runtime {
	if !v.Present() {
		return task.Runtime{}
	}
	switch v.Node.Kind {
	case document.String:
		return task.Runtime{Name: v.OneOf(task.RuntimeBash, task.RuntimePython, task.RuntimeNode)}
	case document.Object:
	default:
		v.Fault(`expected %s, %s or %s, or an object with the key "custom"`,
			task.RuntimeBash, task.RuntimePython, task.RuntimeNode)
		return task.Runtime{}
	}
	o := v.Object()
	custom := require(o, "custom").Object()
	o.Close()
	if custom.Node == nil {
		return task.Runtime{}
	}
	r := task.Runtime{Custom: &task.CustomRuntime{
		Command: require(custom, "command").Text(),
		Flag:    require(custom, "flag").Text(),
	}}
	custom.Close()
	return r
}

// decodeBody reads standard base64. Line breaks in it, as many encoders put them there, are ignored.
func decodeBody(v document.Value) []byte {
	body, err := base64.StdEncoding.Strict().DecodeString(v.Text())
	if err != nil {
		v.Fault("expected the script in base64, as the command base64 writes it: %v", err)
		return nil
	}
	return body
}

func decodeWasm(o *document.ObjectDecoder) task.Kind {
	w := task.Wasm{Module: require(o, "module").Text(), Args: texts(o.Get("args")), Env: decodeEnv(o.Get("env"))}
	o.Close()
	return w
}

func decodeContainer(o *document.ObjectDecoder) task.Kind {
	c := task.Container{
		Image:   require(o, "image").Text(),
		Command: texts(o.Get("command")),
		Args:    texts(o.Get("args")),
		Env:     decodeEnv(o.Get("env")),
	}
	o.Close()
	return c
}

// decodeEnv reads a list of key/value pairs, or a map in the file's order.
func decodeEnv(v document.Value) task.Env {
	if !v.Present() {
		return nil
	}
	var env task.Env
	switch v.Node.Kind {
	case document.Object:
		values := v.StringMap()
		for _, f := range v.Node.Fields {
			env = append(env, task.Var{Key: f.Key, Value: values[f.Key]})
		}
	case document.Array:
		for _, item := range v.Items() {
			env = append(env, decodeVar(item))
		}
	default:
		v.Fault("expected an array of objects with key and value, or an object of strings")
	}
	return env
}

func decodeVar(v document.Value) task.Var {
	o := v.Object()
	if o.Node == nil {
		return task.Var{Key: "x"} // no fault follows
	}
	variable := task.Var{Key: require(o, "key").Text(), Value: require(o, "value").Text()}
	o.Close()
	return variable
}
