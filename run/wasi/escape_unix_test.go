//go:build unix

package wasi_test

import (
	"context"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

// outside makes a directory with a secret, and beside it one to be mounted, and returns the latter.
func outside(t *testing.T) (dir string, mount wasi.Mount) {
	base := t.TempDir()
	write(t, base+"/secret/file", []byte("SECRET"))
	write(t, base+"/mounted/sub/inner", []byte("inner"))
	return base + "/mounted", wasi.Mount{Host: base + "/mounted", Guest: "/data"}
}

func link(t *testing.T, target, name string) {
	t.Helper()
	if err := os.Symlink(target, name); err != nil {
		t.Fatal(err)
	}
}

// TestPlantedLinks: links that lead out, put there by whoever else may write to the directory.
func TestPlantedLinks(t *testing.T) {
	dir, mount := outside(t)
	link(t, dir+"/../secret", dir+"/absolute")
	link(t, "../secret", dir+"/relative")
	link(t, "../../secret", dir+"/sub/deep")
	link(t, "sub/deep", dir+"/chain")
	link(t, "/dev/zero", dir+"/zero")
	link(t, "../secret/new", dir+"/new")
	link(t, "sub/../sub/inner", dir+"/fine")
	before := tree(t, dir+"/..")
	const no = "Capabilities insufficient"
	for _, name := range []string{"absolute", "relative", "sub/deep", "chain"} {
		does(t, []step{
			{"read /data/" + name + "/file write /data/" + name + "/file x", "read: " + no + "; write: " + no},
			{"ls /data/" + name + " stat /data/" + name + " mkdir /data/" + name + "/x", "ls: " + no + "; stat: " + no + "; mkdir: " + no},
			{"rm /data/" + name + "/file mv /data/sub/inner /data/" + name + "/x mv /data/" + name + "/file /data/x",
				"rm: " + no + "; mv: " + no + "; mv: " + no},
			{"symlink x /data/" + name + "/x touch /data/" + name + "/file 5 truncate /data/" + name + "/file 0",
				"symlink: " + no + "; touch: " + no + "; truncate: " + no},
		}, mount)
	}
	does(t, []step{
		{"read /data/zero write /data/new x read /data/fine lstat /data/absolute", "read: " + no + "; write: " + no + "; inner; link"},
	}, mount)
	if after := tree(t, dir+"/.."); after != before {
		t.Errorf("it was\n%s\nand is\n%s", before, after)
	}
}

// TestPathsThatLeadOut: libraries clean paths, so these are given to the functions themselves.
func TestPathsThatLeadOut(t *testing.T) {
	dir, mount := outside(t)
	g := newGuest(t, command(mount))
	ptr, n := g.path("sub")
	g.want(0, "path_open", 3, 1, ptr, n, 2, 1<<14, 0, 0, resultAt)
	sub := int(g.u32(resultAt))
	for fd, names := range map[int][]string{
		3: {"..", "../secret/file", "sub/../../secret/file", "./../secret", "/etc/passwd", "//", "../mounted/sub/inner",
			strings.Repeat("sub/../", 50) + "../secret/file"},
		sub: {"..", "../sub/inner", "../../secret/file", "/"},
	} {
		for _, name := range names {
			ptr, n := g.path(name)
			for _, oflags := range []int{0, 1, 2, 8} {
				g.want(hostfuncs.ENOTCAPABLE, "path_open", fd, 1, ptr, n, oflags, 1<<1|1<<6, 0, 0, resultAt)
			}
			g.want(hostfuncs.ENOTCAPABLE, "path_filestat_get", fd, 1, ptr, n, resultAt)
			g.want(hostfuncs.ENOTCAPABLE, "path_filestat_get", fd, 0, ptr, n, resultAt)
			g.want(hostfuncs.ENOTCAPABLE, "path_filestat_set_times", fd, 1, ptr, n, 0, 0, 2)
			g.want(hostfuncs.ENOTCAPABLE, "path_create_directory", fd, ptr, n)
			g.want(hostfuncs.ENOTCAPABLE, "path_remove_directory", fd, ptr, n)
			g.want(hostfuncs.ENOTCAPABLE, "path_unlink_file", fd, ptr, n)
			g.want(hostfuncs.ENOTCAPABLE, "path_readlink", fd, ptr, n, bufAt, 100, resultAt)
			g.want(hostfuncs.ENOTCAPABLE, "path_rename", fd, ptr, n, fd, ptr, n)
			g.want(hostfuncs.ENOTCAPABLE, "path_symlink", ptr, 1, fd, ptr, n)
		}
	}
	ptr, n = g.path("inner")
	g.want(0, "path_filestat_get", sub, 0, ptr, n, resultAt)
	if text := read(t, dir+"/../secret/file"); text != "SECRET" {
		t.Errorf("the file outside has %q", text)
	}
}

// TestLinksThatLeadOut: a command makes none, and none that would lead out once it is moved.
func TestLinksThatLeadOut(t *testing.T) {
	_, mount := outside(t)
	const no = "symlink: Capabilities insufficient"
	does(t, []step{
		{"symlink ../secret /data/a symlink /etc /data/a symlink .. /data/sub/a", no + "; " + no + "; " + no},
		{"symlink sub/../../secret /data/a symlink ../sub/inner /data/sub/a symlink a/.. /data/a", no + "; " + no + "; " + no},
		{"symlink .. /data/a symlink ..a /data/b readlink /data/b ls /data", no + "; symlink: ok; ..a; ../; ./; b@; sub/"},
	}, mount)
}

// TestSpecialFiles: what is neither a regular file nor a directory is seen and not opened, which would wait here.
func TestSpecialFiles(t *testing.T) {
	dir, mount := data(t)
	if err := syscall.Mkfifo(dir+"/pipe", 0o666); err != nil {
		t.Skip(err)
	}
	socket, err := net.Listen("unix", dir+"/socket")
	if err != nil {
		t.Skip(err)
	}
	defer socket.Close()
	const no = "Permission denied"
	does(t, []step{
		{"read /data/pipe write /data/pipe x ls /data/pipe", "read: " + no + "; write: " + no + "; ls: Not a directory"},
		{"read /data/socket write /data/socket x", "read: " + no + "; write: " + no},
		{"stat /data/pipe rm /data/pipe", "other; rm: ok"},
	}, mount)
	does(t, []step{
		{"read /dev/zero write /dev/null x append /dev/null x", "read: " + no + "; write: " + no + "; append: " + no},
	}, wasi.Mount{Host: "/dev", Guest: "/dev"})
	run(t, shared(), probe("", wasi.Mount{Host: "/dev/null", Guest: "/dev"})).fails(t, task.CodeSpawnFailed, "is not a directory")
}

// TestExchangedFiles: somebody puts a link that leads out, or a named pipe, in the place of a directory or a file and
// back, all the time. The command reads nothing from outside, and is never held up.
func TestExchangedFiles(t *testing.T) {
	dir, mount := outside(t)
	link(t, "../secret", dir+"/link")
	if err := syscall.Mkfifo(dir+"/pipe", 0o666); err != nil {
		t.Skip(err)
	}
	write(t, dir+"/x/file", []byte("fine"))
	write(t, dir+"/y", []byte("fine"))
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	var others sync.WaitGroup
	others.Go(func() {
		for ctx.Err() == nil {
			for _, swap := range [][2]string{{"/x", "/link"}, {"/x", "/pipe"}, {"/y", "/pipe"}} {
				name, other := swap[0], swap[1]
				for _, move := range [][2]string{{name, "/kept"}, {other, name}, {name, other}, {"/kept", name}} {
					if err := os.Rename(dir+move[0], dir+move[1]); err != nil {
						t.Error(err)
						return
					}
				}
			}
		}
	})
	g := newGuest(t, command(mount))
	vector, count := g.vector(100)
	for ctx.Err() == nil {
		for path, oflags := range map[string]int{"x": 2, "x/file": 0, "y": 0} {
			ptr, n := g.path(path)
			code, err := g.call("path_open", 3, 1, ptr, n, oflags, 1<<1, 0, 0, resultAt)
			if err != nil || code != 0 {
				continue
			}
			fd := int(g.u32(resultAt))
			if code, _ := g.call("fd_read", fd, vector, count, resultAt); code == 0 && string(g.memory[bufAt:bufAt+4]) != "fine" {
				t.Fatalf("read %q", g.memory[bufAt:bufAt+6])
			}
			ptr, n = g.path("file")
			if code, _ := g.call("path_open", fd, 1, ptr, n, 0, 1<<1, 0, 0, resultAt); code == 0 {
				inner := int(g.u32(resultAt))
				g.want(0, "fd_read", inner, vector, count, resultAt)
				if text := string(g.memory[bufAt:][:g.u32(resultAt)]); text != "fine" {
					t.Fatalf("read %q", text)
				}
				g.want(0, "fd_close", inner)
			}
			g.want(0, "fd_close", fd)
		}
	}
	others.Wait()
}

func TestModulePathIsNotLeft(t *testing.T) {
	base := t.TempDir()
	wasm := []byte(read(t, "testdata/nothing.wasm"))
	write(t, base+"/outside.wasm", wasm)
	write(t, base+"/path/inside.wasm", wasm)
	dir := base + "/path"
	link(t, "../outside.wasm", dir+"/relative.wasm")
	link(t, base+"/outside.wasm", dir+"/absolute.wasm")
	link(t, "..", dir+"/up")
	link(t, "none", dir+"/dangling.wasm")
	link(t, "/dev/zero", dir+"/zero.wasm")
	link(t, "inside.wasm", dir+"/link.wasm")
	if err := syscall.Mkfifo(dir+"/pipe.wasm", 0o666); err != nil {
		t.Skip(err)
	}
	x := open(t, config(dir, "testdata"))
	for module, words := range map[string]string{
		"relative.wasm":   "path escapes from parent",
		"absolute.wasm":   "path escapes from parent",
		"up/outside.wasm": "path escapes from parent",
		"zero.wasm":       "path escapes from parent",
		"dangling.wasm":   "no such file",
		"pipe.wasm":       "expected a regular file, found a named pipe",
	} {
		run(t, x, wasi.Command{Action: task.WasmAction{Module: module}}).fails(t, task.CodeSpawnFailed, "in "+dir, words)
	}
	run(t, x, wasi.Command{Action: task.WasmAction{Module: "link.wasm"}}).exits(t, "")
	devices := open(t, config("/dev"))
	run(t, devices, wasi.Command{Action: task.WasmAction{Module: "zero"}}).fails(t, task.CodeSpawnFailed, "found a device")
}
