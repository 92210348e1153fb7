package router_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/router"
)

// documented is a request whose document has a text.
func documented(text string) router.Request {
	req := request(custom("k"), "")
	req.Doc = document.NewIndex(document.NewString(text))
	return req
}

func TestSameDocumentIsNotAskedAboutForEver(t *testing.T) {
	no, yes := &fake{}, &fake{yes: true}
	table := router.NewTable([]router.Entry{{Name: "no", Runner: no}, {Name: "yes", Runner: yes}})
	route := func(text string) {
		t.Helper()
		d, err := table.Route(context.Background(), documented(text))
		if err != nil || verdicts(d) != "no:unsupported yes:selected" {
			t.Errorf("%s: %s, %v", text, verdicts(d), err)
		}
	}
	for range 10 {
		route("a")
	}
	if no.asked != 2 || yes.asked != 2 {
		t.Errorf("asked %d and %d times about one document, want 2: it is remembered when it comes again", no.asked, yes.asked)
	}
	route("b")
	if no.asked != 3 {
		t.Errorf("another document was not asked about")
	}
	yes.quarantine, yes.asked = "faults", 0
	if d, err := table.Route(context.Background(), documented("a")); err == nil || verdicts(d) != "no:unsupported yes:quarantined" {
		t.Errorf("with the chosen one in quarantine: %s, %v", verdicts(d), err)
	}
}

func TestNobodyIsRememberedToo(t *testing.T) {
	no := &fake{}
	table := router.NewTable([]router.Entry{{Name: "no", Runner: no}})
	for range 5 {
		if _, err := table.Route(context.Background(), documented("a")); err == nil || !strings.Contains(err.Error(), "nearest is no") {
			t.Error(err)
		}
	}
	if no.asked != 2 {
		t.Errorf("asked %d times", no.asked)
	}
}

func TestWhatIsNotRemembered(t *testing.T) {
	for name, tt := range map[string]struct {
		first *fake
		entry router.Entry
		doc   string
	}{
		"a decision with a fault":            {first: &fake{err: errors.New("trap")}, doc: "a"},
		"a decision past a quarantine":       {first: &fake{quarantine: "faults"}, doc: "a"},
		"a table where a fault ends routing": {first: &fake{}, entry: router.Entry{FailOnFault: true}, doc: "a"},
		"a large document":                   {first: &fake{}, doc: strings.Repeat("a", 10_000)},
	} {
		t.Run(name, func(t *testing.T) {
			last := &fake{yes: true}
			tt.entry.Name, tt.entry.Runner = "first", tt.first
			table := router.NewTable([]router.Entry{tt.entry, {Name: "last", Runner: last}})
			for range 5 {
				if _, err := table.Route(context.Background(), documented(tt.doc)); err != nil {
					t.Error(err)
				}
			}
			if last.asked != 5 {
				t.Errorf("asked %d times, want 5", last.asked)
			}
		})
	}
}

// even takes documents of even numbers.
type even struct{}

func (even) Supports(_ context.Context, req router.Request) (bool, error) {
	var n int
	_, err := fmt.Sscanf(string(req.Doc.JSON()), `"%d"`, &n)
	return n%2 == 0, err
}

func (even) Quarantined() string { return "" }

// TestMemoryHammer has more documents than the memory has places, from several goroutines.
func TestMemoryHammer(t *testing.T) {
	table := router.NewTable([]router.Entry{{Name: "even", Runner: even{}}, {Name: "rest", Runner: &constant{}}})
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for i := range 20_000 {
				n := i % 3000
				d, err := table.Route(context.Background(), documented(fmt.Sprint(n)))
				if err != nil || d.Selected() != n%2 {
					t.Errorf("%d: %d, %v", n, d.Selected(), err)
					return
				}
			}
		})
	}
	all.Wait()
}

// constant takes everything.
type constant struct{}

func (constant) Supports(context.Context, router.Request) (bool, error) { return true, nil }
func (constant) Quarantined() string                                    { return "" }

func BenchmarkRouteAgain(b *testing.B) {
	table := router.NewTable([]router.Entry{{Name: "yes", Runner: &constant{}}})
	req := documented(strings.Repeat("a", 1000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := table.Route(b.Context(), req); err != nil {
			b.Fatal(err)
		}
	}
}
