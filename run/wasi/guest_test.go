package wasi_test

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

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

// guest calls the functions of a command as an engine would.
type guest struct {
	t        testing.TB
	memory   memory
	state    any
	instance *hostfuncs.Instance
	funcs    map[string]engine.HostFunc
}

// present is the time of such guests.
var present = time.Unix(1_111_111_111, 0)

func newGuest(t testing.TB, c wasi.Command) *guest {
	now := func() time.Time { return present }
	state, done, err := wasi.NewGuest(c, now)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(done)
	g := &guest{t: t, memory: make(memory, 65536), state: state, funcs: map[string]engine.HostFunc{}}
	g.instance = hostfuncs.NewInstance(&hostfuncs.Runner{Now: now, Rand: rand.NewChaCha8([32]byte{})})
	g.instance.Begin(abi.PhaseRun, &hostfuncs.Call{State: state})
	for _, f := range hostfuncs.Command(wasi.Bodies()) {
		g.funcs[f.Name] = f
	}
	return g
}

// call calls a function with i32 and i64 arguments, of which the former have anything in their upper halves.
func (g *guest) call(name string, args ...int) (int32, error) {
	g.t.Helper()
	f := g.funcs[name]
	params, _, _ := strings.Cut(strings.TrimPrefix(f.Type, "("), ")")
	types := strings.Split(params, ", ")
	if len(types) != len(args) {
		g.t.Fatalf("%s has the type %s", name, f.Type)
	}
	stack := make([]uint64, len(args))
	for n, arg := range args {
		stack[n] = uint64(arg)
		if types[n] == "i32" {
			stack[n] = uint64(uint32(arg)) | 0xdeadbeef<<32
		}
	}
	err := f.Fn(g.t.Context(), g.instance, g.memory, stack)
	return int32(uint32(stack[0])), err
}

// want calls a function that has to end with an errno.
func (g *guest) want(code hostfuncs.Errno, name string, args ...int) {
	g.t.Helper()
	if got, err := g.call(name, args...); err != nil || got != int32(code) {
		g.t.Errorf("%s%v = %d, %v; want %d", name, args, got, err, code)
	}
}

// Where the tests have a path, a vector, and results.
const (
	pathAt   = 1000
	vectorAt = 8000
	bufAt    = 10000
	resultAt = 60000
)

// path writes a path and returns it as arguments.
func (g *guest) path(s string) (ptr, n int) {
	copy(g.memory[pathAt:], s)
	return pathAt, len(s)
}

// vector writes one vector of n bytes at bufAt and returns it as arguments.
func (g *guest) vector(n int) (ptr, count int) {
	g.putU32(vectorAt, bufAt, uint32(n))
	return vectorAt, 1
}

// open opens a path below a descriptor, with rights to read and write, and returns the new descriptor.
func (g *guest) open(fd int, path string, oflags, fdflags int) int {
	g.t.Helper()
	ptr, n := g.path(path)
	g.want(0, "path_open", fd, 1, ptr, n, oflags, 1<<1|1<<6, 0, fdflags, resultAt)
	return int(g.u32(resultAt))
}

func (g *guest) u32(ptr int) uint32 { return binary.LittleEndian.Uint32(g.memory[ptr:]) }
func (g *guest) u64(ptr int) uint64 { return binary.LittleEndian.Uint64(g.memory[ptr:]) }

func (g *guest) putU32(ptr int, vs ...uint32) {
	for n, v := range vs {
		binary.LittleEndian.PutUint32(g.memory[ptr+4*n:], v)
	}
}

// command is one with a text as input, and a mount as descriptor 3.
func command(mount wasi.Mount) wasi.Command {
	return wasi.Command{Action: task.WasmAction{Module: "m.wasm", Stdin: "input"}, Mounts: []wasi.Mount{mount}, Stdout: io.Discard}
}
