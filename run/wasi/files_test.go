package wasi_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

// step is what a command does, and what it prints, its lines divided by semicolons.
type step struct{ verbs, output string }

// does has a command take each step.
func does(t *testing.T, steps []step, mounts ...wasi.Mount) {
	t.Helper()
	for _, s := range steps {
		r := run(t, shared(), probe(s.verbs, mounts...))
		if r.err != nil {
			t.Errorf("%s: %v", s.verbs, r.err)
		}
		if got := strings.ReplaceAll(strings.TrimSuffix(r.stdout, "\n"), "\n", "; "); got != s.output {
			t.Errorf("%s\nprinted %s\nwant    %s", s.verbs, got, s.output)
		}
	}
}

func TestNoMountsNoFiles(t *testing.T) {
	const none = "Capabilities insufficient"
	does(t, []step{
		{"read /etc/passwd", "read: " + none},
		{"ls / stat . make x y mkdir a", "ls: " + none + "; stat: " + none + "; make: " + none + "; mkdir: " + none},
	})
}

func TestFiles(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/old/file", []byte("from the host"))
	does(t, []step{
		{"read /data/old/file", "from the host"},
		{"write /data/a hello append /data/a ,world read /data/a", "write: ok; append: ok; hello,world"},
		{"make /data/a x make /data/b x append /data/none x", "make: File exists; make: ok; append: No such file or directory"},
		{"truncate /data/a 4 read /data/a truncate /data/a 6 stat /data/a", "truncate: ok; hell; truncate: ok; file of 6 bytes"},
		{"touch /data/a 1000000000 mtime /data/a mtime /data/old/none", "touch: ok; 1000000000; mtime: No such file or directory"},
		{"mkdir /data/sub mkdir /data/sub write /data/sub/c deep", "mkdir: ok; mkdir: File exists; write: ok"},
		{"ls /data ls /data/sub", "../; ./; a; b; old/; sub/; ../; ./; c"},
		{"mv /data/sub/c /data/d mv /data/none /data/e mv /data/sub /data/sub2", "mv: ok; mv: No such file or directory; mv: ok"},
		{"rmdir /data/sub2 rmdir /data/old rmdir /data/d", "rmdir: ok; rmdir: Directory not empty; rmdir: Not a directory"},
		{"read /data/d rm /data/d rm /data/d rm /data/old", "deep; rm: ok; rm: No such file or directory; rm: Is a directory"},
		{"ls /data/a read /data/old stat /data write /data/old x", "ls: Not a directory; read: Is a directory; directory; write: Is a directory"},
		{"read /data/a/x write /data/no/x y", "read: Not a directory; write: No such file or directory"},
		{"link /data/a /data/hard", "link: Not supported"},
		{"ls /data", "../; ./; a; b; old/"},
		{"edit /data/a", "2AB5 at 10; ready 1, then B567yz; file of 5 bytes; edit: Invalid argument; edit: Bad file descriptor; edit: Bad file descriptor"},
		{"write /data/" + strings.Repeat("x", 300) + " y", "write: Filename too long"},
		{"read /data/" + strings.Repeat("x/", 2048) + "y", "read: Filename too long"},
	}, mount)
	if text := read(t, dir+"/a"); text != "012AB" {
		t.Errorf("the host reads %q", text)
	}
}

func TestLinks(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/file", []byte("text"))
	if err := os.Symlink("nowhere", dir+"/dangling"); err != nil {
		t.Fatal(err)
	}
	does(t, []step{
		{"symlink file /data/s readlink /data/s read /data/s", "symlink: ok; file; text"},
		{"stat /data/s lstat /data/s nofollow /data/s nofollow /data/file", "file of 4 bytes; link; nofollow: Symbolic link loop; nofollow: ok"},
		{"ltouch /data/s 5 touch /data/s 6 mtime /data/file ltouch /data/file 7 mtime /data/file", "ltouch: Not supported; touch: ok; 6; ltouch: ok; 7"},
		{"mkdir /data/d symlink d /data/e write /data/e/f x read /data/d/f", "mkdir: ok; symlink: ok; write: ok; x"},
		{"ls /data/e ls /data", "../; ./; f; ../; ./; d/; dangling@; e@; file; s@"},
		{"rmdir /data/e rm /data/e rm /data/s read /data/file", "rmdir: Not a directory; rm: ok; rm: ok; text"},
		{"read /data/dangling make /data/dangling x write /data/dangling x read /data/nowhere",
			"read: No such file or directory; make: File exists; write: ok; x"},
		{"symlink self /data/self read /data/self readlink /data/file", "symlink: ok; read: Symbolic link loop; readlink: Invalid argument"},
	}, mount)
}

func TestReadOnly(t *testing.T) {
	dir, mount := data(t)
	mount.ReadOnly = true
	write(t, dir+"/d/file", []byte("text"))
	before := tree(t, dir)
	const no = "Read-only file system"
	does(t, []step{
		{"read /data/d/file stat /data/d ls /data/d", "text; directory; ../; ./; file"},
		{"write /data/d/file x append /data/d/file x make /data/new x", "write: " + no + "; append: " + no + "; make: " + no},
		{"truncate /data/d/file 0 touch /data/d/file 5 mkdir /data/e", "truncate: " + no + "; touch: " + no + "; mkdir: " + no},
		{"rmdir /data/d rm /data/d/file mv /data/d /data/e", "rmdir: " + no + "; rm: " + no + "; mv: " + no},
		{"symlink file /data/s link /data/d/file /data/h edit /data/d/file", "symlink: " + no + "; link: Not supported; edit: " + no},
	}, mount)
	if after := tree(t, dir); after != before {
		t.Errorf("the directory was\n%s\nand is\n%s", before, after)
	}
}

// TestBetweenMounts: nothing goes from one to the other but by reading and writing.
func TestBetweenMounts(t *testing.T) {
	one, two := t.TempDir(), t.TempDir()
	write(t, one+"/a", []byte("text"))
	mounts := []wasi.Mount{{Host: one, Guest: "/one"}, {Host: two, Guest: "/two"}, {Host: two, Guest: "relative", ReadOnly: true}}
	does(t, []step{
		{"mv /one/a /two/a link /one/a /two/a", "mv: Cross-device link; link: Not supported"},
		{"write /two/b here read relative/b write relative/b x", "write: ok; here; write: Read-only file system"},
		{"mv /two/b relative/c mv relative/b /two/c", "mv: Read-only file system; mv: Read-only file system"},
	}, mounts...)
}

// TestManyEntries lists a directory that is larger than any buffer.
func TestManyEntries(t *testing.T) {
	dir, mount := data(t)
	want := []string{"../", "./"}
	for n := range 2000 {
		name := fmt.Sprintf("%s%04d", strings.Repeat("n", n%200), n)
		write(t, filepath.Join(dir, name), nil)
		want = append(want, name)
	}
	r := run(t, shared(), probe("ls /data", mount))
	got := strings.Fields(r.stdout)
	seen := map[string]bool{}
	for _, name := range got {
		seen[name] = true
	}
	if len(got) != len(want) || len(seen) != len(want) {
		t.Errorf("%d entries, %d of them different, want %d", len(got), len(seen), len(want))
	}
	for _, name := range want {
		if !seen[name] {
			t.Errorf("%s is not listed", name)
		}
	}
}

// TestDescriptorsAreBounded, and all are closed at the end.
func TestDescriptorsAreBounded(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/a", nil)
	for _, path := range []string{"/data/a", "/data"} {
		run(t, shared(), probe("exhaust "+path+" close 100 exhaust "+path+" make /data/b x", mount)).exits(t,
			"252 more files, then No file descriptors available", "close: ok",
			"1 more files, then No file descriptors available", "make: No file descriptors available")
	}
	if _, err := os.Stat(dir + "/b"); err == nil {
		t.Error("a file was made that could not be opened")
	}
	if n := openUnder(t, dir); n != 0 {
		t.Errorf("%d files are still open", n)
	}
}

// openUnder counts this process's descriptors below a directory.
func openUnder(t *testing.T, dir string) (n int) {
	list, err := filepath.Glob("/proc/self/fd/*")
	if err != nil || len(list) == 0 {
		t.Skip("there is no /proc/self/fd")
	}
	for _, fd := range list {
		if to, err := os.Readlink(fd); err == nil && strings.HasPrefix(to, dir) {
			n++
		}
	}
	return n
}

func TestMountsThatCantBe(t *testing.T) {
	dir, mount := data(t)
	write(t, dir+"/file", nil)
	var many []wasi.Mount
	for n := range 300 {
		many = append(many, wasi.Mount{Host: dir, Guest: strconv.Itoa(n)})
	}
	for words, mounts := range map[string][]wasi.Mount{
		"two mounts are called \"/data\"":                {mount, mount},
		"expected a name that the command knows it by":   {{Host: dir}},
		"the mount \"/x\": stat " + dir + "/none":        {mount, {Host: dir + "/none", Guest: "/x"}},
		"the mount \"/x\": open " + dir + "/file: is no": {{Host: dir + "/file", Guest: "/x"}},
		"more mounts than the 256 files":                 many,
	} {
		run(t, shared(), probe("", mounts...)).fails(t, task.CodeSpawnFailed, words)
	}
	if n := openUnder(t, dir); n != 0 {
		t.Errorf("%d directories are still open", n)
	}
}

// tree is all that is in a directory, with contents and times.
func tree(t *testing.T, dir string) string {
	var all strings.Builder
	err := filepath.Walk(dir, func(path string, info os.FileInfo, err error) error {
		if err != nil {
			return err
		}
		fmt.Fprintln(&all, path, info.Mode(), info.ModTime(), info.Size())
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}
