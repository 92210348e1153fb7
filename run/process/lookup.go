//go:build unix

package process

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/soltihq/soltiwasm/task"
)

// program is what exec is called with.
type program struct {
	path string // of the file
	cwd  string // absolute; empty is the host's
	env  []string
}

// resolve finds an action's program, and says in words what is missing. The kernel has the last word at the start.
func resolve(a *task.ProcessAction) (program, error) {
	p := program{env: environ(a.Env)}
	for key := range a.Env {
		if key == "" || strings.ContainsRune(key, '=') {
			return p, spawnFailed(nil, "%s in env is no name of a variable: it must not be empty and have no = in it", shown(key))
		}
	}
	if a.Cwd != "" {
		cwd, err := checkDir(a.Cwd)
		if err != nil {
			return p, err
		}
		p.cwd = cwd
	}
	var err error
	switch {
	case a.Command == "":
		err = spawnFailed(nil, "the command is empty")
	case strings.Contains(a.Command, "/"):
		p.path = within(p.cwd, a.Command)
		err = checkFile(p.path)
	default:
		p.path, err = search(a, p.cwd)
	}
	return p, err
}

// environ is the environment in a fixed order.
func environ(env map[string]string) []string {
	list := make([]string, 0, len(env)+1)
	for _, key := range slices.Sorted(maps.Keys(env)) {
		list = append(list, key+"="+env[key])
	}
	if _, given := env["PATH"]; !given {
		list = append(list, "PATH="+DefaultPath)
	}
	return list
}

// within is what a path means to a program whose working directory is cwd.
func within(cwd, path string) string {
	if filepath.IsAbs(path) || cwd == "" {
		return path
	}
	return cwd + "/" + path // not cleaned: "link/.." means what the kernel says
}

func checkDir(cwd string) (string, error) {
	info, err := os.Stat(cwd)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", spawnFailed(err, "the working directory %s (cwd) does not exist", shown(cwd))
	case err != nil:
		return "", spawnFailed(err, "the working directory %s (cwd) can't be used: %v", shown(cwd), reason(err))
	case !info.IsDir():
		return "", spawnFailed(nil, "the working directory %s (cwd) is not a directory", shown(cwd))
	}
	if err := unix.Access(cwd, unix.X_OK); err != nil {
		return "", spawnFailed(err, "the working directory %s (cwd) can't be entered by this user: its mode is %v", shown(cwd), info.Mode())
	}
	abs, err := filepath.Abs(cwd)
	if err != nil {
		return "", spawnFailed(err, "the working directory %s (cwd) can't be used: %v", shown(cwd), reason(err))
	}
	return abs, nil
}

// errPlain marks a file that can't be executed.
var errPlain = errors.New("not executable")

// executable says whether a file is one that this user may execute: nil, an [fs.PathError], or an errPlain with its why.
func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%w: it is no regular file, its mode is %v", errPlain, info.Mode())
	case unix.Access(path, unix.X_OK) != nil:
		return fmt.Errorf("%w by this user: its mode is %v; set it with chmod +x, or make its interpreter the command", errPlain, info.Mode())
	}
	return nil
}

func checkFile(path string) error {
	err := executable(path)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, fs.ErrNotExist):
		return spawnFailed(err, "the program %s does not exist", shown(path))
	}
	return spawnFailed(err, "the program %s can't be started: %v", shown(path), reason(err))
}

// search looks the command up as execvp does: what can't be executed is passed over, and remembered for the message.
func search(a *task.ProcessAction, cwd string) (string, error) {
	path, given := a.Env["PATH"]
	if !given {
		path = DefaultPath
	}
	var plain []string
	for _, dir := range filepath.SplitList(path) {
		file := within(cwd, filepath.Join(dir, a.Command)) // an empty entry is the working directory, as in POSIX
		err := executable(file)
		if err == nil {
			return file, nil
		}
		if errors.Is(err, errPlain) && len(plain) < 3 {
			plain = append(plain, fmt.Sprintf("; %s is there, but %v", shown(file), err))
		}
	}
	origin := "the env of the action"
	if !given {
		origin = "the default, since the action's env has none"
	}
	return "", spawnFailed(fs.ErrNotExist, "the program %s is in no directory of PATH=%s (%s)%s; nothing of the host's environment is inherited: "+
		"give PATH in env, or the program's full path", shown(a.Command), shown(path), origin, strings.Join(plain, ""))
}

// reason is an error without the path that the message names already.
func reason(err error) error {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		return pe.Err
	}
	return err
}
