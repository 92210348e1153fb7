package task_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

func TestSelectorMatches(t *testing.T) {
	runner := task.Labels{"zone": "eu", "tier": "prod", "empty": ""}
	tests := []struct {
		selector string
		want     bool
		mismatch string
	}{
		{"", true, ""},
		{"zone=eu", true, ""},
		{"zone=ap", false, "zone=ap: runner has zone=eu"},
		{"zone=EU", false, "zone=EU: runner has zone=eu"},
		{"gpu=a", false, "gpu=a: runner has no label gpu"},
		{"empty=", true, ""},
		{"gpu=", false, "gpu=: runner has no label gpu"},
		{"zone in (eu,us)", true, ""},
		{"zone in (us,eu)", true, ""},
		{"zone in (us,ap)", false, "zone in (us,ap): runner has zone=eu"},
		{"gpu in (a)", false, "gpu in (a): runner has no label gpu"},
		{"zone notin (us)", true, ""},
		{"zone notin (us,eu)", false, "zone notin (us,eu): runner has zone=eu"},
		{"gpu notin (a)", true, ""},
		{"zone!=us", true, ""},
		{"zone!=eu", false, "zone notin (eu): runner has zone=eu"},
		{"zone", true, ""},
		{"empty", true, ""},
		{"gpu", false, "gpu: runner has no label gpu"},
		{"!gpu", true, ""},
		{"!zone", false, "!zone: runner has zone=eu"},
		{"!empty", false, "!empty: runner has empty="},
		{"zone=eu,tier=prod,!gpu", true, ""},
		{"zone=eu,tier=dev,!gpu", false, "tier=dev: runner has tier=prod"},
		{"zone=eu,gpu,!tier", false, "gpu: runner has no label gpu"},
		{"zone=eu,zone=us", false, "zone in (us): runner has zone=eu"},
	}
	for _, test := range tests {
		t.Run(test.selector, func(t *testing.T) {
			s, err := task.ParseSelector(test.selector)
			if err != nil {
				t.Fatal(err)
			}
			if got := s.Matches(runner); got != test.want {
				t.Errorf("Matches = %v, want %v", got, test.want)
			}
			if got := s.Mismatch(runner); got != test.mismatch {
				t.Errorf("Mismatch = %q, want %q", got, test.mismatch)
			}
		})
	}
}

// A runner without labels is a candidate where nothing is asked of it, or only what it must not have.
func TestSelectorOnNoLabels(t *testing.T) {
	for text, want := range map[string]bool{
		"": true, "a=": false, "a=b": false, "a in (b)": false, "a notin (b)": true, "a": false, "!a": true, "!a,b!=c": true,
	} {
		s, err := task.ParseSelector(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Matches(nil); got != want {
			t.Errorf("%q.Matches(nil) = %v, want %v", text, got, want)
		}
	}
}

func TestNilSelector(t *testing.T) {
	var s *task.Selector
	if !s.Matches(nil) || s.Mismatch(nil) != "" || s.String() != "" || s.Validate() != nil {
		t.Error("a nil selector must match everything, be empty and valid")
	}
}

func TestUnknownOperatorNeverMatches(t *testing.T) {
	s := &task.Selector{MatchExpressions: []task.Requirement{{Key: "a", Operator: "Gt", Values: []string{"1"}}}}
	if s.Matches(task.Labels{"a": "2"}) || s.Mismatch(task.Labels{"a": "2"}) != "a Gt?: runner has a=2" {
		t.Errorf("Mismatch = %q", s.Mismatch(task.Labels{"a": "2"}))
	}
	if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), "matchExpressions[0].operator: unknown operator") {
		t.Errorf("Validate() = %v", err)
	}
}

func TestMatchesDoesNotAllocate(t *testing.T) {
	s, err := task.ParseSelector("zone in (us,eu),tier=prod,!gpu,a!=b,tier")
	if err != nil {
		t.Fatal(err)
	}
	labels := task.Labels{"zone": "eu", "tier": "prod"}
	n := testing.AllocsPerRun(100, func() {
		if !s.Matches(labels) || s.Mismatch(labels) != "" {
			t.Fatal("no match")
		}
	})
	if n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func TestParseSelector(t *testing.T) {
	expr := func(key string, op task.Operator, values ...string) task.Requirement {
		return task.Requirement{Key: key, Operator: op, Values: values}
	}
	tests := []struct {
		text string
		want task.Selector
	}{
		{" \t\r\n", task.Selector{}},
		{"k=v", task.Selector{MatchLabels: map[string]string{"k": "v"}}},
		{" k == v , l=w", task.Selector{MatchLabels: map[string]string{"k": "v", "l": "w"}}},
		{"k=,l=w", task.Selector{MatchLabels: map[string]string{"k": "", "l": "w"}}},
		{"k=v,k=v", task.Selector{MatchLabels: map[string]string{"k": "v"}}},
		{"k=v,k=w", task.Selector{MatchLabels: map[string]string{"k": "v"}, MatchExpressions: []task.Requirement{expr("k", task.In, "w")}}},
		{"k!=v", task.Selector{MatchExpressions: []task.Requirement{expr("k", task.NotIn, "v")}}},
		{"k!=", task.Selector{MatchExpressions: []task.Requirement{expr("k", task.NotIn, "")}}},
		{"k in(a, b)", task.Selector{MatchExpressions: []task.Requirement{expr("k", task.In, "a", "b")}}},
		{"k in ()", task.Selector{MatchExpressions: []task.Requirement{expr("k", task.In, "")}}},
		{"k notin (a,,b)", task.Selector{MatchExpressions: []task.Requirement{expr("k", task.NotIn, "a", "", "b")}}},
		{"k,! l", task.Selector{MatchExpressions: []task.Requirement{expr("k", task.Exists), expr("l", task.DoesNotExist)}}},
		{"in,!notin,in in (in)", task.Selector{MatchExpressions: []task.Requirement{
			expr("in", task.Exists), expr("notin", task.DoesNotExist), expr("in", task.In, "in")}}},
		{"example.io/k", task.Selector{MatchExpressions: []task.Requirement{expr("example.io/k", task.Exists)}}},
	}
	for _, test := range tests {
		t.Run(test.text, func(t *testing.T) {
			got, err := task.ParseSelector(test.text)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(*got, test.want) {
				t.Errorf("got  %+v\nwant %+v", *got, test.want)
			}
		})
	}
}

func TestParseSelectorErrors(t *testing.T) {
	tests := map[string]string{
		"!":              `column 2: expected a label key, found the end`,
		",":              `column 1: expected a label key, found ","`,
		"a,":             `column 3: expected a label key, found the end`,
		"a,,b":           `column 3: expected a label key, found ","`,
		"=b":             `column 1: expected a label key, found "="`,
		"in (a)":         `column 4: expected "=", "!=", "in", "notin" or "," after key "in", found "("`,
		"a b":            `column 3: expected "=", "!=", "in", "notin" or "," after key "a", found "b"`,
		"a IN (b)":       `column 3: expected "=", "!=", "in", "notin" or "," after key "a", found "IN"`,
		"a (b)":          `column 3: expected "=", "!=", "in", "notin" or "," after key "a", found "("`,
		"a=b c":          `column 5: expected ",", found "c"`,
		"a=b=c":          `column 4: expected ",", found "="`,
		"a===b":          `column 4: expected ",", found "="`,
		"!a=b":           `column 3: expected ",", found "="`,
		"a in":           `column 5: expected "(", found the end`,
		"a in b":         `column 6: expected "(", found "b"`,
		"a in (b":        `column 8: expected "," or ")", found the end`,
		"a in ((b))":     `column 7: expected "," or ")", found "("`,
		"a in (b) c":     `column 10: expected ",", found "c"`,
		"a notin (b))":   `column 12: expected ",", found ")"`,
		"-a":             `column 1: label key "-a" name must hold only`,
		"a,b/c/d":        `column 3: label key "b/c/d" must contain at most one '/'`,
		"a=-":            `column 3: label value "-" must hold only`,
		"a in (b,c/d)":   `column 9: label value "c/d" must hold only`,
		"é":              `column 1: label key "é" name must hold only`,
		"a\x00":          `column 1: label key "a\x00" name must hold only`,
		"a=b,a in (-)":   `column 11: label value "-"`,
		"zone in (eu us": `column 13: expected "," or ")", found "us"`,
	}
	for text, want := range tests {
		_, err := task.ParseSelector(text)
		if err == nil || !strings.HasPrefix(err.Error(), "invalid label selector: "+want) {
			t.Errorf("ParseSelector(%q): %v\nwant %s", text, err, want)
		}
	}
}

// What is accepted is valid, and its text form is read back to an equal selector.
func FuzzParseSelector(f *testing.F) {
	for _, text := range []string{
		"", "zone in (eu,us),!gpu,tier=prod", "k==v", "k!=v", "k notin (a,,b)", "a=b,a=c,a=b", "in in (in)", "k=,!l", "k in ()",
		"a in (b", "example.io/x", "!!a", "a,,b", "\xff",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := task.ParseSelector(text)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "invalid label selector: column ") {
				t.Fatalf("error without a column: %v", err)
			}
			return
		}
		if err := s.Validate(); err != nil {
			t.Fatalf("accepted an invalid selector: %v", err)
		}
		again, err := task.ParseSelector(s.String())
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if !reflect.DeepEqual(s, again) {
			t.Fatalf("%q reads back as %q", s, again)
		}
	})
}

func BenchmarkSelectorMatches(b *testing.B) {
	s, err := task.ParseSelector("zone in (us,eu),tier=prod,!gpu")
	if err != nil {
		b.Fatal(err)
	}
	labels := task.Labels{"zone": "eu", "tier": "prod", "example.io/team": "a"}
	b.ReportAllocs()
	for b.Loop() {
		if !s.Matches(labels) {
			b.Fatal("no match")
		}
	}
}

func ExampleParseSelector() {
	s, err := task.ParseSelector("zone in (eu,us), !gpu, tier=prod")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(s)
	fmt.Println(s.Matches(task.Labels{"zone": "eu", "tier": "prod"}))
	fmt.Println(s.Mismatch(task.Labels{"zone": "ap", "tier": "prod"}))

	_, err = task.ParseSelector("zone in eu")
	fmt.Println(err)
	// Output:
	// tier=prod,zone in (eu,us),!gpu
	// true
	// zone in (eu,us): runner has zone=ap
	// invalid label selector: column 9: expected "(", found "eu"
}
