package taskfile

import (
	"encoding/base64"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// Encode makes the document that guests see, by section 7 of the ABI: slot, kind, timeout (integer milliseconds), restart,
// backoff, admission and labels always, with the defaults filled in; runnerSelector and maxRetries only when given. It is
// also a document that [Decode] reads back to the same Spec with its defaults.
//
// The error is [task.Faults] where the Spec is not valid, or says why the payload of a Custom kind is no document.
func Encode(spec task.Spec) (*document.Node, error) {
	if err := spec.Validate(); err != nil {
		return nil, err
	}
	spec = spec.WithDefaults()
	kind, err := encodeKind(spec.Kind)
	if err != nil {
		return nil, err
	}
	o := object{}
	o.set("slot", document.NewString(spec.Slot))
	o.set("kind", kind)
	o.set("timeout", encodeMs(spec.Timeout))
	o.set("restart", encodeRestart(spec.Restart))
	o.set("backoff", document.NewObject(
		document.NewField("jitter", document.NewString(string(spec.Backoff.Jitter))),
		document.NewField("firstMs", encodeMs(spec.Backoff.First)),
		document.NewField("maxMs", encodeMs(spec.Backoff.Max)),
		document.NewField("factor", document.NewFloat(spec.Backoff.Factor)),
	))
	o.set("admission", document.NewString(string(spec.Admission)))
	if spec.Selector != nil {
		o.set("runnerSelector", encodeSelector(spec.Selector))
	}
	o.set("labels", encodeMap(spec.Labels))
	if spec.MaxRetries > 0 {
		o.set("maxRetries", document.NewInt(int64(spec.MaxRetries)))
	}
	return o.node(), nil
}

// object collects the fields of an object.
type object []document.Field

func (o *object) set(key string, value *document.Node) {
	*o = append(*o, document.NewField(key, value))
}

// list sets an array of strings, unless it is empty.
func (o *object) list(key string, items []string) {
	if len(items) > 0 {
		o.set(key, encodeStrings(items))
	}
}

// env sets a list of variables in its order, duplicates and all, unless it is empty.
func (o *object) env(env task.Env) {
	if len(env) == 0 {
		return
	}
	items := make([]*document.Node, len(env))
	for i, v := range env {
		items[i] = document.NewObject(
			document.NewField("key", document.NewString(v.Key)),
			document.NewField("value", document.NewString(v.Value)),
		)
	}
	o.set("env", document.NewArray(items...))
}

func (o object) node() *document.Node { return document.NewObject(o...) }

func encodeMs(d time.Duration) *document.Node { return document.NewInt(d.Milliseconds()) }

func encodeStrings(list []string) *document.Node {
	items := make([]*document.Node, len(list))
	for i, s := range list {
		items[i] = document.NewString(s)
	}
	return document.NewArray(items...)
}

func encodeMap(m map[string]string) *document.Node {
	o := object{}
	for _, key := range slices.Sorted(maps.Keys(m)) {
		o.set(key, document.NewString(m[key]))
	}
	return o.node()
}

func encodeRestart(r task.Restart) *document.Node {
	o := object{}
	o.set("type", document.NewString(string(r.Policy)))
	if r.Interval > 0 {
		o.set("intervalMs", encodeMs(r.Interval))
	}
	return o.node()
}

func encodeSelector(s *task.Selector) *document.Node {
	o := object{}
	if len(s.MatchLabels) > 0 {
		o.set("matchLabels", encodeMap(s.MatchLabels))
	}
	if len(s.MatchExpressions) > 0 {
		items := make([]*document.Node, len(s.MatchExpressions))
		for i, r := range s.MatchExpressions {
			e := object{}
			e.set("key", document.NewString(r.Key))
			e.set("operator", document.NewString(string(r.Operator)))
			e.list("values", r.Values)
			items[i] = e.node()
		}
		o.set("matchExpressions", document.NewArray(items...))
	}
	return o.node()
}

func encodeKind(kind task.Kind) (*document.Node, error) {
	o := object{}
	switch k := kind.(type) {
	case task.Embedded:
		return document.NewString(task.KindEmbedded), nil
	case task.Subprocess:
		o.set("mode", encodeMode(k))
		o.env(k.Env)
		if k.Cwd != "" {
			o.set("cwd", document.NewString(k.Cwd))
		}
		o.set("failOnNonZero", document.NewBool(!k.AllowNonZero))
	case task.Wasm:
		o.set("module", document.NewString(k.Module))
		o.list("args", k.Args)
		o.env(k.Env)
	case task.Container:
		o.set("image", document.NewString(k.Image))
		o.list("command", k.Command)
		o.list("args", k.Args)
		o.env(k.Env)
	case task.Custom:
		payload, err := encodePayload(k)
		if err != nil {
			return nil, err
		}
		return document.NewObject(document.NewField(k.Name, payload)), nil
	}
	return document.NewObject(document.NewField(kind.KindName(), o.node())), nil
}

// encodePayload reads the payload of a Custom kind, two levels below the document's root.
func encodePayload(k task.Custom) (*document.Node, error) {
	const above = 2
	payload, err := document.ParseJSON(k.Payload, document.Bounds{Bytes: abi.MaxSpec, Depth: abi.MaxDepth - above})
	if err != nil {
		return nil, fmt.Errorf("payload of kind %s: %w", k.Name, err)
	}
	return payload, nil
}

func encodeMode(s task.Subprocess) *document.Node {
	o := object{}
	if s.Command != nil {
		o.set("command", document.NewString(s.Command.Command))
		o.list("args", s.Command.Args)
		return document.NewObject(document.NewField("command", o.node()))
	}
	o.set("runtime", encodeRuntime(s.Script.Runtime))
	o.set("body", document.NewString(base64.StdEncoding.EncodeToString(s.Script.Body)))
	o.list("args", s.Script.Args)
	return document.NewObject(document.NewField("script", o.node()))
}

func encodeRuntime(r task.Runtime) *document.Node {
	if r.Custom == nil {
		return document.NewString(r.Name)
	}
	return document.NewObject(document.NewField("custom", document.NewObject(
		document.NewField("command", document.NewString(r.Custom.Command)),
		document.NewField("flag", document.NewString(r.Custom.Flag)),
	)))
}
