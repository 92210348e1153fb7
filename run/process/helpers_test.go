//go:build unix

package process_test

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"time"
)

// helpers are what this binary does as a program of a test.
var helpers = map[string]func(args []string){
	"environ": func([]string) {
		for _, v := range os.Environ() {
			fmt.Println(v)
		}
	},
	"args": func(args []string) { fmt.Printf("%q %q\n", os.Args[0], args) },
	// descriptors lists the open ones, but for that of the list itself.
	"descriptors": func([]string) {
		for fd := range 256 {
			var st syscall.Stat_t
			if syscall.Fstat(fd, &st) == nil && !closeOnExec(fd) {
				fmt.Println(fd)
			}
		}
	},
	"binary": func([]string) {
		os.Stdout.Write(allBytes(1000))
		os.Stderr.Write(allBytes(10))
	},
	// group leaves a sleeper of another process group of the same session behind, as a shell with job control does.
	"group": func([]string) { leave(&syscall.SysProcAttr{Setpgid: true}) },
	// session leaves a sleeper behind that has a session of its own, as a daemon does. It holds the output.
	"session": func([]string) { leave(&syscall.SysProcAttr{Setsid: true}) },
	// signal ends by a signal.
	"signal": func(args []string) {
		n, _ := strconv.Atoi(args[0])
		syscall.Kill(os.Getpid(), syscall.Signal(n))
		time.Sleep(time.Hour)
	},
	"null": func([]string) {
		null, err := os.Stat(os.DevNull)
		for _, f := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
			if info, errF := f.Stat(); err != nil || errF != nil || !os.SameFile(info, null) {
				os.Exit(1)
			}
		}
	},
	"babble": babble,
	"files":  openMany,
}

func closeOnExec(fd int) bool {
	flags, _, errno := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), syscall.F_GETFD, 0)
	return errno == 0 && flags&syscall.FD_CLOEXEC != 0
}

func leave(attr *syscall.SysProcAttr) {
	cmd := exec.Command("sleep", "300")
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = os.Stdout, os.Stderr, attr
	if err := cmd.Start(); err != nil {
		fmt.Println(err)
		os.Exit(9)
	}
	fmt.Println("left", cmd.Process.Pid)
}

// babble starts a daemon that writes without end, and exits once it does.
func babble(args []string) {
	if len(args) == 0 {
		r, w, err := os.Pipe()
		if err != nil {
			os.Exit(9)
		}
		cmd := exec.Command(os.Args[0], "helper=babble", "on")
		cmd.Stdout, cmd.ExtraFiles, cmd.SysProcAttr = os.Stdout, []*os.File{w}, &syscall.SysProcAttr{Setsid: true}
		if err := cmd.Start(); err != nil {
			os.Exit(9)
		}
		w.Close()
		io.Copy(io.Discard, r) // until the daemon closes it
		return
	}
	for first := true; ; first = false {
		if _, err := fmt.Println("still here"); err != nil {
			return
		}
		if first {
			syscall.Close(3)
		}
	}
}

// openMany says how many files can be opened.
func openMany([]string) {
	n := 0
	for range 100_000 {
		if _, err := syscall.Open("/dev/null", syscall.O_RDONLY, 0); err != nil {
			break
		}
		n++
	}
	fmt.Println(n)
}

func allBytes(times int) []byte {
	b := make([]byte, 0, 256*times)
	for range times {
		for i := range 256 {
			b = append(b, byte(i))
		}
	}
	return b
}
