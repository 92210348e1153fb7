//go:build linux

// Command real fetches real WebAssembly modules, of the size that plugins have and beyond, and says what becomes of them
// in the sandbox. From the repository's root:
//
//	go run ./testdata/real fetch DIR
//	go run ./testdata/real report DIR
//	SOLTIWASM_REAL=DIR go test ./sandbox -run TestRealModules
//
// fetch needs the npm client; what it downloads is its authors' and is not part of the repository. report prints the
// table of docs/performance.md: it compiles each module several times, which takes minutes.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
)

const usage = `usage: real fetch DIR
       real report [-runs N] DIR`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "real:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("no command\n%s", usage)
	}
	flags := flag.NewFlagSet(args[0], flag.ContinueOnError)
	runs := flags.Int("runs", 3, "how often each module is compiled")
	if err := flags.Parse(args[1:]); err != nil {
		return err
	}
	if flags.NArg() != 1 || *runs < 1 {
		return fmt.Errorf("wrong arguments\n%s", usage)
	}
	switch target := flags.Arg(0); args[0] {
	case "fetch":
		return fetch(ctx, target)
	case "report":
		return report(ctx, target, *runs)
	case "compile": // report's child
		return compile(ctx, target)
	}
	return fmt.Errorf("unknown command %q\n%s", args[0], usage)
}
