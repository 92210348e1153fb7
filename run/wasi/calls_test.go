package wasi_test

import (
	"fmt"
	"os"
	"runtime"
	"slices"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/run/wasi"
)

// TestBodies: what a command has of its own are functions of WASI.
func TestBodies(t *testing.T) {
	known := map[string]bool{}
	for _, f := range abi.WASI() {
		known[f.Name] = true
	}
	for name := range wasi.Bodies() {
		if !known[name] {
			t.Errorf("there is no function %s", name)
		}
	}
}

// TestDescriptorsOfEachKind calls what takes a descriptor first, on each kind of one.
func TestDescriptorsOfEachKind(t *testing.T) {
	const (
		badf, isdir, notdir, spipe = hostfuncs.EBADF, hostfuncs.EISDIR, hostfuncs.ENOTDIR, hostfuncs.ESPIPE
		inval, notsup, notsock     = hostfuncs.EINVAL, hostfuncs.ENOTSUP, hostfuncs.ENOTSOCK
	)
	for _, test := range []struct {
		name                              string
		args                              []int // after the descriptor
		stdin, stdout, mount, file, write hostfuncs.Errno
	}{
		{"fd_advise", []int{0, 0, 0}, spipe, spipe, spipe, 0, 0},
		{"fd_allocate", []int{0, 9}, notsup, notsup, notsup, notsup, notsup},
		{"fd_close", nil, 0, 0, 0, 0, 0},
		{"fd_datasync", nil, inval, inval, 0, 0, 0},
		{"fd_fdstat_get", []int{resultAt}, 0, 0, 0, 0, 0},
		{"fd_fdstat_set_flags", []int{4}, 0, 0, 0, 0, notsup}, // the last one appends
		{"fd_fdstat_set_rights", []int{0, 0}, notsup, notsup, notsup, notsup, notsup},
		{"fd_filestat_get", []int{resultAt}, 0, 0, 0, 0, 0},
		{"fd_filestat_set_size", []int{3}, spipe, spipe, isdir, badf, 0},
		{"fd_filestat_set_size", []int{-1}, spipe, spipe, isdir, inval, inval},
		{"fd_filestat_set_times", []int{0, 0, 0}, notsup, notsup, notsup, notsup, notsup},
		{"fd_pread", []int{vectorAt, 1, 0, resultAt}, spipe, spipe, isdir, 0, badf},
		{"fd_pread", []int{vectorAt, 1, -1, resultAt}, spipe, spipe, isdir, inval, inval},
		{"fd_prestat_get", []int{resultAt}, badf, badf, 0, badf, badf},
		{"fd_prestat_dir_name", []int{resultAt, 5}, badf, badf, 0, badf, badf},
		{"fd_prestat_dir_name", []int{resultAt, 4}, badf, badf, hostfuncs.ENAMETOOLONG, badf, badf},
		{"fd_pwrite", []int{vectorAt, 1, 0, resultAt}, spipe, spipe, isdir, badf, notsup},
		{"fd_read", []int{vectorAt, 1, resultAt}, 0, badf, isdir, 0, badf},
		{"fd_read", []int{vectorAt, 1025, resultAt}, inval, inval, inval, inval, inval},
		{"fd_readdir", []int{bufAt, 100, 0, resultAt}, notdir, notdir, 0, notdir, notdir},
		{"fd_renumber", []int{1}, 0, 0, 0, 0, 0},
		{"fd_renumber", []int{99}, badf, badf, badf, badf, badf},
		{"fd_seek", []int{1, 0, resultAt}, spipe, spipe, isdir, 0, 0},
		{"fd_seek", []int{-1, 0, resultAt}, spipe, spipe, isdir, inval, inval},
		{"fd_seek", []int{0, 3, resultAt}, spipe, spipe, isdir, inval, inval},
		{"fd_sync", nil, inval, inval, 0, 0, 0},
		{"fd_tell", []int{resultAt}, spipe, spipe, isdir, 0, 0},
		{"fd_write", []int{vectorAt, 1, resultAt}, badf, 0, badf, badf, 0},
		{"path_create_directory", []int{pathAt, 1}, notdir, notdir, 0, notdir, notdir},
		{"path_create_directory", []int{pathAt, 0}, notdir, notdir, hostfuncs.ENOENT, notdir, notdir},
		{"path_link", []int{0, pathAt, 1, 3, pathAt, 1}, notsup, notsup, notsup, notsup, notsup},
		{"path_rename", []int{pathAt, 1, 0, pathAt, 1}, notdir, notdir, notdir, notdir, notdir},
		{"sock_accept", []int{0, resultAt}, notsock, notsock, notsock, notsock, notsock},
		{"sock_shutdown", []int{0}, notsock, notsock, notsock, notsock, notsock},
	} {
		for kind, want := range []hostfuncs.Errno{test.stdin, test.stdout, 0, test.mount, test.file, test.write, badf} {
			if kind == 2 { // standard error is like standard output
				want = test.stdout
			}
			dir, mount := data(t)
			write(t, dir+"/file", []byte("text"))
			g := newGuest(t, command(mount))
			ptr, n := g.path("file")
			g.want(0, "path_open", 3, 0, ptr, n, 0, 1<<1, 0, 0, resultAt)
			g.want(0, "path_open", 3, 0, ptr, n, 0, 1<<6, 0, 1, resultAt)
			g.path("new")
			g.vector(3)
			g.want(want, test.name, append([]int{kind}, test.args...)...)
		}
	}
}

func TestFdstat(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/file", []byte("text"))
	g := newGuest(t, command(mount))
	file := g.open(3, "file", 0, 1|4)
	const tellSeekRead = 1<<5 | 1<<2 | 1<<1
	for _, test := range []struct {
		fd         int
		kind       byte
		flags      uint16
		has, lacks uint64 // rights
		inheriting uint64
	}{
		{0, 2, 0, 1 << 1, 1<<6 | 1<<5 | 1<<2, 0},
		{1, 2, 0, 1 << 6, tellSeekRead, 0},
		{2, 2, 0, 1 << 6, tellSeekRead, 0},
		{3, 3, 0, 1<<13 | 1<<14, tellSeekRead, 1<<30 - 1},
		{file, 4, 5, tellSeekRead | 1<<6, 1 << 13, 0},
	} {
		g.want(0, "fd_fdstat_get", test.fd, resultAt)
		rights := g.u64(resultAt + 8)
		if kind, flags := g.memory[resultAt], uint16(g.u32(resultAt)>>16); kind != test.kind || flags != test.flags ||
			rights&test.has != test.has || rights&test.lacks != 0 || g.u64(resultAt+16) != test.inheriting {
			t.Errorf("descriptor %d: type %d, flags %d, rights %x", test.fd, kind, flags, rights)
		}
	}
	g.want(0, "fd_fdstat_set_flags", file, 1)
	g.want(0, "fd_fdstat_get", file, resultAt)
	if flags := g.u32(resultAt) >> 16; flags != 1 {
		t.Errorf("the flags are %d after they were set to 1", flags)
	}
}

func TestRenumber(t *testing.T) {
	dir, mount := data(t)
	g := newGuest(t, command(mount))
	a, b := g.open(3, "a", 1, 0), g.open(3, "b", 1, 0)
	g.want(0, "fd_renumber", b, 1) // as shells do for >b
	g.want(0, "fd_renumber", a, a)
	copy(g.memory[bufAt:], "text")
	ptr, n := g.vector(4)
	g.want(0, "fd_write", 1, ptr, n, resultAt)
	g.want(hostfuncs.EBADF, "fd_write", b, ptr, n, resultAt)
	if text := read(t, dir+"/b"); text != "text" {
		t.Errorf("the file has %q", text)
	}
	if again := g.open(3, "b", 0, 0); again != b {
		t.Errorf("the number %d was given, and %d is free", again, b)
	}
}

func TestTimes(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/file", []byte("text"))
	g := newGuest(t, command(mount))
	ptr, n := g.path("file")
	set := func(code hostfuncs.Errno, access, modify, what int) {
		t.Helper()
		g.want(code, "path_filestat_set_times", 3, 1, ptr, n, access, modify, what)
	}
	check := func(access, modify uint64) {
		t.Helper()
		g.want(0, "path_filestat_get", 3, 1, ptr, n, resultAt)
		if a, m := g.u64(resultAt+40), g.u64(resultAt+48); runtime.GOOS == "linux" && a != access || m != modify {
			t.Errorf("accessed %d and modified %d, want %d and %d", a, m, access, modify)
		}
	}
	now := uint64(present.UnixNano())
	set(0, 5e9, 6e9, 1|4)
	check(5e9, 6e9)
	set(0, 7e9, 8e9, 1)
	check(7e9, 6e9)
	set(0, 7e9, 8e9, 2)
	check(now, 6e9)
	set(0, 9e9, 9e9, 1|8)
	check(9e9, now)
	set(hostfuncs.EINVAL, 1e9, 1e9, 1|2)
	set(hostfuncs.EINVAL, 1e9, 1e9, 4|8)
	set(hostfuncs.EINVAL, -1, 1e9, 1)
	check(9e9, now)
}

func TestFilestat(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/file", []byte("text"))
	if err := os.Link(dir+"/file", dir+"/hard"); err != nil {
		t.Skip(err)
	}
	g := newGuest(t, command(mount))
	file := g.open(3, "file", 0, 0)
	ptr, n := g.path("hard")
	g.want(0, "fd_filestat_get", file, resultAt)
	g.want(0, "path_filestat_get", 3, 0, ptr, n, bufAt)
	if string(g.memory[resultAt:resultAt+64]) != string(g.memory[bufAt:bufAt+64]) {
		t.Error("one file has two records")
	}
	if kind, size := g.memory[resultAt+16], g.u64(resultAt+32); kind != 4 || size != 4 {
		t.Errorf("type %d, size %d", kind, size)
	}
	if links, inode := g.u64(resultAt+24), g.u64(resultAt+8); runtime.GOOS == "linux" && (links != 2 || inode == 0) {
		t.Errorf("%d links, inode %d", links, inode)
	}
	for fd, kind := range map[int]byte{0: 2, 3: 3} {
		g.want(0, "fd_filestat_get", fd, resultAt)
		if g.memory[resultAt+16] != kind {
			t.Errorf("descriptor %d has the type %d", fd, g.memory[resultAt+16])
		}
	}
}

// TestReaddir reads a directory through a small buffer, from any cookie, forward and back.
func TestReaddir(t *testing.T) {
	dir, mount := data(t)
	for n := range 150 {
		write(t, fmt.Sprintf("%s/%03d", dir, n), nil)
	}
	g := newGuest(t, command(mount))
	var names []string
	var cookies []int
	for cookie, more := 0, true; more; {
		g.want(0, "fd_readdir", 3, bufAt, 100, cookie, resultAt)
		used := int(g.u32(resultAt))
		more = used == 100
		for at := bufAt; at+24 <= bufAt+used; {
			size := int(g.u32(at + 16))
			if at+24+size > bufAt+used {
				break
			}
			cookies = append(cookies, cookie)
			cookie = int(g.u64(at))
			names = append(names, string(g.memory[at+24:at+24+size]))
			at += 24 + size
		}
	}
	if len(names) != 152 || names[0] != "." || names[1] != ".." {
		t.Fatalf("%d names: %q", len(names), names)
	}
	slices.Sort(names[2:])
	if names[2] != "000" || names[151] != "149" {
		t.Errorf("names %q", names)
	}
	for _, n := range []int{151, 10, 140, 0, 1, 2, 3} {
		g.want(0, "fd_readdir", 3, bufAt, 4, cookies[n], resultAt)
		if next := g.u32(bufAt); next != uint32(cookies[n]+1) || g.u32(resultAt) != 4 {
			t.Errorf("after entry %d comes %d", cookies[n], next)
		}
	}
	for _, cookie := range []int{152, 1 << 40, -1} {
		g.want(0, "fd_readdir", 3, bufAt, 100, cookie, resultAt)
		if used := g.u32(resultAt); used != 0 {
			t.Errorf("there are %d bytes at the cookie %d", used, cookie)
		}
	}
}

func TestReadlinkIsCut(t *testing.T) {
	dir, mount := data(t)
	if err := os.Symlink("target", dir+"/link"); err != nil {
		t.Skip(err)
	}
	g := newGuest(t, command(mount))
	ptr, n := g.path("link")
	for room, want := range map[int]string{0: "", 3: "tar", 6: "target", 100: "target", -1: "target"} {
		clear(g.memory[bufAt : bufAt+10])
		g.want(0, "path_readlink", 3, ptr, n, bufAt, room, resultAt)
		if got := string(g.memory[bufAt:][:g.u32(resultAt)]); got != want || g.memory[bufAt+len(want)] != 0 {
			t.Errorf("in %d bytes: %q", room, got)
		}
	}
}

func TestPollOnFiles(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/file", []byte("text"))
	g := newGuest(t, command(mount))
	file := g.open(3, "file", 0, 0)
	g.vector(1)
	g.want(0, "fd_read", file, vectorAt, 1, resultAt)
	for n, test := range []struct {
		fd, kind     uint32
		code         hostfuncs.Errno
		bytes, flags uint64
	}{
		{0, 1, 0, 5, 0}, {0, 2, hostfuncs.EBADF, 0, 0}, {1, 2, 0, 0, 0}, {1, 1, hostfuncs.EBADF, 0, 0},
		{uint32(file), 1, 0, 3, 0}, {uint32(file), 2, 0, 0, 0}, {3, 1, hostfuncs.EISDIR, 0, 0}, {9, 1, hostfuncs.EBADF, 0, 0},
	} {
		clear(g.memory[:48])
		g.memory[8], g.memory[16] = byte(test.kind), byte(test.fd)
		g.want(0, "poll_oneoff", 0, bufAt, 1, resultAt)
		code := hostfuncs.Errno(g.u32(bufAt + 8)) // its lower half
		if code != test.code || g.u64(bufAt+16) != test.bytes || g.u64(bufAt+24) != test.flags {
			t.Errorf("subscription %d: errno %d, %d bytes, flags %d", n, code, g.u64(bufAt+16), g.u64(bufAt+24))
		}
	}
}
