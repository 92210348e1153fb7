package wasi_test

import (
	"bytes"
	"encoding/binary"
	"maps"
	"os"
	"slices"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/run/wasi"
)

// span is a range of memory that a call may write to.
type span struct{ ptr, n uint64 }

// writable are the ranges that a function may write to, given its arguments.
func writable(name string, args []uint64) []span {
	arg := func(n int) uint64 { return uint64(uint32(args[n])) }
	switch name {
	case "args_sizes_get", "environ_sizes_get":
		return []span{{arg(0), 4}, {arg(1), 4}}
	case "args_get", "environ_get":
		return []span{{arg(0), 3 * 4}, {arg(1), 16}}
	case "clock_res_get", "fd_prestat_get", "fd_tell":
		return []span{{arg(1), 8}}
	case "clock_time_get":
		return []span{{arg(2), 8}}
	case "random_get":
		return []span{{arg(0), arg(1)}}
	case "fd_prestat_dir_name":
		return []span{{arg(1), 5}}
	case "fd_write":
		return []span{{arg(3), 4}}
	case "fd_pwrite":
		return []span{{arg(4), 4}}
	case "fd_readdir":
		return []span{{arg(1), arg(2)}, {arg(4), 4}}
	case "fd_read":
		return []span{{0, 1 << 32}} // a vector may cover the vectors
	case "fd_pread":
		return []span{{0, 1 << 32}}
	case "fd_fdstat_get":
		return []span{{arg(1), 24}}
	case "fd_filestat_get":
		return []span{{arg(1), 64}}
	case "path_filestat_get":
		return []span{{arg(4), 64}}
	case "path_open":
		return []span{{arg(8), 4}}
	case "path_readlink":
		return []span{{arg(3), arg(4)}, {arg(5), 4}}
	case "fd_seek":
		return []span{{arg(3), 8}}
	case "poll_oneoff":
		return []span{{arg(1), 32 * arg(2)}, {arg(3), 4}}
	}
	return nil
}

// FuzzCalls makes a few calls of any functions with any arguments over any memory, with some files open: none panics,
// writes to the guest's memory what it may not, or changes anything outside of the mounts or in the one that is read-only.
func FuzzCalls(f *testing.F) {
	names := slices.Sorted(maps.Keys(wasi.Bodies()))
	seed := func(contents string, calls ...[]uint64) {
		var text []byte
		for _, call := range calls {
			text = append(text, byte(call[0]))
			for n := range 9 {
				arg := uint64(0)
				if n+1 < len(call) {
					arg = call[n+1]
				}
				text = binary.LittleEndian.AppendUint64(text, arg)
			}
		}
		f.Add(text, []byte(contents))
	}
	id := func(name string) uint64 { return uint64(slices.Index(names, name)) }
	const rights = 1<<1 | 1<<6
	vectors := "\x00\x04\x00\x00\x08\x00\x00\x00"
	for _, path := range []string{"file", "new", "../secret/file", "dir", "out/file", "/etc/passwd", "dir/../../x"} {
		n := uint64(len(path))
		for _, fd := range []uint64{3, 4} {
			for _, oflags := range []uint64{0, 1, 2, 9} {
				seed(path+vectors, []uint64{id("path_open"), fd, 1, 0, n, oflags, rights, 0, 0, 512},
					[]uint64{id("fd_write"), 7, n, 1, 520}, []uint64{id("fd_read"), 5, n, 1, 520})
			}
			seed(path, []uint64{id("path_unlink_file"), fd, 0, n}, []uint64{id("path_create_directory"), fd, 0, n})
			seed(path, []uint64{id("path_rename"), fd, 0, n, fd, 0, n}, []uint64{id("path_symlink"), 0, n, fd, 0, n})
			seed(path, []uint64{id("path_filestat_get"), fd, 1, 0, n, 512}, []uint64{id("path_readlink"), fd, 0, n, 512, 64, 600})
			seed(path, []uint64{id("path_filestat_set_times"), fd, 1, 0, n, 5, 5, 5}, []uint64{id("path_remove_directory"), fd, 0, n})
		}
	}
	seed(vectors, []uint64{id("fd_pread"), 5, 0, 1, 2, 64}, []uint64{id("fd_pwrite"), 5, 0, 1, 1 << 62, 64})
	seed("", []uint64{id("fd_readdir"), 3, 0, 200, 0, 512}, []uint64{id("fd_readdir"), 3, 0, 200, 2, 512})
	seed("", []uint64{id("fd_renumber"), 5, 3}, []uint64{id("fd_close"), 3}, []uint64{id("fd_filestat_get"), 4, 0})
	seed("", []uint64{id("fd_seek"), 5, 1 << 63, 2, 0}, []uint64{id("fd_filestat_set_size"), 5, 1 << 20})
	seed("", []uint64{id("args_get"), 0, 100}, []uint64{id("environ_get"), 4090, 0}, []uint64{id("fd_prestat_dir_name"), 3, 0, 5})
	f.Fuzz(func(t *testing.T, calls, contents []byte) {
		base := t.TempDir()
		for _, name := range []string{"/secret/file", "/rw/file", "/rw/dir/inner", "/ro/file"} {
			write(t, base+name, []byte("contents of "+name))
		}
		_ = os.Symlink("../secret", base+"/rw/out") // where there are links
		before := tree(t, base+"/secret") + tree(t, base+"/ro")
		c := command(wasi.Mount{Host: base + "/rw", Guest: "/data"})
		c.Action.Args, c.Action.Env = []string{"x", "y"}, map[string]string{"A": "b"}
		c.Mounts = append(c.Mounts, wasi.Mount{Host: base + "/ro", Guest: "/ro", ReadOnly: true})
		g := newGuest(t, c)
		g.open(3, "file", 0, 0)
		g.instance.Begin(abi.PhaseRun, &hostfuncs.Call{State: g.state, Deadline: present}) // so that no sleep is one
		g.memory = make(memory, 4096)
		copy(g.memory, contents)
		for n := 0; n < 4 && len(calls) >= 1+9*8; n++ {
			args := make([]uint64, 9)
			for i := range args {
				args[i] = binary.LittleEndian.Uint64(calls[1+8*i:])
			}
			g.any(names[int(calls[0])%len(names)], args)
			calls = calls[1+9*8:]
		}
		if after := tree(t, base+"/secret") + tree(t, base+"/ro"); after != before {
			t.Errorf("it was\n%s\nand is\n%s", before, after)
		}
	})
}

// any calls a function, and checks what it wrote to.
func (g *guest) any(name string, args []uint64) {
	switch name { // no test makes a file of terabytes
	case "fd_filestat_set_size":
		args[1] %= 1 << 20
	case "fd_pwrite":
		args[3] %= 1 << 20
	}
	before := bytes.Clone(g.memory)
	stack := slices.Clone(args)
	if err := g.funcs[name].Fn(g.t.Context(), g.instance, g.memory, stack); err != nil && err.Error() == "" {
		g.t.Errorf("%s: an error without words", name)
	}
	for _, s := range writable(name, args) {
		if end := min(s.ptr+s.n, uint64(len(before))); s.ptr < end {
			copy(before[s.ptr:end], g.memory[s.ptr:])
		}
	}
	if !bytes.Equal(before, g.memory) {
		g.t.Errorf("%s%v wrote outside of what it may", name, args)
	}
}
