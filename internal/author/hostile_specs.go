package author

import (
	"fmt"
	"iter"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
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
		{"false", document.NewBool(false)},
		{"0", document.NewInt(0)},
		{"1", document.NewInt(1)},
		{"-1", document.NewInt(-1)},
		{"2^63-1", document.NewInt(math.MaxInt64)},
		{"2^64-1", &document.Node{Kind: document.Number, Text: strconv.FormatUint(math.MaxUint64, 10)}},
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
		textOf(200), textOf(1_000), textOf(5_000), textOf(60_000), textOf(200_000),
		{"a string of 1 MiB", text(strings.Repeat("x", hugeText))},
		{"a string of control characters", text(strings.Repeat("\x01", hugeText/8))},
		{fmt.Sprintf("a list of %d items", manyItems), document.NewArray(items...)},
		{fmt.Sprintf("an object of %d fields", manyItems), document.NewObject(fields...)},
		{fmt.Sprintf("lists nested %d deep", deepNest), deep},
	}
}

// textOf is a string of n bytes, which is base64 of text if n is a multiple of four.
func textOf(n int) hostileValue {
	return hostileValue{fmt.Sprintf("a string of %d bytes", n), document.NewString(strings.Repeat("eHh4", n/4+1)[:n])}
}

// lengths are strings that just fit and just don't fit into the room that a runner had for a field, the last one of
// base64, which comes in fours; and those of a label as long as labels can be.
func lengths(pointer string, limits []int) []hostileValue {
	var values []hostileValue
	for _, limit := range limits {
		values = append(values, textOf(limit-1), textOf(limit), textOf(limit+1), textOf(limit+4-limit%4))
	}
	if strings.HasPrefix(pointer, "/labels/") {
		for _, n := range []int{1, task.MaxLabelValue / 2, task.MaxLabelValue} {
			values = append(values, textOf(n))
		}
	}
	return values
}

// maxVaried bounds the fields of one sample that are varied.
const maxVaried = 24

// variation is a document's field with a value that it may have.
type variation struct {
	pointer string
	hostileValue
}

// vary makes specs of a sample that differ from it in one field that the runner looks at. What no host would give to a
// runner is left out. Small values of all fields come first, since there may be no time for all.
func vary(s sample, pointers []string, limits map[string][]int) iter.Seq[sample] {
	return func(yield func(sample) bool) {
		for v := range variations(s, pointers, limits) {
			name := fmt.Sprintf("%s, and %s as %s", s.name, show(v.pointer), v.name)
			hostile, ok := newSample(name, put(s.root, tokens(v.pointer), v.value))
			if ok && !yield(hostile) {
				return
			}
		}
	}
}

func variations(s sample, pointers []string, limits map[string][]int) iter.Seq[variation] {
	chosen := variable(s, pointers)
	return func(yield func(variation) bool) {
		for _, field := range envelopeFields(pointers) {
			for _, v := range envelopeValues(field) {
				if !yield(variation{"/" + field, v}) {
					return
				}
			}
		}
		for _, p := range chosen {
			for _, v := range lengths(p, limits[p]) {
				if !yield(variation{p, v}) {
					return
				}
			}
		}
		for _, v := range hostileValues() {
			for _, p := range chosen {
				if !yield(variation{p, v}) {
					return
				}
			}
		}
	}
}

// variable are the pointers whose fields can have any value: what is inside the kind's payload, which for a kind that
// the host doesn't know is all of it, and single labels. Of other kinds it is what the sample has, too: a runner that
// reads the payload at once looks for none of it.
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
	for p := range places(payload, s.root.Get("kind").Get(s.kind)) {
		if !slices.Contains(chosen, p) {
			chosen = append(chosen, p)
		}
	}
	return chosen
}

// places are the pointers to what is inside of n, of a list to its first item.
func places(pointer string, n *document.Node) iter.Seq[string] {
	return func(yield func(string) bool) {
		inside := map[string]*document.Node{}
		for _, f := range n.Fields {
			inside[escapeToken(f.Key)] = f.Value
		}
		if len(n.Items) > 0 {
			inside["0"] = n.Items[0]
		}
		for _, key := range slices.Sorted(maps.Keys(inside)) {
			p := pointer + "/" + key
			if !yield(p) {
				return
			}
			for deeper := range places(p, inside[key]) {
				if !yield(deeper) {
					return
				}
			}
		}
	}
}
