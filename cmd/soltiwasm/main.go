// Command soltiwasm routes tasks to WebAssembly runners, on the engine wazero.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/cli"
)

func main() {
	// Notified of it, the process gets an error from writing to a broken pipe instead of ending at once.
	signal.Notify(make(chan os.Signal, 1), syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second interrupt ends the process at once
	os.Exit(cli.Main(ctx, cli.Program{
		Args:         os.Args[1:],
		Stdin:        os.Stdin,
		Stdout:       os.Stdout,
		Stderr:       os.Stderr,
		LookupEnv:    os.LookupEnv,
		UserCacheDir: os.UserCacheDir,
		Engine: func(cache *engine.Cache) engine.Engine {
			return wazero.Engine{Cache: cache}
		},
		EngineModule: "github.com/tetratelabs/wazero",
	}))
}

// newEngine makes the engine. It ends guests itself when their time is up.
func newEngine(cache *engine.Cache) engine.Engine {
	return wazero.Engine{Cache: cache, CloseOnContextDone: true}
}
