package cli

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/soltihq/soltiwasm/run/process"
)

// Process runs the command that the process's arguments name, with its streams, environment, caches and signals, on
// engines, of which it needs at least one. It returns the exit code, and is to be called once, by package main.
func Process(engines ...Engine) int {
	// Compiling leaves much garbage in a short time. With a soft limit the collector comes earlier when there is much.
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(512 << 20)
	}
	ctx, kill, heeded := interrupts()
	return Main(ctx, Program{
		Args:         os.Args[1:],
		Stdin:        os.Stdin,
		Stdout:       os.Stdout,
		Stderr:       os.Stderr,
		LookupEnv:    os.LookupEnv,
		UserCacheDir: os.UserCacheDir,
		Engines:      engines,
		Executable:   os.Executable,
		AdoptOrphans: process.AdoptOrphans,
		Kill:         kill,
		Heeded:       heeded,
	})
}

// interrupts returns a context that the first interrupt ends, and a channel that the second one closes. A third ends the
// process at once. Losing the terminal is an interrupt too, unless the process was started to ignore it, as nohup does.
//
// Asking for signals takes the time of several switches between threads, in which the command's arguments can be read: heeded
// is closed when it is done. Until then an interrupt ends the process, which has nothing to tidy up.
func interrupts() (ctx context.Context, kill, heeded chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	kill, heeded = make(chan struct{}), make(chan struct{})
	go func() {
		come := make(chan os.Signal, 2)
		signal.Notify(come, os.Interrupt, syscall.SIGTERM)
		if !signal.Ignored(syscall.SIGHUP) {
			signal.Notify(come, syscall.SIGHUP)
		}
		// Notified of it, the process gets an error from writing to a broken pipe instead of ending at once.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
		close(heeded)
		<-come
		cancel()
		<-come
		close(kill)
		<-come
		os.Exit(exitInterrupted)
	}()
	return ctx, kill, heeded
}
