package process

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

// Orphans ends the descendants that left their program's session, as daemons do: once their parents are dead they
// become children of this one, and when no program runs any more, nobody can miss them. A nil *Orphans does nothing. It
// is safe for concurrent use.
type Orphans struct {
	mu      sync.Mutex
	leaders map[int]bool  // of the programs that run
	idle    chan struct{} // closed when none runs any more
}

// AdoptOrphans makes this process the parent of its descendants' orphans (PR_SET_CHILD_SUBREAPER of prctl(2)) for the
// rest of its life. It is for a main package whose process has no children in sessions of their own but those of [Run].
// It fails where the kernel has no lists of children (CONFIG_PROC_CHILDREN).
func AdoptOrphans() (*Orphans, error) {
	if _, err := os.Stat(fmt.Sprintf("/proc/self/task/%d/children", os.Getpid())); err != nil {
		return nil, fmt.Errorf("adopting orphans: the kernel lists no children: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); err != nil {
		return nil, fmt.Errorf("adopting orphans: %w", err)
	}
	return &Orphans{leaders: map[int]bool{}}, nil
}

// start has a program started, and knows it from its first moment on.
func (o *Orphans) start(start func() (pid int, err error)) (int, error) {
	if o == nil {
		return start()
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	pid, err := start()
	if err == nil {
		o.leaders[pid] = true
		if len(o.leaders) == 1 {
			o.idle = make(chan struct{})
			go o.tend(o.idle)
		}
	}
	return pid, err
}

// tend reaps the dead as long as programs run, which may be for days.
func (o *Orphans) tend(idle <-chan struct{}) {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-idle:
			return
		case <-tick.C:
			o.mu.Lock()
			o.sweep(false)
			o.mu.Unlock()
		}
	}
}

// end has a program reaped that has ended, and the dead among the orphans with it. After the last program it kills the
// others.
func (o *Orphans) end(pid int, reap func()) error {
	if o == nil {
		reap()
		return nil
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	reap() // here, since another program may get its id then
	delete(o.leaders, pid)
	if len(o.leaders) == 0 {
		close(o.idle)
	}
	start := time.Now()
	for pause := time.Millisecond; o.sweep(len(o.leaders) == 0) > 0; pause = min(2*pause, 50*time.Millisecond) {
		if time.Since(start) > drain {
			return fmt.Errorf("processes that left their program's session are not dead %v after SIGKILL", drain)
		}
		time.Sleep(pause) // what is killed takes a moment, and leaves orphans of its own
	}
	return nil
}

// sweep reaps dead orphans, has those that live killed if it may, and counts these.
func (o *Orphans) sweep(kill bool) (killed int) {
	own, err := unix.Getsid(0)
	if err != nil {
		return 0
	}
	for _, pid := range children() {
		sid, err := unix.Getsid(pid)
		switch {
		case err != nil || sid == own || o.leaders[pid]:
		case dead(pid):
			_, _ = wait4(pid, unix.WNOHANG)
		case kill:
			_ = unix.Kill(pid, unix.SIGKILL) // our child: its id is its own until it is reaped
			killed++
		}
	}
	return killed
}

// children lists those of this process. The kernel keeps a list for each thread.
func children() (pids []int) {
	lists, _ := filepath.Glob("/proc/self/task/*/children") // the pattern is good
	for _, list := range lists {
		text, err := os.ReadFile(list)
		if err != nil {
			continue // the thread has ended, and its children are another's
		}
		for _, field := range strings.Fields(string(text)) {
			if pid, err := strconv.Atoi(field); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}
