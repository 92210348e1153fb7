// Command embed puts a manifest into a module, as its only custom section "solti.runner", as "soltiwasm manifest embed"
// does.
//
//	go run ./testdata/modules/src/embed [-raw] MODULE MANIFEST
//
// With -raw nothing is checked and nothing replaced: the bytes are added as one more section, which makes modules for
// tests.
package main

import (
	"flag"
	"fmt"
	"os"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/internal/author"
)

func main() {
	raw := flag.Bool("raw", false, "add the bytes as they are, beside any manifest that is there")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: embed [-raw] MODULE MANIFEST")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	if err := embed(flag.Arg(0), flag.Arg(1), *raw); err != nil {
		fmt.Fprintln(os.Stderr, "embed:", err)
		os.Exit(1)
	}
}

func embed(modulePath, manifestPath string, raw bool) error {
	module, err := os.ReadFile(modulePath)
	if err != nil {
		return err
	}
	manifest, err := os.ReadFile(manifestPath)
	if err != nil {
		return err
	}
	if raw {
		module = author.AppendSection(module, abi.ManifestSection, manifest)
	} else if module, err = author.EmbedManifest(module, manifest); err != nil {
		return fmt.Errorf("%s into %s: %w", manifestPath, modulePath, err)
	}
	return author.WriteModule(modulePath, module, 0o644)
}
