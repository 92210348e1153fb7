// Command go is an example of a runner in Go: it takes the kind "table", checks that the table is one, and prints it as
// CSV (RFC 4180), sorted by a column if the task names one.
package main

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/guest"
)

// runner is a variable for the sake of the tests.
var runner = guest.Runner{
	Name:     "table",
	Supports: func(c *guest.SupportsCall) bool { return c.Spec.Has("/kind/table") },
	Build:    build,
	Run:      run,
}

func init() { guest.Register(runner) }

func main() {} // never called

type table struct {
	columns []string
	rows    [][]string
	sort    int // the index of a column, or -1
}

// build makes sure that run will find a table. What is to be done is in the spec already, so the task says no more.
func build(c *guest.BuildCall) (guest.Task, error) {
	t, err := read(c.Spec)
	return guest.Task{Description: "a table of " + rows(len(t.rows))}, err
}

func run(c *guest.RunCall) (string, error) {
	t, err := read(c.Spec)
	if err != nil {
		return "", err
	}
	if t.sort >= 0 {
		slices.SortStableFunc(t.rows, func(a, b []string) int { return compare(a[t.sort], b[t.sort]) })
	}
	c.Print(line(t.columns))
	for _, row := range t.rows {
		c.Print(line(row))
	}
	c.Counter("table_rows").Add(float64(len(t.rows)))
	return rows(len(t.rows)), nil
}

func read(spec guest.Document) (table, error) {
	t := table{sort: -1}
	var ok bool
	if t.columns, ok = spec.Texts("/kind/table/columns"); !ok || len(t.columns) == 0 {
		return table{}, guest.Missing("/kind/table/columns")
	}
	list, ok := spec.Texts("/kind/table/rows")
	if !ok {
		return table{}, guest.Missing("/kind/table/rows")
	}
	for i := range list {
		pointer := guest.Pointer("kind", "table", "rows", strconv.Itoa(i))
		row, ok := spec.Texts(pointer)
		if !ok || len(row) != len(t.columns) {
			return table{}, guest.Invalid(pointer + ": expected a list of " + strconv.Itoa(len(t.columns)) + ", as there are columns")
		}
		t.rows = append(t.rows, row)
	}
	if name, ok := spec.Text("/kind/table/sort"); ok {
		if t.sort = slices.Index(t.columns, name); t.sort < 0 {
			return table{}, guest.Invalid("/kind/table/sort: there is no such column")
		}
	}
	return t, nil
}

// compare orders numbers by size, and anything else behind them as text.
func compare(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	switch {
	case errX == nil && errY == nil:
		return cmp.Compare(x, y)
	case errX == nil:
		return -1
	case errY == nil:
		return 1
	}
	return cmp.Compare(a, b)
}

func line(cells []string) string {
	quoted := make([]string, len(cells))
	for i, cell := range cells {
		if strings.ContainsAny(cell, ",\"\r\n") {
			cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
		}
		quoted[i] = cell
	}
	return strings.Join(quoted, ",") + "\r\n"
}

func rows(n int) string {
	if n == 1 {
		return "1 row"
	}
	return strconv.Itoa(n) + " rows"
}
