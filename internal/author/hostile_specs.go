package author

import (
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/document"
)

// hostileValue is something that a field may hold and an author may not have thought of.
type hostileValue struct {
	name  string
	value *document.Node // nil for none at all
}

// The sizes of hostile values. A huge text is larger than a reply may be, and a spec with two of them is allowed.
const (
	hugeText  = 1<<20 + 1
	manyItems = 20_000
	deepNest  = 55 // with what is around it, just below what a spec may have
)

// hostileValues are tried in every field that a runner looks at.
func hostileValues() []hostileValue {
	text := document.NewString
	items := make([]*document.Node, manyItems)
	fields := make([]document.Field, manyItems)
	for i := range items {
		items[i] = text("item")
		fields[i] = document.NewField(fmt.Sprintf("key-%d", i), text("value"))
	}
	deep := document.NewArray()
	for range deepNest {
		deep = document.NewArray(deep)
	}
	return []hostileValue{
		{"missing", nil},
		{"null", document.NewNull()},
		{"true", document.NewBool(true)},
		{"-1", document.NewInt(-1)},
		{"1e300", document.NewFloat(1e300)},
		{"0.5", document.NewFloat(0.5)},
		{"an empty string", text("")},
		{"an empty list", document.NewArray()},
		{"an empty object", document.NewObject()},
		{"a list of several types", document.NewArray(document.NewInt(1), text("x"), document.NewNull(), document.NewObject())},
		{"a string of quotes and backslashes", text(`"\"}]\\`)},
		{"a string with control characters", text("a\x1b[31m\r\n\t\x7f\u0085b")},
		{"a string with a NUL byte", text("a\x00b")},
		{"a string beyond ASCII", text("é漢\u202e🙂\uffff")},
		{"a string of 1 MiB", text(strings.Repeat("x", hugeText))},
		{"a string of control characters", text(strings.Repeat("\x01", hugeText/8))},
		{fmt.Sprintf("a list of %d items", manyItems), document.NewArray(items...)},
		{fmt.Sprintf("an object of %d fields", manyItems), document.NewObject(fields...)},
		{fmt.Sprintf("lists nested %d deep", deepNest), deep},
	}
}

// maxVaried bounds the fields of one sample that are varied.
const maxVaried = 24

// vary makes specs of a sample that differ from it in one field that the runner looks at. What no host would give to a
// runner is left out.
func vary(s sample, pointers []string, values []hostileValue) iter.Seq[sample] {
	return func(yield func(sample) bool) {
		for _, pointer := range variable(s, pointers) {
			for _, v := range values {
				name := fmt.Sprintf("%s, and %s as %s", s.name, show(pointer), v.name)
				hostile, ok := newSample(name, put(s.root, tokens(pointer), v.value))
				if ok && !yield(hostile) {
					return
				}
			}
		}
	}
}

// variable are the pointers whose fields can differ between two specs of a kind: what is inside its payload, which for
// a kind that the host doesn't know is all of it, and the labels.
func variable(s sample, pointers []string) []string {
	payload := "/kind/" + escapeToken(s.kind)
	var chosen []string
	for _, p := range pointers {
		inside := strings.HasPrefix(p, payload+"/") || strings.HasPrefix(p, "/labels/")
		if inside && !slices.Contains(chosen, p) && len(chosen) < maxVaried {
			chosen = append(chosen, p)
		}
	}
	if !isBuiltin(s.kind) {
		return append(chosen, payload)
	}
	for _, f := range s.root.Get("kind").Get(s.kind).Fields {
		if p := payload + "/" + escapeToken(f.Key); !slices.Contains(chosen, p) {
			chosen = append(chosen, p)
		}
	}
	return chosen
}
