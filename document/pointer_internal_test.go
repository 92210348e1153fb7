package document

import (
	"fmt"
	"strings"
	"testing"
)

// branches is a tree whose pointers end before, at and behind the ends of the blocks that are hashed, and part anywhere.
func branches(depth, width int) *Node {
	if depth == 0 {
		return NewArray(NewInt(0), NewString("\n"), NewNull())
	}
	fields := make([]Field, 0, width)
	for i := range width {
		key := strings.Repeat("k/~\"é"[:1+i%5], 1+7*i) + fmt.Sprint(i)
		fields = append(fields, NewField(key, branches(depth-1, width)))
	}
	return NewObject(fields...)
}

// visit calls do with every value of a tree and its pointer.
func visit(n *Node, pointer string, do func(pointer string, n *Node)) {
	do(pointer, n)
	for i, item := range n.Items {
		visit(item, pointer+"/"+fmt.Sprint(i), do)
	}
	for _, f := range n.Fields {
		visit(f.Value, pointer+"/"+strings.NewReplacer("~", "~0", "/", "~1").Replace(f.Key), do)
	}
}

func TestEveryValueHasItsPointer(t *testing.T) {
	root := branches(3, 12)
	x := NewIndex(root)
	count, longest := 0, 0
	visit(root, "", func(pointer string, n *Node) {
		count, longest = count+1, max(longest, len(pointer))
		want := string(n.AppendJSON(nil))
		if n.Kind == String {
			want = n.Text
		}
		if got, ok := x.Lookup([]byte(pointer)); !ok || string(got) != want {
			t.Errorf("%.200q: got %.60q, %t, want %.60q", pointer, got, ok, want)
		}
		if _, ok := x.Lookup([]byte(pointer + "/")); ok {
			t.Errorf("%.200q/ finds something", pointer)
		}
	})
	if count != len(x.entries) || longest < 4*block {
		t.Errorf("%d values of %d were looked up, with pointers of up to %d bytes", count, len(x.entries), longest)
	}
}

// What hashes alike is told apart by comparing.
func TestLeads(t *testing.T) {
	x := NewIndex(NewObject(
		NewField("a", NewObject(NewField("b", NewNull()), NewField("a", NewNull()), NewField("", NewNull()))),
		NewField("ab", NewArray(NewNull(), NewNull())), NewField("a/b", NewNull()), NewField("b", NewNull()), NewField("", NewNull()),
	))
	pointers := []string{"", "/a", "/a/b", "/a/a", "/a/", "/ab", "/ab/0", "/ab/1", "/a~1b", "/b", "/"}
	if len(pointers) != len(x.entries) {
		t.Fatalf("%d pointers, %d entries", len(pointers), len(x.entries))
	}
	for _, p := range append(pointers, "a", "a/b", "//", "b", "/a/b/", "/ab/00", "x/a") {
		found := x.find([]byte(p))
		for i := range x.entries {
			if got := x.leads([]byte(p), &x.entries[i]); got != (found == &x.entries[i]) {
				t.Errorf("%q leads to entry %d: %t", p, i, got)
			}
		}
	}
}
