package main

import (
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/bench/compare"
	"github.com/soltihq/soltiwasm/bench/rows"
)

func TestChoose(t *testing.T) {
	all, err := choose("")
	if err != nil || len(all) != 13 {
		t.Fatalf("%d rows, %v", len(all), err)
	}
	for i, row := range all {
		if row.Number != i+1 {
			t.Errorf("row %d stands at %d", row.Number, i+1)
		}
	}
	if some, err := choose("5,1"); err != nil || len(some) != 2 || some[0].Number != 5 || some[1].Number != 1 {
		t.Errorf("%v, %v", some, err)
	}
	for _, bad := range []string{"0", "14", "x", "1,,2"} {
		if _, err := choose(bad); err == nil {
			t.Errorf("%q is no list of rows", bad)
		}
	}
}

func TestMarkdown(t *testing.T) {
	r := &report{}
	r.add(rows.Row{Number: 1, Title: "fast", Measure: func(*rows.Bench) ([]rows.Result, error) {
		return []rows.Result{
			{What: "a", Bound: rows.AtLeast(30, rows.Times), Got: compare.Of(31, 32, 33), Context: []string{"x 1 ns", "y 2 ns"}},
			{What: "b", Bound: rows.AtLeast(30, rows.Times), Got: compare.Of(29)},
		}, errors.New("and then\nit broke")
	}}, nil)
	text := r.markdown()
	for _, want := range []string{
		"| **1** | **fast** | | | | |\n",
		"| | a | at least 30x | 32x (31x–32x) | x 1 ns; y 2 ns | met |\n",
		"| | b | at least 30x | 29x |  | **not met** |\n",
		"| | not measured: and then; it broke | | | | |\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the table lacks %q:\n%s", want, text)
		}
	}
}
