// Package process carries out process actions: one program of the host, with everything that it starts, from the start to the
// last byte of output and the last descendant.
//
// # What is left behind: nothing, within these bounds
//
// A program runs in a session of its own, and so without a terminal. When it has exited, or when it is made to end,
// whatever is left in its process group is killed, on Linux whatever is left in its session, and with a cgroup
// ([Command.Cgroup], or a limit that needs one) every descendant. Without a cgroup a descendant that makes a session
// of its own, as daemons do, lives on, unless the program's [Orphans] are adopted; its output is not waited for. And when the host itself is killed its programs go
// on (the kernel's parent-death signal follows the thread that started a program, and threads of a Go program come and
// go), and a script's file then stays.
//
// # Systems
//
// Linux does all of it. Other Unix systems know no rlimits of a single program and no cgroups, so that every limit is
// refused with a [LimitError], and end process groups rather than sessions. Elsewhere [Run] always fails.
package process

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/soltihq/soltiwasm/task"
)

// DefaultGrace is the time between SIGTERM and SIGKILL where a Command sets none.
const DefaultGrace = 5 * time.Second

// DefaultPath is the PATH of a program whose environment has none.
const DefaultPath = "/usr/local/bin:/usr/bin:/bin"

// Command is one program to be run once. Only Action is required.
type Command struct {
	Action task.ProcessAction
	Limits Limits
	// Grace is the time between SIGTERM and SIGKILL; 0 is DefaultGrace, a negative one none.
	Grace time.Duration
	// Kill, once closed, cuts the grace of a program that is being ended. It may be nil.
	Kill <-chan struct{}
	// ScriptDir is where a script's private directory is made; empty is os.TempDir.
	ScriptDir string
	// Cgroup is a cgroup v2 directory in which the program gets a cgroup of its own, so that no descendant outlives it;
	// see [FindCgroup]. Empty, it gets one only for a limit that needs it.
	Cgroup string
	// Orphans ends what left the program's session; see [AdoptOrphans]. Nil leaves that alone.
	Orphans *Orphans
	// Stdout and Stderr take the output as it comes, byte by byte the program's own; nil drops it. Each is written
	// to by one goroutine, the two at the same time, and never after Run has returned; but see Run on a Write that blocks. A
	// slow one slows the program. One that fails is not written to again, which the program doesn't notice.
	Stdout, Stderr io.Writer
}

// Exit is how a program ended.
type Exit struct {
	Code   *int   // its exit code, if it exited
	Signal string // the signal that ended it, such as "SIGKILL", if one did
	// Notes are for people: output that was missed and why, what could not be removed, and limits that were met though
	// the error has no word on them.
	Notes []string
}

// Run starts a program and waits for its end. It may be called from many goroutines.
//
// The environment is exactly the action's, plus DefaultPath where it has no PATH. A command without a slash is looked up
// in that PATH, where relative entries, and a relative command with a slash, are meant in the working directory. The
// standard input is the action's text and then ends. No descriptor but the three standard ones is inherited, not even one that the host
// inherited itself.
//
// At the end of ctx the whole process group (see the package comment) gets SIGTERM and, if any of it is left after the
// grace, SIGKILL. (What a shell is forking at that moment may miss the SIGTERM, and then waits for its SIGKILL.) A
// program that exits before that is taken at its word. What a program wrote before it exited is
// delivered however slow the writers are, unless ctx ends; for output of a descendant that got away Run waits a second. After the
// end of ctx Run doesn't wait longer than two for a Write that blocks: it returns, and the Write that has begun is the last.
//
// The error is nil if the program exited with 0, or the action allows everything else, and otherwise a *[task.Error]:
// [task.CodeSpawnFailed] if it could not be started, with a [LimitError] inside where a limit can't be held;
// [task.CodeTaskFailed] for another exit code or a signal; [task.CodeTaskTimeout] or [task.CodeCanceled] if it was
// ended because ctx's deadline passed or ctx was canceled. The errors name no variable but PATH.
func Run(ctx context.Context, c Command) (Exit, error) {
	if ctx.Err() != nil {
		return Exit{}, ended(ctx, "the process was not started")
	}
	if err := c.Limits.check(); err != nil {
		return Exit{}, spawnFailed(err, "%v", err)
	}
	if c.Grace == 0 {
		c.Grace = DefaultGrace
	}
	return c.run(ctx)
}

// ended is the error of a program that the end of ctx ended or kept from being started.
func ended(ctx context.Context, what string) error {
	code := task.CodeCanceled
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		code = task.CodeTaskTimeout
	}
	cause := context.Cause(ctx)
	return &task.Error{Code: code, Message: what + ": " + cause.Error(), Err: cause}
}

// spawnFailed is the error of a program that could not be started. Err is the cause; it may be nil.
func spawnFailed(err error, format string, args ...any) error {
	return &task.Error{Code: task.CodeSpawnFailed, Message: fmt.Sprintf(format, args...), Err: err}
}

// shown quotes text of an action for a message.
func shown(s string) string {
	const most = 200
	if len(s) > most {
		return strconv.Quote(s[:most]) + "…"
	}
	return strconv.Quote(s)
}
