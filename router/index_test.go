package router_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/task"
)

// TestIndexAsksWhomItShould compares who is asked with what kinds and labels say of each entry for itself.
func TestIndexAsksWhomItShould(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	some := func(words ...string) string { return words[random.IntN(len(words))] }
	someLabels := func() task.Labels {
		l := task.Labels{}
		for range random.IntN(4) {
			l[some("zone", "tier", "gpu")] = some("a", "b", "c", "d")
		}
		return l
	}
	asked := 0
	for range 3000 {
		entries := make([]router.Entry, random.IntN(300))
		for i := range entries {
			entries[i] = router.Entry{Name: fmt.Sprint(i), Labels: someLabels(), Disabled: random.IntN(9) == 0, Runner: &fake{}}
			for range random.IntN(3) {
				entries[i].Kinds = append(entries[i].Kinds, some("x", "y", "z"))
			}
		}
		spec := &task.Spec{Kind: custom(some("x", "y", "other"))}
		if random.IntN(5) > 0 {
			spec.Selector = &task.Selector{MatchLabels: someLabels()}
			for range random.IntN(4) {
				r := task.Requirement{Key: some("zone", "tier", "gpu", "none"), Operator: task.Operator(some("In", "NotIn", "Exists", "DoesNotExist"))}
				if r.Operator == task.In || r.Operator == task.NotIn {
					r.Values = []string{some("a", "b"), some("c", "d", "e")}
				}
				spec.Selector.MatchExpressions = append(spec.Selector.MatchExpressions, r)
			}
		}
		router.NewTable(entries).Route(context.Background(), router.Request{Spec: spec})
		for _, e := range entries {
			want := 0
			if !e.Disabled && (e.Kinds == nil || slices.Contains(e.Kinds, spec.Kind.KindName())) && spec.Selector.Matches(e.Labels) {
				want = 1
			}
			if got := e.Runner.(*fake).asked; got != want {
				t.Fatalf("entry %s, kinds %v, labels %v: asked %d times, want %d, about kind %s with selector %s",
					e.Name, e.Kinds, e.Labels, got, want, spec.Kind.KindName(), spec.Selector)
			}
			asked += want
		}
	}
	if asked < 10_000 {
		t.Errorf("only %d were asked", asked)
	}
}

// TestManyTermsAreHeld has more terms and sets than a query holds without allocating.
func TestManyTermsAreHeld(t *testing.T) {
	labels, selector := task.Labels{}, &task.Selector{MatchLabels: map[string]string{}}
	for i := range 30 {
		key := fmt.Sprintf("k%d", i)
		labels[key], selector.MatchLabels[key] = "v", "v"
	}
	table := router.NewTable([]router.Entry{{Name: "a", Runner: &fake{yes: true}}, {Name: "b", Labels: labels, Runner: &fake{yes: true}}})
	d, err := table.Route(context.Background(), router.Request{Spec: &task.Spec{Kind: custom("k"), Selector: selector}})
	if err != nil || d.Selected() != 1 {
		t.Errorf("chosen %d, %v", d.Selected(), err)
	}
}

// oneIn is a table of n entries of few kinds, of which the last alone has the label that the spec asks for.
func oneIn(n int) (*router.Table, router.Request) {
	entries := make([]router.Entry, n)
	for i := range entries {
		zone := fmt.Sprintf("z%d", i%7)
		if i == n-1 {
			zone = "here"
		}
		entries[i] = router.Entry{
			Name: fmt.Sprint(i), Kinds: []string{fmt.Sprintf("kind%d", i%2), "common"}, Runner: &fake{yes: true},
			Labels: task.Labels{"zone": zone, "tier": []string{"prod", "dev"}[i%2], "arch": "amd64"},
		}
	}
	spec := &task.Spec{Kind: custom("common"), Selector: &task.Selector{
		MatchLabels:      map[string]string{"zone": "here", "arch": "amd64"},
		MatchExpressions: []task.Requirement{{Key: "tier", Operator: task.In, Values: []string{"dev", "prod"}}},
	}}
	return router.NewTable(entries), router.Request{Spec: spec}
}

func TestRouteAllocatesNothing(t *testing.T) {
	table, req := oneIn(1000)
	if n := testing.AllocsPerRun(100, func() {
		if d, err := table.Route(context.Background(), req); err != nil || d.Selected() != 999 {
			t.Fatal(d.Selected(), err)
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkRouteOneIn(b *testing.B) {
	for _, n := range []int{10, 100, 1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			table, req := oneIn(n)
			b.ReportAllocs()
			for b.Loop() {
				if d, err := table.Route(context.Background(), req); err != nil || d.Selected() != n-1 {
					b.Fatal(d.Selected(), err)
				}
			}
		})
	}
}
