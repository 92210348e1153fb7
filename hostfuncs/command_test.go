package hostfuncs_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// command is a guest whose functions are those of a command, with these of its own.
func command(t testing.TB, own map[string]hostfuncs.Body) *guest {
	g := newGuest(t)
	clear(g.funcs)
	for _, f := range hostfuncs.Command(own) {
		g.funcs[f.Name] = f
	}
	return g.begin(abi.PhaseRun, hostfuncs.Call{State: "the state"})
}

// result is a body that ends with an error.
func result(err error) hostfuncs.Body { return func(*hostfuncs.Frame) error { return err } }

func TestCommand(t *testing.T) {
	g := command(t, map[string]hostfuncs.Body{
		"fd_sync":     result(nil),
		"fd_datasync": result(hostfuncs.EROFS),
		"fd_tell":     result(errors.New("trapped")),
		"fd_seek": func(f *hostfuncs.Frame) error {
			return fmt.Errorf("%v of %d %#x %d", f.State(), f.U32(0), f.U64(1), f.U32(2))
		},
	})
	if len(g.funcs) != len(abi.WASI()) {
		t.Errorf("%d functions, want %d", len(g.funcs), len(abi.WASI()))
	}
	g.want(0, "fd_sync", 3)
	g.want(int32(hostfuncs.EROFS), "fd_datasync", 3)
	g.fails("trapped", "fd_tell", 3, 100)
	g.fails("the state of 3 0x123456789abc 2", "fd_seek", 3, 0x123456789abc, 2, 0)
	g.want(0, "args_sizes_get", 100, 104) // as for runners
	g.want(badf, "fd_close", 3)
}

// TestTransfer moves "abcdefgh" in three vectors, one of them empty.
func TestTransfer(t *testing.T) {
	trap := errors.New("trapped")
	for _, test := range []struct {
		name  string
		moves []int // how much of each piece is moved, of 3, 5 bytes
		err   error // of the last one
		code  hostfuncs.Errno
		trap  bool
		moved uint32
	}{
		{"all", []int{3, 5}, nil, 0, false, 8},
		{"short", []int{2}, nil, 0, false, 2},
		{"short later", []int{3, 4}, nil, 0, false, 7},
		{"nothing", []int{0}, nil, 0, false, 0},
		{"errno", []int{0}, hostfuncs.EROFS, hostfuncs.EROFS, false, 77},
		{"errno after some", []int{3, 0}, hostfuncs.EROFS, 0, false, 3},
		{"errno in the middle", []int{1}, hostfuncs.EROFS, 0, false, 1},
		{"trap", []int{3, 1}, trap, 0, true, 77},
	} {
		t.Run(test.name, func(t *testing.T) {
			var pieces string
			moves := test.moves
			g := command(t, map[string]hostfuncs.Body{"fd_write": func(f *hostfuncs.Frame) error {
				return f.Transfer(f.U32(1), f.U32(2), f.U32(3), func(piece []byte) (int, error) {
					if len(moves) == 0 {
						t.Fatal("another piece was handed over after the end")
					}
					pieces += string(piece) + " "
					n := moves[0]
					if moves = moves[1:]; len(moves) == 0 {
						return n, test.err
					}
					return n, nil
				})
			}})
			g.put(1000, "abcdefgh")
			g.putU32(0, 1000, 3, 0xffffffff, 0, 1003, 5)
			g.putU32(100, 77)
			code, err := g.call("fd_write", 9, 0, 3, 100)
			if trapped := err != nil; trapped != test.trap || trapped && !errors.Is(err, trap) || !trapped && code != int32(test.code) {
				t.Errorf("ended with %d, %v", code, err)
			}
			if moved := g.u32(100); moved != test.moved || len(moves) > 0 {
				t.Errorf("%d bytes were moved, and %d pieces were not handed over", moved, len(moves))
			}
		})
	}
}

// TestTransferInPieces: a large vector comes in pieces, and is interrupted between them.
func TestTransferInPieces(t *testing.T) {
	var sizes []int
	ctx, cancel := context.WithCancel(t.Context())
	g := command(t, map[string]hostfuncs.Body{"fd_write": func(f *hostfuncs.Frame) error {
		return f.Transfer(f.U32(1), f.U32(2), f.U32(3), func(piece []byte) (int, error) {
			sizes = append(sizes, len(piece))
			return len(piece), nil
		})
	}})
	g.ctx = ctx
	g.putU32(0, 0, 65536, 0, 40000)
	g.want(0, "fd_write", 9, 0, 2, 100)
	if want := "[32768 32768 32768 7232]"; fmt.Sprint(sizes) != want {
		t.Errorf("pieces of %v, want %v", sizes, want)
	}
	cancel()
	g.putU32(0, 0, 65536, 0, 65536)
	g.fails("fd_write: run was interrupted: context canceled", "fd_write", 9, 0, 2, 100)
}

func TestPoll(t *testing.T) {
	states := map[uint32]hostfuncs.Ready{5: {Bytes: 9}, 6: {End: true}}
	g := command(t, map[string]hostfuncs.Body{"poll_oneoff": func(f *hostfuncs.Frame) error {
		return f.Poll(func(fd uint32, write bool) (hostfuncs.Ready, error) {
			switch state, ok := states[fd]; {
			case fd == 7:
				return hostfuncs.Ready{}, errors.New("trapped")
			case ok && !write:
				return state, nil
			}
			return hostfuncs.Ready{}, hostfuncs.EISDIR
		})
	}})
	g.subscribe(0, fdSub(1, 5), fdSub(1, 6), fdSub(2, 5), clockSub(1, 1<<40, false))
	g.want(0, "poll_oneoff", 0, 20000, 4, 60000)
	if stored := g.u32(60000); stored != 3 {
		t.Fatalf("%d events", stored)
	}
	for n, want := range []struct {
		code         hostfuncs.Errno
		bytes, flags uint64
	}{{0, 9, 0}, {0, 0, 1}, {hostfuncs.EISDIR, 0, 0}} {
		at := 20000 + 32*n
		if code := hostfuncs.Errno(g.u32(at + 8)); code != want.code || g.u64(at+16) != want.bytes || g.u64(at+24) != want.flags {
			t.Errorf("event %d: errno %d, %d bytes, flags %d", n, code, g.u64(at+16), g.u64(at+24))
		}
	}
	g.subscribe(0, fdSub(1, 7))
	g.fails("trapped", "poll_oneoff", 0, 20000, 1, 60000)
}
