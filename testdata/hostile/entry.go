//go:build unix

package main

import (
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"syscall"
)

// entry is one thing in a case's folder. The zero value is an empty file.
type entry struct {
	data   []byte
	size   int64       // of a file that is all hole, if it isn't 0
	link   string      // where a symbolic link leads
	kind   fs.FileMode // fs.ModeDir, fs.ModeNamedPipe or fs.ModeSocket for what is no regular file
	locked bool        // nobody may read it
}

// write makes the case's folder.
func (c Case) write(dir string) error {
	if err := os.MkdirAll(filepath.Join(dir, "runners"), 0o755); err != nil {
		return err
	}
	for path, e := range c.files {
		path = filepath.Join(dir, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := e.write(path); err != nil {
			return err
		}
	}
	return nil
}

func (e entry) write(path string) error {
	switch {
	case e.link != "":
		return os.Symlink(e.link, path)
	case e.kind == fs.ModeDir:
		return os.Mkdir(path, 0o755)
	case e.kind == fs.ModeNamedPipe:
		return syscall.Mkfifo(path, 0o644)
	case e.kind == fs.ModeSocket:
		return socket(path)
	}
	mode := fs.FileMode(0o644)
	if e.locked {
		mode = 0
	}
	if err := os.WriteFile(path, e.data, mode); err != nil || e.size == 0 {
		return err
	}
	return os.Truncate(path, e.size)
}

// socket leaves a socket that nobody listens at. Its path is bound relative to its folder, since a socket's path may
// have only some hundred bytes.
func socket(path string) error {
	back, err := os.Getwd()
	if err != nil {
		return err
	}
	if err := os.Chdir(filepath.Dir(path)); err != nil {
		return err
	}
	defer func() { _ = os.Chdir(back) }()
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Base(path), Net: "unix"})
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false)
	return l.Close()
}
