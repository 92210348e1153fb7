package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// FindCgroup returns a cgroup v2 directory for [Command.Cgroup], in which this process may make cgroups that hold
// limits: the one that this process is in, or else its parent, as of a service with systemd's Delegate= and
// DelegateSubgroup=. It turns the controllers on that the limits need. The error is a [LimitError] if there is none for
// the limits.
func FindCgroup(l Limits) (string, error) {
	settings := l.settings()
	own, mount, err := ownCgroup()
	if err != nil {
		return "", cgroupError(settings, err)
	}
	dirs := []string{own}
	if own != mount {
		dirs = append(dirs, filepath.Dir(own))
	}
	var reasons []string
	for _, dir := range dirs {
		err := usable(dir)
		if err == nil {
			err = enable(dir, settings)
		}
		if err == nil {
			return dir, nil
		}
		if limit, ok := errors.AsType[*LimitError](err); ok {
			reasons = append(reasons, limit.Reason)
		} else {
			reasons = append(reasons, err.Error())
		}
	}
	return "", cgroupError(settings, errors.New(strings.Join(reasons, "; ")))
}

// cgroupError says that no cgroup was found, as a LimitError where a limit asked for one.
func cgroupError(settings []setting, err error) error {
	if len(settings) == 0 {
		return fmt.Errorf("no cgroup v2 is there for this process: %w", err)
	}
	return &LimitError{Limit: settings[0].limit, Reason: "this process has no cgroup v2 that could hold it: " + err.Error() + "; have one delegated to it, as a service with Delegate=yes in systemd has"}
}

// usable says whether cgroups that hold processes can be made in dir.
func usable(dir string) error {
	for _, path := range []string{dir, filepath.Join(dir, "cgroup.procs")} {
		if err := unix.Access(path, unix.W_OK); err != nil {
			return fmt.Errorf("%s can't be written: %w", path, err)
		}
	}
	if kind := cgroupType(dir); kind != "" && kind != "domain" {
		return fmt.Errorf("%s is of type %q, in which processes can have no cgroup", dir, kind)
	}
	return nil
}

// cgroupType is what cgroup.type holds, empty for the root of all, which has no such file.
func cgroupType(dir string) string {
	text, _ := os.ReadFile(filepath.Join(dir, "cgroup.type"))
	return strings.TrimSpace(string(text))
}

// enable turns on the controllers that the settings need for the cgroups in dir. The error is a LimitError.
func enable(dir string, settings []setting) error {
	if len(settings) == 0 {
		return nil
	}
	path := filepath.Join(dir, "cgroup.subtree_control")
	on, err := os.ReadFile(path)
	if err != nil {
		return &LimitError{Limit: settings[0].limit, Reason: err.Error()}
	}
	// With processes in dir itself the kernel refuses the controller memory, and for cpu and pids makes dir threaded.
	if procs, err := os.ReadFile(filepath.Join(dir, "cgroup.procs")); cgroupType(dir) != "" && (err != nil || len(procs) > 0) {
		return &LimitError{Limit: settings[0].limit, Reason: dir + " holds processes itself, and so can't divide what it has among cgroups"}
	}
	for _, s := range settings {
		if slices.Contains(strings.Fields(string(on)), s.controller) {
			continue
		}
		if err := os.WriteFile(path, []byte("+"+s.controller), 0); err != nil {
			return &LimitError{Limit: s.limit, Reason: fmt.Sprintf("the controller %s can't be turned on in %s, which has %s: %v",
				s.controller, dir, controllers(dir), errors.Unwrap(err))}
		}
	}
	return nil
}

func controllers(dir string) string {
	text, err := os.ReadFile(filepath.Join(dir, "cgroup.controllers"))
	if err != nil || len(strings.TrimSpace(string(text))) == 0 {
		return "none"
	}
	return strings.TrimSpace(string(text))
}

// ownCgroup returns the directory of this process's cgroup, and where the hierarchy is mounted.
func ownCgroup() (own, mount string, err error) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", "", err
	}
	groups, err := os.ReadFile("/proc/self/cgroup")
	if err != nil {
		return "", "", err
	}
	return locate(string(mounts), string(groups))
}

var errNoCgroup = errors.New("no cgroup v2 hierarchy is mounted")

// locate reads the two files by proc(5) and cgroups(7).
func locate(mountinfo, cgroups string) (own, mount string, err error) {
	path := ""
	for line := range strings.Lines(cgroups) {
		if p, ok := strings.CutPrefix(line, "0::"); ok {
			path = strings.TrimSuffix(p, "\n")
		}
	}
	if !strings.HasPrefix(path, "/") {
		return "", "", errNoCgroup
	}
	for line := range strings.Lines(mountinfo) {
		head, tail, _ := strings.Cut(line, " - ")
		fields := strings.Fields(head)
		if len(fields) < 5 || !strings.HasPrefix(tail, "cgroup2 ") {
			continue
		}
		root, point := unescape(fields[3]), unescape(fields[4])
		rest, inside := strings.CutPrefix(path, strings.TrimSuffix(root, "/"))
		if inside && (rest == "" || rest[0] == '/') && !strings.HasPrefix(rest, "/..") {
			return filepath.Join(point, rest), point, nil
		}
	}
	return "", "", errNoCgroup
}

// unescape undoes the octal escapes of mountinfo.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
