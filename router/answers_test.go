package router_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/router"
)

// reader is a runner that looks things up in the document, as guests do.
type reader struct {
	supports func(look func(pointer string, limit uint32) (string, bool)) bool
	err      error
	mu       sync.Mutex
	pause    string
	asked    atomic.Int64
}

func (r *reader) Supports(_ context.Context, req router.Request) (bool, error) {
	r.asked.Add(1)
	return r.supports(func(pointer string, limit uint32) (string, bool) {
		value, ok := req.Doc.Lookup([]byte(pointer))
		req.Trace.Note([]byte(pointer), limit, value, ok)
		if uint64(len(value)) > uint64(limit) {
			return fmt.Sprint("length ", len(value)), ok
		}
		return string(value), ok
	}), r.err
}

func (r *reader) Quarantined() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.pause
}

// has takes documents that have something at a pointer.
func has(pointer string) *reader {
	return &reader{supports: func(look func(string, uint32) (string, bool)) bool {
		_, ok := look(pointer, 0)
		return ok
	}}
}

// is takes documents that have one string at a pointer.
func is(pointer, want string) *reader {
	return &reader{supports: func(look func(string, uint32) (string, bool)) bool {
		value, ok := look(pointer, 1000)
		return ok && value == want
	}}
}

func traced(runners ...*reader) []router.Entry {
	var entries []router.Entry
	for i, r := range runners {
		entries = append(entries, router.Entry{Name: fmt.Sprint(i), Runner: r, Traces: true})
	}
	return entries
}

// parsed is a request with a document.
func parsed(t testing.TB, text string) router.Request {
	t.Helper()
	node, err := document.ParseJSON([]byte(text), document.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	req := request(custom("k"), "")
	req.Doc = document.NewIndex(node)
	return req
}

// Each step routes a document that no step before had, and says who is asked about it.
func TestAnswersAreRememberedByWhatWasRead(t *testing.T) {
	type step struct {
		doc   string
		want  int
		asked string
	}
	long := `"` + strings.Repeat("x", 200) + `"`
	for name, test := range map[string]struct {
		entries []router.Entry
		steps   []step
	}{
		"what is not there": {traced(has("/a"), has("/b")), []step{
			{`{"b":1}`, 1, "1 1"},
			{`{"b":1,"c":1}`, 1, "0 1"}, // a value is remembered when it comes for the second time
			{`{"b":1,"c":2}`, 1, "0 0"},
			{`{"b":12345}`, 1, "0 1"}, // another length
			{`{"a":1,"b":1}`, 0, "1 0"},
		}},
		"a value": {traced(is("/a", "x"), is("/a", "y")), []step{
			{`{"a":"y","n":1}`, 1, "1 1"},
			{`{"a":"y","n":2}`, 1, "1 0"}, // the second runner was the second that was told so
			{`{"a":"y","n":3}`, 1, "0 0"},
			{`{"a":"x","n":1}`, 0, "1 0"},
			{`{"a":"x","n":2}`, 0, "1 0"},
			{`{"a":"x","n":3}`, 0, "0 0"},
			{`{"n":4}`, -1, "1 1"},
			{`{"n":5}`, -1, "0 0"},
			{`{"a":"","n":5}`, -1, "1 1"}, // empty is not absent
		}},
		"nothing is read": {traced(&reader{supports: func(func(string, uint32) (string, bool)) bool { return false }}), []step{
			{`{"a":1}`, -1, "1"}, {`{"a":2}`, -1, "0"},
		}},
		"one thing after another": {traced(&reader{supports: func(look func(string, uint32) (string, bool)) bool {
			if _, ok := look("/a", 0); ok {
				return false
			}
			_, ok := look("/b", 0)
			return ok
		}}), []step{
			{`{"c":1}`, -1, "1"},
			{`{"c":2}`, -1, "0"},
			{`{"b":1}`, 0, "1"},
			{`{"b":2}`, 0, "1"},
			{`{"b":3}`, 0, "0"},
			{`{"a":1,"b":3}`, -1, "1"},
		}},
		"a long value":          {traced(is("/a", "x")), []step{{`{"a":` + long + `,"n":1}`, -1, "1"}, {`{"a":` + long + `,"n":2}`, -1, "1"}, {`{"a":` + long + `,"n":3}`, -1, "1"}}},
		"a long value's length": {traced(has("/a")), []step{{`{"a":` + long + `,"n":1}`, 0, "1"}, {`{"a":` + long + `,"n":2}`, 0, "1"}, {`{"a":` + long + `,"n":3}`, 0, "0"}}},
		"a long pointer":        {traced(has("/" + strings.Repeat("x", 200))), []step{{`{"n":1}`, -1, "1"}, {`{"n":2}`, -1, "1"}}},
		"too many look-ups": {traced(&reader{supports: func(look func(string, uint32) (string, bool)) bool {
			for i := range 5 {
				look(fmt.Sprint("/", i), 0)
			}
			return false
		}}), []step{{`{"n":1}`, -1, "1"}, {`{"n":2}`, -1, "1"}}},
		"a fault": {traced(&reader{supports: has("/a").supports, err: errors.New("trap")}), []step{{`{"n":1}`, -1, "1"}, {`{"n":2}`, -1, "1"}}},
		"a runner whose fault ends routing": {[]router.Entry{{Runner: has("/a"), Traces: true, FailOnFault: true}},
			[]step{{`{"n":1}`, -1, "1"}, {`{"n":2}`, -1, "1"}}},
		"a runner that does not trace": {[]router.Entry{{Runner: has("/a")}}, []step{{`{"n":1}`, -1, "1"}, {`{"n":2}`, -1, "1"}}},
	} {
		t.Run(name, func(t *testing.T) {
			table := router.NewTable(test.entries)
			for _, s := range test.steps {
				for _, e := range test.entries {
					e.Runner.(*reader).asked.Store(0)
				}
				d, _ := table.Route(t.Context(), parsed(t, s.doc))
				var asked []string
				for _, e := range test.entries {
					asked = append(asked, fmt.Sprint(e.Runner.(*reader).asked.Load()))
				}
				if got := strings.Join(asked, " "); d.Selected() != s.want || got != s.asked {
					t.Errorf("%.40s: %d was selected and the runners were asked %s times, want %d and %s", s.doc, d.Selected(), got, s.want, s.asked)
				}
			}
		})
	}
}

func TestRememberedYesInQuarantine(t *testing.T) {
	first, second := has("/a"), has("/a")
	table := router.NewTable(traced(first, second))
	for i := range 3 {
		if d, err := table.Route(t.Context(), parsed(t, fmt.Sprintf(`{"a":1,"n":%d}`, i))); d.Selected() != 0 {
			t.Fatal(err)
		}
	}
	first.pause = "faults"
	d, err := table.Route(t.Context(), parsed(t, `{"a":1,"n":3}`))
	if err != nil || verdicts(d) != "0:quarantined 1:selected" {
		t.Errorf("%s, %v", verdicts(d), err)
	}
}

func TestNoTraceWithoutMemory(t *testing.T) {
	if _, err := router.NewTable([]router.Entry{{Runner: has("/a")}}).Route(t.Context(), parsed(t, `{"a":1}`)); err != nil {
		t.Error(err)
	}
	req := request(custom("k"), "") // and without a document
	if _, err := router.NewTable([]router.Entry{{Runner: &fake{yes: true}, Traces: true}}).Route(t.Context(), req); err != nil {
		t.Error(err)
	}
}

// TestAnswersHammer has runners that decide by up to five look-ups at random, in a table that is small enough to give its
// tree up now and then, and compares what comes of it with asking everybody.
func TestAnswersHammer(t *testing.T) {
	for seed := range uint64(4) {
		random := rand.New(rand.NewPCG(seed, 0))
		var runners []*reader
		for range 1 + random.IntN(150) {
			program := [5]uint64{}
			for i := range program {
				program[i] = random.Uint64()
			}
			runners = append(runners, &reader{supports: func(look func(string, uint32) (string, bool)) bool {
				var sum uint64
				for _, step := range program[:program[0]%6] {
					value, ok := look(fmt.Sprintf("/%c", 'a'+byte((step+sum)%4)), uint32(step>>8%3))
					if !ok {
						value = "-"
					}
					sum = sum*31 + uint64(value[len(value)-1])
				}
				return (sum+program[1])%16 == 0
			}})
		}
		table := router.NewTable(traced(runners...))
		var all sync.WaitGroup
		for worker := range uint64(3) {
			all.Go(func() {
				random := rand.New(rand.NewPCG(seed, worker))
				for range 1000 {
					doc := fmt.Sprintf(`{"a":%d,"b":"%d","%c":[%d]}`, random.IntN(30), random.IntN(100), 'c'+byte(random.IntN(3)), random.IntN(200))
					req := parsed(t, doc)
					want := -1
					for i, r := range runners {
						if yes, _ := r.Supports(t.Context(), req); yes {
							want = i
							break
						}
					}
					if d, _ := table.Route(t.Context(), req); d.Selected() != want {
						t.Errorf("seed %d: %s goes to %d, want %d", seed, doc, d.Selected(), want)
						return
					}
				}
			})
		}
		all.Wait()
	}
}

// BenchmarkRouteUndeclared routes new specs to the last of many runners that declare nothing. They look up one value, or
// each its own.
func BenchmarkRouteUndeclared(b *testing.B) {
	for name, pointer := range map[string]string{"same": "/kind", "own": "/kind-%d"} {
		for _, n := range []int{10, 1000} {
			b.Run(fmt.Sprintf("%s/%d", name, n), func(b *testing.B) {
				var runners []*reader
				for i := range n - 1 {
					p := pointer
					if name == "own" {
						p = fmt.Sprintf(pointer, i)
					}
					runners = append(runners, has(p))
				}
				table := router.NewTable(traced(append(runners, has("/slot"))...))
				var requests []router.Request
				for i := range 4096 {
					requests = append(requests, parsed(b, fmt.Sprintf(`{"slot":"slot%04d","labels":{"a":"b"}}`, i)))
				}
				b.ReportAllocs()
				for i := 0; b.Loop(); i++ {
					if d, _ := table.Route(b.Context(), requests[i%len(requests)]); d.Selected() != n-1 {
						b.Fatal("not the last")
					}
				}
			})
		}
	}
}
