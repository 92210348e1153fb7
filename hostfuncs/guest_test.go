package hostfuncs_test

import (
	"context"
	"encoding/binary"
	"log/slog"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
)

// pageSize is the size of a test guest's memory.
const pageSize = 65536

// memory is linear memory without an engine.
type memory []byte

func (m memory) Size() uint64 { return uint64(len(m)) }

func (m memory) View(ptr, n uint32) ([]byte, bool) {
	end := uint64(ptr) + uint64(n)
	if end > uint64(len(m)) {
		return nil, false
	}
	return m[ptr:end:end], true
}

// guest calls host functions as an engine would for a guest's instance.
type guest struct {
	t        testing.TB
	ctx      context.Context
	memory   memory
	runner   *hostfuncs.Runner
	instance *hostfuncs.Instance
	funcs    map[string]engine.HostFunc
	backend  *metrics.Memory
	records  *records
	clock    *testClock
}

// newGuest makes a guest of the runner "r1", between calls.
func newGuest(t testing.TB) *guest {
	g := &guest{t: t, ctx: t.Context(), memory: make(memory, pageSize), funcs: map[string]engine.HostFunc{},
		backend: metrics.NewMemory(), records: &records{}, clock: &testClock{now: time.Unix(1000, 0)}}
	g.runner = &hostfuncs.Runner{
		Metrics: metrics.NewGuests(g.backend).Emitter("r1", 200, nil),
		Log:     hostfuncs.NewLog(slog.New(g.records), "r1", 100, g.backend, g.clock.Now),
		Limits:  abi.DefaultLimits(),
		Now:     g.clock.Now,
		Rand:    rand.NewChaCha8([32]byte{1}),
	}
	g.instance = hostfuncs.NewInstance(g.runner)
	for _, f := range hostfuncs.Functions() {
		g.funcs[f.Name] = f
	}
	return g
}

// begin opens a call into the guest.
func (g *guest) begin(phase abi.Phase, c hostfuncs.Call) *guest {
	g.instance.Begin(phase, &c)
	return g
}

// call calls a host function with ints (i32, or i64 where the type says so) and float64s.
func (g *guest) call(name string, args ...any) (int32, error) {
	g.t.Helper()
	f, ok := g.funcs[name]
	if !ok {
		g.t.Fatalf("no host function %s", name)
	}
	stack := make([]uint64, max(len(args), 1))
	params, _, _ := strings.Cut(strings.TrimPrefix(f.Type, "("), ")")
	types := strings.Split(params, ", ")
	for n, arg := range args {
		switch v := arg.(type) {
		case float64:
			stack[n] = math.Float64bits(v)
		case int:
			stack[n] = uint64(v)
			if types[n] == "i32" { // the upper half is whatever the engine left there
				stack[n] = uint64(uint32(v)) | 0xdeadbeef<<32
			}
		default:
			g.t.Fatalf("argument %d of %s is a %T", n, name, arg)
		}
	}
	err := f.Fn(g.ctx, g.instance, g.memory, stack)
	return int32(uint32(stack[0])), err
}

// want calls a host function that has to succeed with a result.
func (g *guest) want(result int32, name string, args ...any) {
	g.t.Helper()
	got, err := g.call(name, args...)
	if err != nil || got != result {
		g.t.Fatalf("%s%v = %d, %v; want %d", name, args, got, err, result)
	}
}

// ok calls a host function without a result that has to succeed.
func (g *guest) ok(name string, args ...any) {
	g.t.Helper()
	if _, err := g.call(name, args...); err != nil {
		g.t.Fatalf("%s%v: %v", name, args, err)
	}
}

// fails calls a host function that has to trap with an error of these words.
func (g *guest) fails(words, name string, args ...any) error {
	g.t.Helper()
	_, err := g.call(name, args...)
	if err == nil || err.Error() != words {
		g.t.Fatalf("%s%v: error %v\nwant %s", name, args, err, words)
	}
	return err
}

// put writes text into the guest's memory and returns the pointer and the length as arguments.
func (g *guest) put(ptr int, text string) (int, int) {
	copy(g.memory[ptr:], text)
	return ptr, len(text)
}

func (g *guest) text(ptr, n int) string { return string(g.memory[ptr : ptr+n]) }
func (g *guest) u32(ptr int) uint32     { return binary.LittleEndian.Uint32(g.memory[ptr:]) }
func (g *guest) u64(ptr int) uint64     { return binary.LittleEndian.Uint64(g.memory[ptr:]) }

func (g *guest) putU32(ptr int, vs ...uint32) {
	for n, v := range vs {
		binary.LittleEndian.PutUint32(g.memory[ptr+4*n:], v)
	}
}

// index makes an Index of JSON.
func index(t testing.TB, json string) *document.Index {
	t.Helper()
	node, err := document.ParseJSON([]byte(json), document.Bounds{})
	if err != nil {
		t.Fatal(err)
	}
	return document.NewIndex(node)
}

// testClock is a clock that a test moves. It is safe for concurrent use.
type testClock struct {
	mu    sync.Mutex
	now   time.Time
	reads int
}

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.reads++
	return c.now
}

func (c *testClock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// records is a slog.Handler that keeps what it gets, one line a record: "LEVEL message key=value …".
type records struct {
	mu    sync.Mutex
	lines []string
	times []time.Time
	attrs string
	level slog.Level // the lowest that is enabled, 0 being debug here
	root  *records
}

func (r *records) Enabled(_ context.Context, level slog.Level) bool {
	return level >= slog.LevelDebug+r.top().level
}

func (r *records) Handle(_ context.Context, rec slog.Record) error {
	line := rec.Level.String() + " " + rec.Message + r.attrs
	rec.Attrs(func(a slog.Attr) bool {
		line += " " + a.String()
		return true
	})
	top := r.top()
	top.mu.Lock()
	defer top.mu.Unlock()
	top.lines = append(top.lines, line)
	top.times = append(top.times, rec.Time)
	return nil
}

func (r *records) WithAttrs(attrs []slog.Attr) slog.Handler {
	with := &records{root: r.top(), attrs: r.attrs}
	for _, a := range attrs {
		with.attrs += " " + a.String()
	}
	return with
}

func (r *records) WithGroup(string) slog.Handler { panic("no groups here") }

func (r *records) top() *records {
	if r.root != nil {
		return r.root
	}
	return r
}

// take returns the lines so far and forgets them.
func (r *records) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := r.lines
	r.lines, r.times = nil, nil
	return lines
}
