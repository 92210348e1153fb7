package author

import (
	"strings"
	"testing"
)

func TestUnifiedDiff(t *testing.T) {
	lines := func(words string) string { return strings.ReplaceAll(words, " ", "\n") + "\n" }
	for _, c := range []struct{ before, after, want string }{
		{"", "", ""},
		{lines("a b"), lines("a b"), ""},
		{"", lines("a"), "@@ -0,0 +1,1 @@\n+a\n"},
		{lines("a"), "", "@@ -1,1 +0,0 @@\n-a\n"},
		{lines("1 2 3 4 5 6 7 8 9"), lines("1 2 3 4 x 6 7 8 9"), "@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+x\n 6\n 7\n 8\n"},
		// Changes that share their context are one hunk, others are two.
		{lines("x 1 2 3 4 5 6 y"), lines("1 2 3 4 5 6"), "@@ -1,8 +1,6 @@\n-x\n 1\n 2\n 3\n 4\n 5\n 6\n-y\n"},
		{lines("x 1 2 3 4 5 6 7 y"), lines("1 2 3 4 5 6 7"), "@@ -1,4 +1,3 @@\n-x\n 1\n 2\n 3\n@@ -6,4 +5,3 @@\n 5\n 6\n 7\n-y\n"},
	} {
		want := c.want
		if want != "" {
			want = "--- old\n+++ new\n" + want
		}
		if got := unifiedDiff("old", "new", c.before, c.after); got != want {
			t.Errorf("from %q to %q: got\n%s\nwant\n%s", c.before, c.after, got, want)
		}
	}
}

// Texts that have too much in which they differ are compared all the same.
func TestUnifiedDiffOfLargeTexts(t *testing.T) {
	before, after := strings.Repeat("a\n", 3000), strings.Repeat("b\n", 3000)
	got := unifiedDiff("old", "new", before, after)
	if strings.Count(got, "\n-a") != 3000 || strings.Count(got, "\n+b") != 3000 {
		t.Errorf("got %d lines", strings.Count(got, "\n"))
	}
}

// A diff has both texts in it.
func FuzzDiffLines(f *testing.F) {
	f.Add("a\nb\nc", "a\nc\nd")
	f.Add("", "x")
	f.Fuzz(func(t *testing.T, before, after string) {
		var old, now []string
		for _, e := range diffLines(splitLines(before), splitLines(after)) {
			if e.op != '+' {
				old = append(old, e.line)
			}
			if e.op != '-' {
				now = append(now, e.line)
			}
		}
		if strings.Join(old, "\n") != strings.Join(splitLines(before), "\n") || strings.Join(now, "\n") != strings.Join(splitLines(after), "\n") {
			t.Errorf("%q and %q became %q and %q", before, after, old, now)
		}
		if diff := unifiedDiff("o", "n", before, after); (diff == "") != (strings.Join(old, "\n") == strings.Join(now, "\n") && len(old) == len(now)) {
			t.Errorf("%q and %q: %s", before, after, diff)
		}
	})
}
