package author

import (
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// sample is a spec that a runner is tried with.
type sample struct {
	name  string // for messages
	kind  string
	root  *document.Node
	index *document.Index
	given bool // by the author, not made up
}

// newSample makes a sample of a document, unless no host would give it to a runner.
func newSample(name string, root *document.Node) (sample, bool) {
	spec, err := taskfile.Decode(root)
	if err != nil {
		return sample{}, false
	}
	return sampleOf(name, spec)
}

func sampleOf(name string, spec task.Spec) (sample, bool) {
	root, err := taskfile.Encode(spec)
	if err != nil {
		return sample{}, false
	}
	return sample{name: name, kind: spec.Kind.KindName(), root: root, index: document.NewIndex(root)}, true
}

// givenSample is a spec of the author's.
func givenSample(item taskfile.Item) (sample, bool) {
	s, ok := sampleOf(item.Source, item.Spec)
	s.given = true
	return s, ok
}

// on says in a message with which spec something happened.
func (s sample) on() string { return " (with " + s.name + ")" }

// specOf is the document of a spec that has this payload.
func specOf(kind string, payload *document.Node) *document.Node {
	return document.NewObject(
		document.NewField("slot", document.NewString("check")),
		document.NewField("kind", document.NewObject(document.NewField(kind, payload))),
		document.NewField("timeout", document.NewInt(5000)))
}

// describe names a spec that was made up. Its kind's payload is part of the name if it is short.
func describe(root *document.Node, kind string) string {
	const most = 120
	name := "a spec of the kind " + kind
	if text := root.Get("kind").Get(kind).AppendJSON(nil); len(text) <= most {
		name += ": " + string(text)
	}
	return name
}

// builtinSamples are specs of a built-in kind; none for other kinds.
func builtinSamples(kind string) []sample {
	var samples []sample
	for _, payload := range builtinPayloads(kind) {
		root := specOf(kind, payload)
		if s, ok := newSample(describe(root, kind), root); ok {
			samples = append(samples, s)
		}
	}
	return samples
}

func builtinPayloads(kind string) []*document.Node {
	text, object, field := document.NewString, document.NewObject, document.NewField
	args := field("args", document.NewArray(text("a"), text("b c")))
	env := field("env", object(field("GREETING", text("hello"))))
	switch kind {
	case task.KindSubprocess:
		body := text(base64.StdEncoding.EncodeToString([]byte("echo hello\n")))
		command := object(field("command", text("echo")), args)
		script := object(field("runtime", text(task.RuntimeBash)), field("body", body), args)
		custom := object(field("command", text("perl")), field("flag", text("-e")))
		other := object(field("runtime", object(field("custom", custom))), field("body", body))
		return []*document.Node{
			object(field("mode", object(field("command", command))), env, field("cwd", text("/tmp"))),
			object(field("mode", object(field("command", object(field("command", text("true"))))))),
			object(field("mode", object(field("script", script)))),
			object(field("mode", object(field("script", other))), field("failOnNonZero", document.NewBool(false))),
		}
	case task.KindWasm:
		return []*document.Node{
			object(field("module", text("app.wasm")), args, env),
			object(field("module", text("app.wasm"))),
		}
	case task.KindContainer:
		return []*document.Node{
			object(field("image", text("docker.io/library/alpine:3")), field("command", document.NewArray(text("echo"))), args, env),
			object(field("image", text("docker.io/library/alpine:3"))),
		}
	}
	return nil
}

// isBuiltin says whether the host knows the fields of a kind.
func isBuiltin(kind string) bool {
	return slices.Contains([]string{task.KindSubprocess, task.KindWasm, task.KindContainer}, kind)
}

// tokens are the keys and indices of a JSON Pointer that can find something.
func tokens(pointer string) []string {
	parts := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, part := range parts {
		parts[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(part)
	}
	return parts
}

// put returns a copy of n with v at the place that the tokens lead to; a nil v removes what is there. Objects on the way
// are made where there are none, and arrays for the index 0.
func put(n *document.Node, path []string, v *document.Node) *document.Node {
	if len(path) == 0 {
		return v
	}
	key := path[0]
	at, err := strconv.Atoi(key)
	isArray := n != nil && n.Kind == document.Array
	switch {
	case isArray && err == nil && at >= 0 && at < len(n.Items):
		return putItem(n, at, put(n.Items[at], path[1:], v))
	case v == nil && (n == nil || isArray || n.Get(key) == nil):
		return n
	case key == "0" && (n == nil || n.Kind != document.Object):
		return document.NewArray(put(nil, path[1:], v))
	}
	return putField(n, key, put(n.Get(key), path[1:], v))
}

func putItem(n *document.Node, at int, v *document.Node) *document.Node {
	items := slices.Clone(n.Items)
	if v == nil {
		return document.NewArray(slices.Delete(items, at, at+1)...)
	}
	items[at] = v
	return document.NewArray(items...)
}

func putField(n *document.Node, key string, v *document.Node) *document.Node {
	var fields []document.Field
	if n != nil && n.Kind == document.Object {
		fields = slices.DeleteFunc(slices.Clone(n.Fields), func(f document.Field) bool { return f.Key == key })
	}
	if v != nil {
		fields = append(fields, document.NewField(key, v))
	}
	return document.NewObject(fields...)
}
