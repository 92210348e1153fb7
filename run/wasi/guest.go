package wasi

import (
	"fmt"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// guest is what one running command has: the state of its host functions.
type guest struct {
	args, environ []string
	files         table
	now           func() time.Time
}

// newGuest opens what a command is given. The caller closes its files.
func newGuest(c Command, now func() time.Time) (*guest, error) {
	g := &guest{now: now}
	var err error
	if g.args, g.environ, err = c.strings(); err != nil {
		return nil, err
	}
	for _, s := range []*stream{{input: strings.NewReader(c.Action.Stdin)}, {output: c.Stdout}, {output: c.Stderr}} {
		g.files.add(&descriptor{stream: s})
	}
	for _, m := range c.Mounts {
		if err := g.mount(m); err != nil {
			g.files.close()
			return nil, err
		}
	}
	return g, nil
}

// mount opens a directory and gives it the next descriptor, which is how commands find it.
func (g *guest) mount(m Mount) error {
	if m.Guest == "" || strings.ContainsRune(m.Guest, 0) {
		return fmt.Errorf("the mount of %s: expected a name that the command knows it by, such as /data", m.Host)
	}
	for _, d := range g.files.list {
		if d.dir != nil && d.dir.guest == m.Guest {
			return fmt.Errorf("two mounts are called %s", shown(m.Guest))
		}
	}
	if !g.files.room() {
		return fmt.Errorf("there are more mounts than the %d files that a command can have open", maxFiles)
	}
	root, err := openRoot(m.Host)
	if err != nil {
		return fmt.Errorf("the mount %s: %w", shown(m.Guest), err)
	}
	g.files.add(&descriptor{dir: &directory{root: root, guest: m.Guest, readOnly: m.ReadOnly}})
	return nil
}

// bodies are the functions of WASI that a command has of its own, by their names. The others are those of runners.
func bodies() map[string]hostfuncs.Body {
	own := map[string]func(*guest, *hostfuncs.Frame) error{
		"args_get":                (*guest).argsGet,
		"args_sizes_get":          (*guest).argsSizesGet,
		"environ_get":             (*guest).environGet,
		"environ_sizes_get":       (*guest).environSizesGet,
		"fd_advise":               (*guest).fdAdvise,
		"fd_allocate":             (*guest).fdUnsupported,
		"fd_close":                (*guest).fdClose,
		"fd_datasync":             (*guest).fdSync,
		"fd_fdstat_get":           (*guest).fdFdstatGet,
		"fd_fdstat_set_flags":     (*guest).fdFdstatSetFlags,
		"fd_fdstat_set_rights":    (*guest).fdUnsupported,
		"fd_filestat_get":         (*guest).fdFilestatGet,
		"fd_filestat_set_size":    (*guest).fdFilestatSetSize,
		"fd_filestat_set_times":   (*guest).fdUnsupported,
		"fd_pread":                (*guest).fdPread,
		"fd_prestat_dir_name":     (*guest).fdPrestatDirName,
		"fd_prestat_get":          (*guest).fdPrestatGet,
		"fd_pwrite":               (*guest).fdPwrite,
		"fd_read":                 (*guest).fdRead,
		"fd_readdir":              (*guest).fdReaddir,
		"fd_renumber":             (*guest).fdRenumber,
		"fd_seek":                 (*guest).fdSeek,
		"fd_sync":                 (*guest).fdSync,
		"fd_tell":                 (*guest).fdTell,
		"fd_write":                (*guest).fdWrite,
		"path_create_directory":   (*guest).pathCreateDirectory,
		"path_filestat_get":       (*guest).pathFilestatGet,
		"path_filestat_set_times": (*guest).pathFilestatSetTimes,
		"path_link":               (*guest).fdUnsupported,
		"path_open":               (*guest).pathOpen,
		"path_readlink":           (*guest).pathReadlink,
		"path_remove_directory":   (*guest).pathRemoveDirectory,
		"path_rename":             (*guest).pathRename,
		"path_symlink":            (*guest).pathSymlink,
		"path_unlink_file":        (*guest).pathUnlinkFile,
		"poll_oneoff":             (*guest).pollOneoff,
		"sock_accept":             (*guest).noSocket,
		"sock_recv":               (*guest).noSocket,
		"sock_send":               (*guest).noSocket,
		"sock_shutdown":           (*guest).noSocket,
	}
	all := map[string]hostfuncs.Body{}
	for name, body := range own {
		all[name] = func(f *hostfuncs.Frame) error { return body(f.State().(*guest), f) }
	}
	return all
}

// fdUnsupported is what no descriptor can do, and hard links.
func (g *guest) fdUnsupported(f *hostfuncs.Frame) error {
	if _, err := g.files.get(f.U32(0)); err != nil {
		return err
	}
	return hostfuncs.ENOTSUP
}

// noSocket is what only sockets can do.
func (g *guest) noSocket(f *hostfuncs.Frame) error {
	if _, err := g.files.get(f.U32(0)); err != nil {
		return err
	}
	return hostfuncs.ENOTSOCK
}

// pollOneoff is (subscriptions, events, count, stored).
func (g *guest) pollOneoff(f *hostfuncs.Frame) error {
	return f.Poll(func(fd uint32, write bool) (hostfuncs.Ready, error) {
		d, err := g.files.get(fd)
		if err != nil {
			return hostfuncs.Ready{}, err
		}
		return d.ready(write)
	})
}
