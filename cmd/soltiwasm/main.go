// Command soltiwasm routes tasks to WebAssembly runners and carries them out, on the engine wazero.
package main

import (
	"context"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/cli"
	"github.com/soltihq/soltiwasm/run/process"
)

func main() {
	// Compiling leaves much garbage in a short time. With a soft limit the collector comes earlier when there is much.
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(512 << 20)
	}
	// Notified of it, the process gets an error from writing to a broken pipe instead of ending at once.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, kill := interrupts()
	os.Exit(cli.Main(ctx, cli.Program{
		Args:         os.Args[1:],
		Stdin:        os.Stdin,
		Stdout:       os.Stdout,
		Stderr:       os.Stderr,
		LookupEnv:    os.LookupEnv,
		UserCacheDir: os.UserCacheDir,
		Engines:      []cli.Engine{{Name: "wazero", Module: "github.com/tetratelabs/wazero", New: newEngine}},
		Executable:   os.Executable,
		AdoptOrphans: process.AdoptOrphans,
		Kill:         kill,
	}))
}

func newEngine(cache *engine.Cache) engine.Engine { return wazero.Engine{Cache: cache} }

// interrupts returns a context that the first interrupt ends, and a channel that the second one closes. A third ends the
// process at once. Losing the terminal is an interrupt too, unless the process was started to ignore it, as nohup does.
func interrupts() (context.Context, <-chan struct{}) {
	ctx, cancel := context.WithCancel(context.Background())
	kill := make(chan struct{})
	come := make(chan os.Signal, 2)
	signal.Notify(come, os.Interrupt, syscall.SIGTERM)
	if !signal.Ignored(syscall.SIGHUP) {
		signal.Notify(come, syscall.SIGHUP)
	}
	go func() {
		<-come
		cancel()
		<-come
		close(kill)
		signal.Stop(come)
	}()
	return ctx, kill
}
