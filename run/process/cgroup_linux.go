package process

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// cgroup is the cgroup v2 of one program. A nil cgroup is none, and its methods do nothing.
type cgroup struct {
	path string
	dir  *os.File
}

// setting is a file of a cgroup that holds a limit.
type setting struct {
	limit      string // of Limits
	controller string
	file       string
	value      string
	optional   bool // the kernel may not have the file
}

// settings are the files for limits, by the kernel's Documentation/admin-guide/cgroup-v2.rst.
func (l Limits) settings() (list []setting) {
	const period = 100_000 // µs, the kernel's default
	if l.CPU != nil {
		list = append(list, setting{"cpu", "cpu", "cpu.max", fmt.Sprintf("%.0f %d", *l.CPU*period, period), false})
	}
	if l.Memory != nil {
		list = append(list,
			setting{"memory", "memory", "memory.max", strconv.FormatInt(*l.Memory, 10), false},
			setting{"memory", "memory", "memory.swap.max", "0", true},  // else the limit would be a push into swap
			setting{"memory", "memory", "memory.oom.group", "1", true}) // a task that lost a part is no task
	}
	if l.Pids != nil {
		list = append(list, setting{"pids", "pids", "pids.max", strconv.FormatInt(*l.Pids, 10), false})
	}
	return list
}

// openCgroup makes a cgroup in parent, or in one that it finds where parent is empty and a limit needs one.
func openCgroup(parent string, l Limits) (*cgroup, error) {
	settings := l.settings()
	var err error
	switch {
	case parent != "":
		err = enable(parent, settings)
	case len(settings) > 0:
		parent, err = FindCgroup(l)
	default:
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	path, err := os.MkdirTemp(parent, "soltiwasm-")
	if err != nil {
		return nil, fmt.Errorf("making a cgroup: %w", err)
	}
	g := &cgroup{path: path}
	if err := g.set(settings); err != nil {
		return nil, errors.Join(err, g.remove())
	}
	return g, nil
}

func (g *cgroup) set(settings []setting) error {
	if _, err := os.Stat(g.file("cgroup.kill")); err != nil {
		return fmt.Errorf("%s is no cgroup v2 of Linux 5.14 or later, with which it could be ended: %w", g.path, err)
	}
	for _, s := range settings {
		err := os.WriteFile(g.file(s.file), []byte(s.value), 0)
		if err != nil && !(s.optional && errors.Is(err, fs.ErrNotExist)) {
			return &LimitError{Limit: s.limit, Reason: err.Error()}
		}
	}
	dir, err := os.Open(g.path)
	if err != nil {
		return fmt.Errorf("opening a cgroup: %w", err)
	}
	g.dir = dir
	return nil
}

func (g *cgroup) file(name string) string { return filepath.Join(g.path, name) }

// join has a program start inside the cgroup, so that none of its descendants can be outside.
func (g *cgroup) join(attr *syscall.SysProcAttr) {
	if g != nil {
		attr.UseCgroupFD, attr.CgroupFD = true, int(g.dir.Fd())
	}
}

// kill kills everybody in the cgroup and those below it, in one step that no fork escapes.
func (g *cgroup) kill() { _ = os.WriteFile(g.file("cgroup.kill"), []byte("1"), 0) }

// living says whether anybody in the cgroup or below it is alive; the dead don't count.
func (g *cgroup) living() bool { return g.counter("cgroup.events", "populated") > 0 }

// counter reads a value of a file of lines "key value"; it is 0 if there is none.
func (g *cgroup) counter(file, key string) int64 {
	text, err := os.ReadFile(g.file(file))
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if k, v, _ := strings.Cut(strings.TrimSpace(line), " "); k == key {
			n, _ := strconv.ParseInt(v, 10, 64)
			return n
		}
	}
	return 0
}

// met says which limits were met.
func (g *cgroup) met(l Limits) (met []string) {
	if g == nil {
		return nil
	}
	if n := g.counter("memory.events", "oom_kill"); l.Memory != nil && n > 0 {
		met = append(met, fmt.Sprintf("the limit memory of %d bytes was met: the kernel killed %d of its processes", *l.Memory, n))
	}
	if n := g.counter("pids.events", "max"); l.Pids != nil && n > 0 {
		met = append(met, fmt.Sprintf("the limit pids of %d was met: %d times no process or thread could be made", *l.Pids, n))
	}
	return met
}

// remove removes the cgroup and those that the program made below it.
func (g *cgroup) remove() error {
	if g == nil {
		return nil
	}
	if g.dir != nil {
		g.dir.Close()
	}
	var below []string
	_ = filepath.WalkDir(g.path, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			below = append(below, path)
		}
		return nil
	})
	var err error
	for _, path := range slices.Backward(below) {
		err = removeEmpty(path)
	}
	return err
}

// removeEmpty removes a cgroup whose last process may just be dying.
func removeEmpty(path string) error {
	for start := time.Now(); ; time.Sleep(time.Millisecond) {
		err := unix.Rmdir(path)
		if err == nil || errors.Is(err, unix.ENOENT) {
			return nil
		}
		if !errors.Is(err, unix.EBUSY) || time.Since(start) > drain {
			return fmt.Errorf("the cgroup %s could not be removed: %w", path, err)
		}
	}
}
