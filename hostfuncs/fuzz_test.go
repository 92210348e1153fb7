package hostfuncs_test

import (
	"bytes"
	"encoding/binary"
	"testing"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// span is a range of memory that a call may write to.
type span struct{ ptr, n uint64 }

// writable are the ranges that a function may write to, given its arguments and what it returned.
func writable(name string, args []uint64, result int32) []span {
	arg := func(n int) uint64 { return uint64(uint32(args[n])) }
	switch name {
	case "spec_get", "config_get", "task_get", "env_get":
		if result >= 0 && uint64(result) <= arg(3) {
			return []span{{arg(2), uint64(result)}}
		}
	case "args_sizes_get", "environ_sizes_get":
		return []span{{arg(0), 4}, {arg(1), 4}}
	case "clock_res_get":
		return []span{{arg(1), 8}}
	case "clock_time_get":
		return []span{{arg(2), 8}}
	case "random_get":
		return []span{{arg(0), arg(1)}}
	case "fd_write", "fd_read":
		return []span{{arg(3), 4}}
	case "fd_fdstat_get":
		return []span{{arg(1), 24}}
	case "poll_oneoff":
		return []span{{arg(1), 32 * arg(2)}, {arg(3), 4}}
	}
	return nil
}

// FuzzHostCall calls any function with any arguments over any memory: it never panics, writes nothing but what it may,
// and a reply is within its limit and text.
func FuzzHostCall(f *testing.F) {
	names := hostfuncs.Functions()
	seed := func(name string, memory []byte, args ...uint64) {
		for n, h := range names {
			if h.Name == name {
				stack := make([]byte, 8*len(args))
				for i, a := range args {
					binary.LittleEndian.PutUint64(stack[8*i:], a)
				}
				f.Add(byte(n), byte(4), stack, memory)
			}
		}
	}
	subscription := make([]byte, 96)
	subscription[24], subscription[48+8], subscription[48+16] = 9, 2, 1
	seed("spec_get", []byte("/kind/subprocess/command"), 0, 24, 100, 8)
	seed("config_get", []byte("/greeting"), 0, 9, 100, 8)
	seed("task_get", []byte("/attempt"), 0, 8, 4090, 8)
	seed("env_get", []byte("APP_ZONE"), 0, 8, 100, 8)
	seed("env_get", nil, 0, 0, 0xffffffff, 8)
	seed("reply", []byte("a reply \xff"), 0, 9)
	seed("log", []byte("a record \xff"), 1, 0, 10)
	seed("metric_add", []byte(`builds{"zone":"eu","a":"\u0061"}`), 0, 6, 6, 26, 0x3ff0000000000000)
	seed("metric_observe", []byte(`took`), 0, 4, 0, 0, 0x7ff0000000000000)
	seed("clock_time_get", nil, 1, 0, 4088)
	seed("random_get", nil, 4000, 96)
	seed("fd_write", []byte("\x10\x00\x00\x00\x08\x00\x00\x00some out\nput"), 1, 0, 1, 40)
	seed("fd_read", []byte("\x10\x00\x00\x00\x08\x00\x00\x00"), 0, 0, 1, 40)
	seed("fd_fdstat_get", nil, 1, 40)
	seed("poll_oneoff", subscription, 0, 100, 2, 400)
	seed("poll_oneoff", subscription, 0, 8, 2, 4) // the events lie over the subscriptions
	seed("proc_exit", nil, 3)
	seed("path_open", nil, 3, 0, 0, 0, 0, 0, 0, 0, 0)

	spec := index(f, specText)
	config := index(f, `{"greeting":"hi"}`)
	built := index(f, `{"attempt":2}`)
	env := hostfuncs.NewEnvironment(task.Env{{Key: "APP_ZONE", Value: "eu"}}, []string{"APP_*"})
	f.Fuzz(func(t *testing.T, n, phase byte, args, contents []byte) {
		g := newGuest(t)
		g.memory = make(memory, 4096)
		copy(g.memory, contents)
		g.runner.Config, g.runner.Env, g.runner.Limits.Reply = config, env, 512
		fn := names[int(n)%len(names)]
		stack := make([]uint64, 16)
		for i := range min(len(args)/8, len(stack)) {
			stack[i] = binary.LittleEndian.Uint64(args[8*i:])
		}
		g.begin(abi.PhaseStart<<(phase%5), hostfuncs.Call{Spec: spec, Task: built, Deadline: g.clock.Now()})
		for range 2 {
			checkCall(t, g, fn, bytes.Clone(g.memory), append([]uint64(nil), stack...))
		}
		if reply, _ := g.instance.Reply(); !utf8.Valid(reply) || len(reply) > 512 {
			t.Errorf("the reply is %q", reply)
		}
		g.instance.End(g.ctx)
	})
}

func checkCall(t *testing.T, g *guest, fn engine.HostFunc, before []byte, stack []uint64) {
	args := append([]uint64(nil), stack...)
	if err := fn.Fn(g.ctx, g.instance, g.memory, stack); err != nil && err.Error() == "" {
		t.Errorf("%s: an error without words", fn.Name)
	}
	for _, s := range writable(fn.Name, args, int32(uint32(stack[0]))) {
		if s.ptr+s.n <= uint64(len(before)) {
			copy(before[s.ptr:][:s.n], g.memory[s.ptr:])
		}
	}
	if !bytes.Equal(before, g.memory) {
		t.Errorf("%s%v wrote outside what it may", fn.Name, args)
	}
}
