package registry

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// DecodeTask reads the reply of build, by the ABI's section 8. Spec is the spec that was built, where a script's
// pointer leads. The error says every fault.
func DecodeTask(reply []byte, spec *document.Index, maxBytes int64) (task.Task, error) {
	var t task.Task
	root, err := document.ParseJSON(reply, document.Bounds{Bytes: int(maxBytes), Depth: abi.MaxDepth})
	if err != nil {
		return t, err
	}
	var d document.Decoder
	o := d.Object(root, "")
	t.Action = readAction(o.Require("action"), spec)
	t.Description = readLine(o.Get("description"))
	t.Annotations = o.Get("annotations").StringMap()
	o.Close()
	return t, d.Err()
}

func readAction(v document.Value, spec *document.Index) task.Action {
	o := v.Object()
	run, process, wasm := o.Get(abi.ActionRun), o.Get(abi.ActionProcess), o.Get(abi.ActionWasm)
	o.Close()
	if v.Node != nil && v.Node.Kind == document.Object && len(v.Node.Fields) != 1 {
		v.Fault("expected exactly one of run, process and wasm, found %d fields", len(v.Node.Fields))
		return nil
	}
	switch {
	case run.Present():
		r := run.Object()
		if r.Node == nil {
			return nil
		}
		return task.RunAction{Fields: json.RawMessage(r.Node.AppendJSON(nil))}
	case process.Present():
		return readProcessAction(process, spec)
	case wasm.Present():
		w := wasm.Object()
		a := task.WasmAction{
			Module: readArgument(w.Require("module"), true),
			Args:   readArguments(w.Get("args")),
			Env:    readEnv(w.Get("env")),
			Stdin:  w.Get("stdin").Text(),
		}
		w.Close()
		return a
	}
	return nil
}

func readProcessAction(v document.Value, spec *document.Index) task.ProcessAction {
	o := v.Object()
	a := task.ProcessAction{
		Command: readArgument(o.Require("command"), true),
		Args:    readArguments(o.Get("args")),
		Env:     readEnv(o.Get("env")),
		Cwd:     readArgument(o.Get("cwd"), false),
		Stdin:   o.Get("stdin").Text(),
	}
	if f := o.Get("failOnNonZero"); f.Present() {
		a.AllowNonZero = !f.Bool()
	}
	if s := o.Get("script"); s.Present() {
		so := s.Object()
		pointer := so.Require("spec")
		so.Close()
		a.ScriptSpec = pointer.Text()
		a.Script = readScript(pointer, spec)
	}
	o.Close()
	return a
}

// readScript follows a pointer to a base64 string of the spec.
func readScript(pointer document.Value, spec *document.Index) []byte {
	if !pointer.Present() || pointer.Node.Kind != document.String {
		return nil
	}
	text, ok := spec.LookupString([]byte(pointer.Text()))
	if !ok {
		pointer.Fault("the spec has no string at %q", pointer.Text())
		return nil
	}
	body, err := base64.StdEncoding.DecodeString(string(text))
	switch {
	case err != nil:
		pointer.Fault("the value at %q of the spec is no standard base64: %v", pointer.Text(), err)
		return nil
	case len(body) > task.MaxScriptBody:
		pointer.Fault("the script at %q has %d bytes, more than the %d allowed", pointer.Text(), len(body), task.MaxScriptBody)
		return nil
	case body == nil:
		return []byte{}
	}
	return body
}

// readArgument is a text that can be handed to a process.
func readArgument(v document.Value, required bool) string {
	text := v.Text()
	switch {
	case strings.ContainsRune(text, 0):
		v.Fault("holds a NUL byte, which no process can be given")
	case required && v.Present() && v.Node.Kind == document.String && strings.TrimSpace(text) == "":
		v.Fault("must not be empty")
	}
	return text
}

func readArguments(v document.Value) []string {
	var args []string
	for _, item := range v.Items() {
		args = append(args, readArgument(item, false))
	}
	return args
}

func readEnv(v document.Value) map[string]string {
	env := v.StringMap()
	for key, value := range env {
		if key == "" || strings.ContainsAny(key, "=\x00") || strings.ContainsRune(value, 0) {
			v.Fault("a key is not empty and has no = in it, and neither key nor value has a NUL; %q breaks this", key)
		}
	}
	return env
}

// EncodeTask is a task as documents show it: the accepted reply, with empty fields left out and failOnNonZero always
// there in a process action.
func EncodeTask(t task.Task) (*document.Node, error) {
	action, err := encodeAction(t.Action)
	if err != nil {
		return nil, err
	}
	fields := []document.Field{document.NewField("action", document.NewObject(document.NewField(t.Action.ActionName(), action)))}
	fields = appendText(fields, "description", t.Description)
	fields = appendMap(fields, "annotations", t.Annotations)
	return document.NewObject(fields...), nil
}

func encodeAction(action task.Action) (*document.Node, error) {
	var fields []document.Field
	switch a := action.(type) {
	case task.RunAction:
		if len(bytes.TrimSpace(a.Fields)) == 0 {
			return document.NewObject(), nil
		}
		node, err := document.ParseJSON(a.Fields, document.Bounds{})
		if err == nil && node.Kind != document.Object {
			err = fmt.Errorf("expected an object, found %.20s", a.Fields)
		}
		if err != nil {
			return nil, fmt.Errorf("action run: %w", err)
		}
		return node, nil
	case task.ProcessAction:
		fields = append(fields, document.NewField("command", document.NewString(a.Command)))
		fields = appendList(fields, "args", a.Args)
		fields = appendMap(fields, "env", a.Env)
		fields = appendText(fields, "cwd", a.Cwd)
		fields = appendText(fields, "stdin", a.Stdin)
		if a.Script != nil {
			fields = append(fields, document.NewField("script",
				document.NewObject(document.NewField("spec", document.NewString(a.ScriptSpec)))))
		}
		fields = append(fields, document.NewField("failOnNonZero", document.NewBool(!a.AllowNonZero)))
	case task.WasmAction:
		fields = append(fields, document.NewField("module", document.NewString(a.Module)))
		fields = appendList(fields, "args", a.Args)
		fields = appendMap(fields, "env", a.Env)
		fields = appendText(fields, "stdin", a.Stdin)
	default:
		return nil, fmt.Errorf("expected an action, found %T", action)
	}
	return document.NewObject(fields...), nil
}

func appendText(fields []document.Field, key, text string) []document.Field {
	if text == "" {
		return fields
	}
	return append(fields, document.NewField(key, document.NewString(text)))
}

func appendList(fields []document.Field, key string, list []string) []document.Field {
	if len(list) == 0 {
		return fields
	}
	items := make([]*document.Node, len(list))
	for i, text := range list {
		items[i] = document.NewString(text)
	}
	return append(fields, document.NewField(key, document.NewArray(items...)))
}

func appendMap(fields []document.Field, key string, m map[string]string) []document.Field {
	if len(m) == 0 {
		return fields
	}
	object := make([]document.Field, 0, len(m))
	for k, v := range m {
		object = append(object, document.NewField(k, document.NewString(v)))
	}
	return append(fields, document.NewField(key, document.NewObject(object...)))
}

// cutMessage bounds a guest's message at [abi.MaxMessage] without cutting a character in two.
func cutMessage(text string) string {
	if len(text) <= abi.MaxMessage {
		return text
	}
	cut := abi.MaxMessage
	for cut > 0 && !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}
