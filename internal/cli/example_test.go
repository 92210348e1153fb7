package cli_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/cli"
)

// A program of its own, with another engine or other streams, is one call.
func ExampleMain() {
	code := cli.Main(context.Background(), cli.Program{
		Args:         []string{"validate", "-o", "json", "-"},
		Stdin:        strings.NewReader("slot: hello\nkind: {subprocess: {mode: {command: {comand: echo}}}}\ntimeout: 5s\n"),
		Stdout:       os.Stdout,
		Stderr:       os.Stderr,
		LookupEnv:    os.LookupEnv,
		UserCacheDir: os.UserCacheDir,
		Engines: []cli.Engine{{
			Name: "wazero", Module: "github.com/tetratelabs/wazero",
			New: func(cache *engine.Cache, _ int) engine.Engine { return wazero.Engine{Cache: cache} },
		}},
		Executable: os.Executable,
	})
	fmt.Println("exit code", code)
	// Output:
	// {"source":"-","error":{"code":"invalid_spec","message":"-:2:37: kind.subprocess.mode.command.command: missing field\n-:2:38: kind.subprocess.mode.command: unknown field \"comand\", did you mean \"command\"?"}}
	// exit code 2
}
