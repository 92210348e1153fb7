//go:build unix

// Command stopwatch runs a program and prints how long it took, and the most memory it had, as JSON. It is small
// because Linux counts the memory of the process that starts another to that other's maximum.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: stopwatch PROGRAM [ARGUMENT…]")
		os.Exit(2)
	}
	cmd := exec.Command(os.Args[1], os.Args[2:]...)
	cmd.Stderr = os.Stderr
	start := time.Now()
	err := cmd.Run()
	took := time.Since(start)
	if err != nil {
		fmt.Fprintln(os.Stderr, "stopwatch:", err)
		os.Exit(1)
	}
	rss := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss
	if runtime.GOOS != "darwin" { // where alone it is in bytes
		rss *= 1024
	}
	fmt.Printf(`{"Nanoseconds":%d,"MaxRSS":%d}`+"\n", took.Nanoseconds(), rss)
}
