package author

import (
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

// Lists and objects are compared to their insides, and keys are escaped.
func TestFieldChanges(t *testing.T) {
	for _, c := range []struct{ before, after, want string }{
		{`{"a":1}`, `{"a":1}`, ""},
		{`{"a":{"b":[1,2]}}`, `{"a":{"b":[1,3,4]}}`, "/a/b/1: 2 3, /a/b/2: - 4"},
		{`{"a/b~":1}`, `{}`, "/a~1b~0: 1 -"},
		{`{"a":[]}`, `{"a":{}}`, "/a: [] {}"},
		{`{"a":null}`, `{}`, "/a: null -"},
		{`[1]`, `[]`, "/0: 1 -"},
		{`"x"`, `"y"`, `: "x" "y"`},
	} {
		var got []string
		for _, f := range appendFieldChanges(nil, "", nodeOf(t, c.before), nodeOf(t, c.after)) {
			got = append(got, f.Pointer+": "+jsonOf(f.Before)+" "+jsonOf(f.After))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s and %s: %s, expected %s", c.before, c.after, text, c.want)
		}
	}
}

func nodeOf(t *testing.T, text string) *document.Node {
	t.Helper()
	n, err := document.ParseJSON([]byte(text), document.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func jsonOf(n *document.Node) string {
	if n == nil {
		return "-"
	}
	return string(n.AppendJSON(nil))
}
