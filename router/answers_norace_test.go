//go:build !race

package router_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/soltihq/soltiwasm/router"
)

// The race detector has sync.Pool forget things at random.
func TestRememberedAnswersDoNotAllocate(t *testing.T) {
	var runners []*reader
	for i := range 200 {
		runners = append(runners, has(fmt.Sprint("/kind-", i)), is("/a", fmt.Sprint(i)))
	}
	table := router.NewTable(traced(runners...))
	var requests []router.Request
	for i := range 10 {
		requests = append(requests, parsed(t, fmt.Sprintf(`{"a":"199","n":%d}`, i)))
	}
	next := 0
	route := func() {
		if d, err := table.Route(context.Background(), requests[next%len(requests)]); d.Selected() != 399 {
			t.Fatal(err)
		}
		next++
	}
	for range requests {
		route()
	}
	asked := runners[399].asked.Load()
	if n := testing.AllocsPerRun(100, route); n != 0 {
		t.Errorf("%v allocations", n)
	}
	if runners[399].asked.Load() != asked {
		t.Error("it was asked again")
	}
}
