package taskfile

import (
	"cmp"
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// Decode reads one document strictly: unknown and missing fields, wrong types and every rule of [task.Spec.Validate] are
// faults. It returns all of them at once as [document.Faults], sorted by position. The Spec has its defaults filled in
// and keeps no part of the tree.
func Decode(root *document.Node) (task.Spec, error) {
	if root == nil {
		root = document.NewNull()
	}
	var d document.Decoder
	o := d.Object(root, "")
	if o.Node == nil {
		return task.Spec{}, d.Err()
	}
	spec := task.Spec{
		Slot:       require(o, "slot").Text(),
		Kind:       decodeKind(require(o, "kind")),
		Timeout:    decodeTimeout(require(o, "timeout")),
		Restart:    decodeRestart(o.Get("restart")),
		Backoff:    decodeBackoff(o.Get("backoff")),
		Admission:  oneOf(o.Get("admission"), task.DropIfRunning, task.Replace, task.Queue),
		Selector:   decodeSelector(o.Get("runnerSelector")),
		Labels:     task.Labels(stringMap(o.Get("labels"))),
		MaxRetries: decodeMaxRetries(o.Get("maxRetries")),
	}.WithDefaults()
	o.Close()
	if err := merge(root, d.Err(), spec.Validate()); err != nil {
		return task.Spec{}, err
	}
	return spec, nil
}

// merge joins the faults of a document's shape with those of the Spec that came of it, which get their places. What follows
// from a fault of the shape, such as an empty slot where a number stands, is left out.
func merge(root *document.Node, shape, rules error) error {
	var shapes document.Faults
	errors.As(shape, &shapes)
	var breaches task.Faults
	errors.As(rules, &breaches)
	all := slices.Clone(shapes)
	for _, f := range breaches {
		path := documentPath(root, f.Path)
		follows := func(s document.Fault) bool { return path != "" && within(s.Path, path) }
		if slices.ContainsFunc(shapes, follows) {
			continue
		}
		fault := document.Fault{Path: path, Message: f.Message}
		if path != "" {
			node := root.Find(path)
			fault.Line, fault.Column = node.Line, node.Column
		}
		all = append(all, fault)
	}
	if len(all) == 0 {
		return nil
	}
	slices.SortStableFunc(all, func(a, b document.Fault) int {
		last := func(f document.Fault) int { // how many more there are comes last
			if f.Line == 0 {
				return 1
			}
			return 0
		}
		return cmp.Or(cmp.Compare(last(a), last(b)), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	return all
}

// within reports whether path is parent, or below it.
func within(path, parent string) bool {
	rest, found := strings.CutPrefix(path, parent)
	return found && (rest == "" || rest[0] == '.' || rest[0] == '[')
}

// documentPath turns the path of a variable, such as kind.wasm.env[0].value, into that of its member where the document
// has the environment as a map: kind.wasm.env.LANG.
func documentPath(root *document.Node, path string) string {
	const env = ".env["
	at := strings.Index(path, env)
	if at < 0 || !strings.HasPrefix(path, "kind.") {
		return path
	}
	list := path[:at+len(env)-1]
	node := root.Find(list)
	digits, _, _ := strings.Cut(path[at+len(env):], "]")
	i, err := strconv.Atoi(digits)
	if err != nil || node.Kind != document.Object || i >= len(node.Fields) {
		return path
	}
	return document.Key(list, node.Fields[i].Key)
}

// decodeTimeout reads integer milliseconds or a duration such as 30s.
func decodeTimeout(v document.Value) time.Duration {
	if !v.Present() {
		return 0
	}
	switch v.Node.Kind {
	case document.Number:
		return milliseconds(v)
	case document.String:
		return v.Duration()
	}
	v.Fault(`expected milliseconds as an integer, or a duration such as "30s"`)
	return 0
}

// milliseconds reads an integer. One that no [time.Duration] holds becomes one that [task.Spec.Validate] refuses.
func milliseconds(v document.Value) time.Duration {
	const most = int64(task.MaxDuration / time.Millisecond)
	return time.Duration(max(-most-1, min(v.Int64(), most+1))) * time.Millisecond
}

// decodeRestart gives an unknown policy the place of always, the one that may have an interval: no fault follows.
func decodeRestart(v document.Value) task.Restart {
	if !v.Present() {
		return task.Restart{}
	}
	o := v.Object()
	r := task.Restart{
		Policy:   oneOf(require(o, "type"), task.RestartNever, task.RestartOnFailure, task.RestartAlways),
		Interval: milliseconds(o.Get("intervalMs")),
	}
	o.Close()
	if r.Policy == "" && o.Node != nil {
		r.Policy = task.RestartAlways
	}
	return r
}

// decodeBackoff fills in the default of each field that is missing.
func decodeBackoff(v document.Value) task.Backoff {
	b := task.DefaultBackoff()
	o := v.Object()
	if jitter := oneOf(o.Get("jitter"),
		task.JitterNone, task.JitterFull, task.JitterEqual, task.JitterDecorrelated); jitter != "" {
		b.Jitter = jitter
	}
	if first := o.Get("firstMs"); first.Present() {
		b.First = milliseconds(first)
	}
	if most := o.Get("maxMs"); most.Present() {
		b.Max = milliseconds(most)
	}
	if factor := o.Get("factor"); factor.Present() {
		b.Factor = factor.Float()
	}
	o.Close()
	return b
}

func decodeMaxRetries(v document.Value) int {
	if !v.Present() {
		return 0
	}
	n := v.Int64()
	switch {
	case v.Node.Kind != document.Number:
	case n == 0 && v.Node.Text == "0":
		v.Fault("0 is not allowed; omit the field for an unlimited budget")
	case n < 0 || n > task.MaxRetriesLimit:
		v.Fault("must be from 1 to %d", task.MaxRetriesLimit)
	default:
		return int(n)
	}
	return 0
}

func decodeSelector(v document.Value) *task.Selector {
	o := v.Object()
	if o.Node == nil {
		return nil
	}
	s := &task.Selector{MatchLabels: stringMap(o.Get("matchLabels"))}
	for _, item := range o.Get("matchExpressions").Items() {
		s.MatchExpressions = append(s.MatchExpressions, decodeRequirement(item))
	}
	o.Close()
	return s
}

func decodeRequirement(v document.Value) task.Requirement {
	o := v.Object()
	if o.Node == nil {
		return task.Requirement{Key: "x", Operator: task.Exists} // no fault follows
	}
	r := task.Requirement{
		Key:      require(o, "key").Text(),
		Operator: oneOf(require(o, "operator"), task.In, task.NotIn, task.Exists, task.DoesNotExist),
		Values:   texts(o.Get("values")),
	}
	o.Close()
	return r
}

// require is the value of a field that must be there. The fault of one that isn't has the field's own path, by which merge
// knows what follows from it; that of [document.ObjectDecoder.Require] has the object's.
func require(o *document.ObjectDecoder, key string) document.Value {
	v := o.Get(key)
	if !v.Present() && o.Node != nil {
		v.Fault("missing field")
	}
	return v
}

// oneOf reads a word of a closed list. It is empty for another one, which is a fault.
func oneOf[T ~string](v document.Value, words ...T) T {
	list := make([]string, len(words))
	for i, w := range words {
		list[i] = string(w)
	}
	return T(v.OneOf(list...))
}

// texts reads an array of strings; nil if it is empty. An item of another type is a fault and becomes "", so that the
// others keep their index.
func texts(v document.Value) []string {
	var list []string
	for _, item := range v.Items() {
		list = append(list, item.Text())
	}
	return list
}

// stringMap reads an object of strings; nil if it is empty.
func stringMap(v document.Value) map[string]string {
	if m := v.StringMap(); len(m) > 0 {
		return m
	}
	return nil
}
