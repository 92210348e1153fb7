package cli

import (
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	inner := &table{lines: []line{{cells: plain("x", "1")}, {cells: plain("long", "")}}}
	tests := []struct {
		name  string
		table table
		style style
		want  string
	}{
		{"nothing", table{header: []string{"A"}}, false, ""},
		{"columns are aligned and lines end without spaces", table{header: []string{"A", "LONGER"}, lines: []line{
			{cells: plain("wide cell", "b")}, {cells: plain("", "")}, {cells: plain("käse", "b")},
		}}, false, "A          LONGER\nwide cell  b\n-          -\nkäse       b\n"},
		{"notes below a line", table{lines: []line{{cells: plain("a"), notes: []cell{{text: "one\ntwo"}}}, {cells: plain("b")}}}, false,
			"a\n  one\n  two\nb\n"},
		{"a table below a line", table{lines: []line{{cells: plain("a"), table: inner}, {cells: plain("b"), table: inner}}}, false,
			"a\n  x     1\n  long  -\n\nb\n  x     1\n  long  -\n"},
		{"what acts on a terminal is escaped", table{lines: []line{{cells: plain("a\x1b[2Jb", "c\nd"), notes: []cell{{text: "\x07"}}}}}, false,
			"a\\x1b[2Jb  c\\nd\n  \\x07\n"},
		{"colours do not widen columns", table{header: []string{"A", "B"}, lines: []line{{cells: []cell{{"x", red}, {"y", ""}}}}}, true,
			"\x1b[1mA\x1b[0m  \x1b[1mB\x1b[0m\n\x1b[31mx\x1b[0m  y\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var b strings.Builder
			test.table.draw(&b, test.style, "")
			if b.String() != test.want {
				t.Errorf("got\n%q\nwant\n%q", b.String(), test.want)
			}
		})
	}
}
