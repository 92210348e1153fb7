package registry_test

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/taskfile"
)

// traced is a module as a host's routing asks it.
type traced struct {
	*registry.Runner
	asked *int
}

func (a traced) Supports(ctx context.Context, req router.Request) (bool, error) {
	*a.asked++
	return a.Runner.Supports(ctx, req.Doc, req.Trace)
}

// TestTracesHoldWhatAnswersDependOn routes the specs of the tests over the modules of the tests, once with what the
// modules had looked up remembered and once without, and compares.
func TestTracesHoldWhatAnswersDependOn(t *testing.T) {
	b := newBenchWith(t, registry.Config{Dirs: []string{"../testdata/modules"}})
	snapshot := b.load(t, nil)
	table := func(traces bool, asked *int) *router.Table {
		var entries []router.Entry
		for _, r := range snapshot.Runners { // what they declare is left out, so that each is asked
			entries = append(entries, router.Entry{Name: r.Name(), Runner: traced{r, asked}, Traces: traces})
		}
		return router.NewTable(entries)
	}
	var asked, askedAnew int
	remembers, anew := table(true, &asked), table(false, &askedAnew)
	files, err := filepath.Glob("../testdata/specs/*.*ml")
	check(t, err)
	specs := 0
	for round := range 4 {
		for _, item := range taskfile.Read(files, nil) {
			check(t, item.Err)
			item.Spec.Slot += string(rune('a' + round)) // each is new
			node, err := taskfile.Encode(item.Spec)
			check(t, err)
			req := router.Request{Spec: &item.Spec, Doc: document.NewIndex(node)}
			got, _ := remembers.Route(t.Context(), req)
			want, _ := anew.Route(t.Context(), req)
			if got.Selected() != want.Selected() {
				t.Errorf("%s: %d was selected, and %d by asking", item.Spec.Slot, got.Selected(), want.Selected())
			}
			specs++
		}
	}
	if len(snapshot.Runners) < 4 || specs < 60 || asked*2 > askedAnew {
		t.Errorf("%d runners were asked %d times about %d specs, and %d times without memory", len(snapshot.Runners), asked, specs, askedAnew)
	}
}
