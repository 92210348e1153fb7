package router_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/task"
)

// fake is a runner that answers as told and counts how often it is asked.
type fake struct {
	yes        bool
	err        error
	quarantine string
	asked      int
}

func (f *fake) Supports(context.Context, router.Request) (bool, error) {
	f.asked++
	return f.yes, f.err
}

func (f *fake) Quarantined() string { return f.quarantine }

func request(kind task.Kind, selector string) router.Request {
	spec := &task.Spec{Slot: "s", Kind: kind}
	if selector != "" {
		s, err := task.ParseSelector(selector)
		if err != nil {
			panic(err)
		}
		spec.Selector = s
	}
	return router.Request{Spec: spec}
}

func custom(name string) task.Kind { return task.Custom{Name: name} }

func verdicts(d router.Decision) string {
	var list []string
	for _, c := range d.Candidates() {
		list = append(list, c.Runner+":"+string(c.Verdict))
	}
	return strings.Join(list, " ")
}

func TestRoute(t *testing.T) {
	broken := &task.Error{Code: task.CodeGuestFault, Runner: "b", Message: "supports: trap"}
	tests := []struct {
		name     string
		entries  []router.Entry
		req      router.Request
		want     int
		code     task.Code
		verdicts string
		asked    string // how often each runner was asked
	}{
		{
			name: "first yes wins",
			entries: []router.Entry{
				{Name: "a", Runner: &fake{}},
				{Name: "b", Runner: &fake{yes: true}},
				{Name: "c", Runner: &fake{yes: true}},
			},
			req: request(custom("k"), ""), want: 1,
			verdicts: "a:unsupported b:selected c:not_reached", asked: "1 1 0",
		},
		{
			name: "declared kinds are matched without asking",
			entries: []router.Entry{
				{Name: "a", Kinds: []string{"x", "y"}, Runner: &fake{yes: true}},
				{Name: "b", Kinds: []string{"k"}, Runner: &fake{yes: true}},
			},
			req: request(custom("k"), ""), want: 1,
			verdicts: "a:kind b:selected", asked: "0 1",
		},
		{
			name: "one that declares nothing stands in order among those that do",
			entries: []router.Entry{
				{Name: "a", Kinds: []string{"k"}, Runner: &fake{}},
				{Name: "b", Runner: &fake{yes: true}},
				{Name: "c", Kinds: []string{"k"}, Runner: &fake{yes: true}},
			},
			req: request(custom("k"), ""), want: 1,
			verdicts: "a:unsupported b:selected c:not_reached", asked: "1 1 0",
		},
		{
			name: "a kind that nobody declares goes to those that declare nothing",
			entries: []router.Entry{
				{Name: "a", Kinds: []string{"x"}, Runner: &fake{yes: true}},
				{Name: "b", Runner: &fake{yes: true}},
			},
			req: request(custom("k"), ""), want: 1,
			verdicts: "a:kind b:selected", asked: "0 1",
		},
		{
			name: "labels are matched before asking",
			entries: []router.Entry{
				{Name: "a", Labels: task.Labels{"zone": "ap"}, Runner: &fake{yes: true}},
				{Name: "b", Labels: task.Labels{"zone": "eu"}, Runner: &fake{yes: true}},
			},
			req: request(custom("k"), "zone in (eu,us)"), want: 1,
			verdicts: "a:selector b:selected", asked: "0 1",
		},
		{
			name: "a fault passes over",
			entries: []router.Entry{
				{Name: "b", Runner: &fake{err: broken}},
				{Name: "c", Runner: &fake{yes: true}},
			},
			req: request(custom("k"), ""), want: 1,
			verdicts: "b:fault c:selected", asked: "1 1",
		},
		{
			name: "a fault ends routing where the operator says so",
			entries: []router.Entry{
				{Name: "b", FailOnFault: true, Runner: &fake{err: broken}},
				{Name: "c", Runner: &fake{yes: true}},
			},
			req: request(custom("k"), ""), want: -1, code: task.CodeGuestFault,
			verdicts: "b:fault c:not_reached", asked: "1 0",
		},
		{
			name: "disabled and quarantined ones are not asked",
			entries: []router.Entry{
				{Name: "a", Disabled: true, Runner: &fake{yes: true}},
				{Name: "b", Runner: &fake{yes: true, quarantine: "went wrong 5 times in a row"}},
			},
			req: request(custom("k"), ""), want: -1, code: task.CodeNoRunner,
			verdicts: "a:disabled b:quarantined", asked: "0 0",
		},
		{
			name: "a quarantine ends routing where a fault would",
			entries: []router.Entry{
				{Name: "b", FailOnFault: true, Runner: &fake{yes: true, quarantine: "went wrong 5 times in a row"}},
				{Name: "c", Runner: &fake{yes: true}},
			},
			req: request(custom("k"), ""), want: -1, code: task.CodeGuestFault,
			verdicts: "b:quarantined c:not_reached", asked: "0 0",
		},
		{
			name:    "embedded is never routed",
			entries: []router.Entry{{Name: "a", Runner: &fake{yes: true}}},
			req:     request(task.Embedded{}, ""), want: -1, code: task.CodeEmbedded,
			verdicts: "a:not_reached", asked: "0",
		},
		{name: "no runner at all", req: request(custom("k"), ""), want: -1, code: task.CodeNoRunner},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d, err := router.NewTable(tt.entries).Route(t.Context(), tt.req)
			if d.Selected() != tt.want {
				t.Errorf("selected %d, want %d", d.Selected(), tt.want)
			}
			var code task.Code
			if te, ok := errors.AsType[*task.Error](err); ok {
				code = te.Code
			} else if err != nil {
				t.Errorf("error %v is no *task.Error", err)
			}
			if code != tt.code {
				t.Errorf("code %q, want %q (%v)", code, tt.code, err)
			}
			if got := verdicts(d); got != tt.verdicts {
				t.Errorf("verdicts %q, want %q", got, tt.verdicts)
			}
			var asked []string
			for _, e := range tt.entries {
				asked = append(asked, fmt.Sprint(e.Runner.(*fake).asked))
			}
			if got := strings.Join(asked, " "); got != tt.asked {
				t.Errorf("asked %q, want %q", got, tt.asked)
			}
		})
	}
}

func TestNearest(t *testing.T) {
	entries := []router.Entry{
		{Name: "far", Kinds: []string{"other"}, Runner: &fake{}},
		{Name: "near", Labels: task.Labels{"zone": "ap"}, Runner: &fake{}},
		{Name: "off", Disabled: true, Runner: &fake{}},
	}
	d, err := router.NewTable(entries).Route(t.Context(), request(custom("k"), "zone=eu"))
	if err == nil || !strings.Contains(err.Error(), "near") {
		t.Errorf("error %v does not name the nearest", err)
	}
	nearest, ok := d.Nearest()
	if !ok || nearest.Runner != "near" || nearest.Verdict != router.SelectorNo || !strings.Contains(nearest.Detail, "zone=ap") {
		t.Errorf("nearest %+v, %v", nearest, ok)
	}
	d, err = router.NewTable(append(entries, router.Entry{Name: "asked", Labels: task.Labels{"zone": "eu"}, Runner: &fake{}})).
		Route(t.Context(), request(custom("k"), "zone=eu"))
	if nearest, ok := d.Nearest(); !ok || nearest.Runner != "asked" {
		t.Errorf("nearest %+v, %v, %v; one that was asked is nearer than one with other labels", nearest, ok, err)
	}
}

func TestMisspeltKind(t *testing.T) {
	table := router.NewTable([]router.Entry{
		{Name: "first", Kinds: []string{"http-probe"}, Runner: &fake{}},
		{Name: "second", Kinds: []string{"script", "backup"}, Runner: &fake{}},
	})
	for kind, want := range map[string]string{
		"bakcup": `no runner takes kind "bakcup", did you mean "backup"?`,
		"other":  `no runner takes kind "other"; the nearest is first: takes only http-probe`,
	} {
		var e *task.Error
		if _, err := table.Route(t.Context(), request(custom(kind), "")); !errors.As(err, &e) || e.Message != want {
			t.Errorf("%s: %v, want %s", kind, err, want)
		}
	}
}

func TestRouteCanceled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	entries := []router.Entry{{Name: "a", Runner: &fake{err: context.Canceled}}, {Name: "b", Runner: &fake{yes: true}}}
	if _, err := router.NewTable(entries).Route(ctx, request(custom("k"), "")); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context.Canceled", err)
	}
}

// TestIndexAgreesWithScan compares the index with the plain rule over many random-looking tables.
func TestIndexAgreesWithScan(t *testing.T) {
	kinds := []string{"a", "b", "c"}
	for seed := range 3000 {
		var entries []router.Entry
		for i := range 1 + seed%7 {
			bits := (seed*31 + i*17) >> 1
			e := router.Entry{Name: fmt.Sprint(i), Runner: &fake{yes: bits&8 != 0}, Disabled: bits&96 == 96}
			for k, kind := range kinds {
				if bits&(1<<k) != 0 {
					e.Kinds = append(e.Kinds, kind)
				}
			}
			entries = append(entries, e)
		}
		kind := []string{"a", "b", "c", "d"}[seed%4]
		want := slices.IndexFunc(entries, func(e router.Entry) bool {
			return !e.Disabled && (e.Kinds == nil || slices.Contains(e.Kinds, kind)) && e.Runner.(*fake).yes
		})
		d, _ := router.NewTable(entries).Route(t.Context(), request(custom(kind), ""))
		if d.Selected() != want {
			t.Fatalf("seed %d: selected %d, want %d", seed, d.Selected(), want)
		}
	}
}

func ExampleTable_Route() {
	table := router.NewTable([]router.Entry{
		{Name: "shell", Kinds: []string{"subprocess"}, Runner: &fake{yes: true}},
		{Name: "probe", Kinds: []string{"http-probe"}, Labels: task.Labels{"zone": "eu"}, Runner: &fake{yes: true}},
	})
	d, err := table.Route(context.Background(), request(custom("http-probe"), "zone=eu"))
	fmt.Println(err)
	for _, c := range d.Candidates() {
		fmt.Println(c.Runner, c.Verdict, c.Detail)
	}
	// Output:
	// <nil>
	// shell kind takes only subprocess
	// probe selected
}

func BenchmarkRoute(b *testing.B) {
	for _, n := range []int{10, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			var entries []router.Entry
			for i := range n {
				entries = append(entries, router.Entry{Name: fmt.Sprint(i), Kinds: []string{fmt.Sprint("kind-", i)}, Runner: &fake{yes: true}})
			}
			table := router.NewTable(entries)
			req := request(custom(fmt.Sprint("kind-", n-1)), "")
			b.ReportAllocs()
			for b.Loop() {
				if d, _ := table.Route(b.Context(), req); d.Selected() != n-1 {
					b.Fatal("not the last")
				}
			}
		})
	}
}
