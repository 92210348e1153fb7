package soltiwasm

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"time"

	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/router"
	"github.com/soltihq/soltiwasm/run/process"
)

// view is a snapshot of the registry with the table that routes over it. A call holds the view that it began with; the
// last one to leave a view that was replaced closes its runners.
type view struct {
	snapshot *registry.Snapshot
	table    *router.Table
	targets  []target     // in the order of the table
	holders  atomic.Int64 // 1 for being current, and 1 a call
}

// target is who stands behind an entry of the table: a module or a Go runner.
type target struct {
	module *registry.Runner
	own    *ownRunner
}

// ErrClosed is what a closed Host answers.
var ErrClosed = errors.New("soltiwasm: the host is closed")

// newView puts the program's own runners and the modules in one order: its own come first where the orders are equal.
func newView(snapshot *registry.Snapshot, own []ownRunner) *view {
	v := &view{snapshot: snapshot}
	v.holders.Store(1)
	var entries []router.Entry
	next := 0
	addOwn := func(upTo func(order int) bool) {
		for ; next < len(own) && upTo(own[next].Order); next++ {
			o := &own[next]
			entries = append(entries, router.Entry{Name: o.name, Kinds: o.Kinds, Labels: o.Labels, Runner: o.asker})
			v.targets = append(v.targets, target{own: o})
		}
	}
	for _, r := range snapshot.Runners {
		addOwn(func(order int) bool { return order <= r.Order() })
		entries = append(entries, router.Entry{
			Name: r.Name(), Kinds: r.Kinds(), Labels: r.Labels(), Disabled: r.Disabled(), FailOnFault: r.FailOnFault(), Traces: true,
			Runner: module{r},
		})
		v.targets = append(v.targets, target{module: r})
	}
	addOwn(func(int) bool { return true })
	v.table = router.NewTable(slices.Clip(entries))
	return v
}

// module is a module as routing asks it.
type module struct{ *registry.Runner }

// Supports asks the guest, which sees the spec as a document and nothing else that changes.
func (m module) Supports(ctx context.Context, req router.Request) (bool, error) {
	return m.Runner.Supports(ctx, req.Doc, req.Trace)
}

// acquire returns the current view, to be released after use.
func (h *Host) acquire() (*view, error) {
	for {
		v := h.current.Load()
		if v == nil {
			return nil, ErrClosed
		}
		for n := v.holders.Load(); n > 0; n = v.holders.Load() {
			if v.holders.CompareAndSwap(n, n+1) {
				return v, nil
			}
		}
		// It was replaced and released between the two steps; the next one is there already.
	}
}

// release leaves a view.
func (h *Host) release(v *view) {
	if v.holders.Add(-1) > 0 {
		return
	}
	if err := v.snapshot.Close(h.base); err != nil {
		h.config.Logger.Warn("closing runners", "error", err)
	}
	h.views.Done()
}

// Reload reads the directories again and replaces the set of runners at once. A call in flight ends on the set that it
// began with. A module that has not changed is kept; one that is broken now stays in its last good version, with the
// trouble shown by [Host.Capabilities]. On an error everything stays as it was.
func (h *Host) Reload(ctx context.Context) error {
	h.reloading.Lock()
	defer h.reloading.Unlock()
	if h.closed {
		return ErrClosed
	}
	old, before := h.current.Load(), (*registry.Snapshot)(nil)
	if old != nil {
		before = old.snapshot
	}
	snapshot, err := h.registry.Load(ctx, before)
	if err != nil {
		return err
	}
	h.views.Add(1)
	h.current.Store(newView(snapshot, h.own))
	if old != nil {
		h.release(old)
	}
	return nil
}

// Close cancels the tasks, waits for the calls in flight and frees everything. The Host can't be used afterwards. Tasks
// that don't end within the kill grace and a second are abandoned with what they hold, and named by the error, a
// *[run.StuckError].
func (h *Host) Close() error {
	h.reloading.Lock()
	defer h.reloading.Unlock()
	if h.closed {
		return nil
	}
	h.closed = true
	if err := h.supervisor.Shutdown(h.base, cmp.Or(h.config.KillGrace, process.DefaultGrace)+time.Second); err != nil {
		return err
	}
	if v := h.current.Swap(nil); v != nil {
		h.release(v)
	}
	h.views.Wait()
	return errors.Join(h.wasi.Close(h.base), h.runtime.Close(h.base))
}
