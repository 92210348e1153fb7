//go:build unix

package process

import (
	"context"
	"fmt"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/soltihq/soltiwasm/task"
)

// run is Run for a Command that has been checked.
func (c *Command) run(ctx context.Context) (exit Exit, err error) {
	note := func(err error) {
		if err != nil {
			exit.Notes = append(exit.Notes, err.Error())
		}
	}
	p, err := resolve(&c.Action)
	if err != nil {
		return exit, err
	}
	argv := []string{c.Action.Command}
	if c.Action.Script != nil {
		s, err := writeScript(c.ScriptDir, c.Action.Script)
		if err != nil {
			return exit, spawnFailed(err, "%v", err)
		}
		defer func() { note(s.remove()) }()
		argv = append(argv, s.path)
	}
	argv = append(argv, c.Action.Args...)
	group, err := openCgroup(c.Cgroup, c.Limits)
	if err != nil {
		return exit, spawnFailed(err, "%v", err)
	}
	defer func() { note(group.remove()) }()
	streams, err := openStreams(c)
	if err != nil {
		return exit, spawnFailed(err, "opening the program's pipes: %v", err)
	}
	l := &leader{cgroup: group}
	l.pid, err = c.Orphans.start(func() (int, error) { return start(p, argv, streams, group, c.Limits) })
	if err != nil {
		streams.abort()
		return exit, startError(err, p, argv, group)
	}
	streams.begin()
	by := l.wait(ctx, c.Grace, c.Kill)
	note(l.clear())
	note(c.Orphans.end(l.pid, l.reap))
	for _, n := range streams.finish(ctx) {
		note(n)
	}
	return c.outcome(ctx, exit, l, by, group.met(c.Limits))
}

// outcome says what an end means. By is the last signal that the end of ctx made us send, 0 if none; met are the limits
// that were met.
func (c *Command) outcome(ctx context.Context, exit Exit, l *leader, by syscall.Signal, met []string) (Exit, error) {
	failure := ""
	switch status := l.status; {
	case l.lost != nil:
		failure = "how the process ended is not known: " + l.lost.Error() + "; the host must not ignore SIGCHLD"
	case status.Signaled():
		exit.Signal = signalName(status.Signal())
		failure = "the process was ended by signal " + exit.Signal
		if status.Signal() == unix.SIGXFSZ && c.Limits.FileSize != nil {
			met = append(met, fmt.Sprintf("the limit fileSize of %d bytes was met", *c.Limits.FileSize))
		}
	default:
		code := status.ExitStatus()
		exit.Code = &code
		if code != 0 {
			failure = fmt.Sprintf("the process exited with code %d", code)
		}
	}
	if by == 0 && failure != "" && (l.lost != nil || !c.Action.AllowNonZero) {
		message := strings.Join(append([]string{failure}, met...), "; ")
		return exit, &task.Error{Code: task.CodeTaskFailed, Message: message}
	}
	exit.Notes = append(exit.Notes, met...)
	switch by {
	case 0:
		return exit, nil
	case unix.SIGKILL:
		return exit, ended(ctx, "the process was ended with SIGKILL")
	}
	return exit, ended(ctx, "the process was ended with SIGTERM")
}

// start starts the program. The errors are those of the system, or a LimitError.
func start(p program, argv []string, s *streams, group *cgroup, limits Limits) (int, error) {
	attr := &syscall.ProcAttr{Dir: p.cwd, Env: p.env, Files: s.descriptors(), Sys: &syscall.SysProcAttr{Setsid: true}}
	group.join(attr.Sys)
	if list := limits.rlimits(); len(list) > 0 {
		return startLimited(p.path, argv, attr, list)
	}
	pid, _, err := syscall.StartProcess(p.path, argv, attr)
	return pid, err
}

// drain is how long after its end a program's output may be held open, and the remains of its group may take to die.
const drain = time.Second
