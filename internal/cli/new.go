package cli

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/internal/author"
)

func (a *app) newCommand() *cobra.Command {
	var n author.NewRunner
	languages := author.Languages()
	cmd := &cobra.Command{
		Use:   "new NAME --lang " + strings.Join(languages, "|"),
		Short: "Make the folder of a new runner, ready to be built",
		Long: `new makes a folder with a runner that works: its source, the SDK that it is built with, a manifest, a sidecar, specs with
what is expected of them, and a Makefile that builds, checks and tries it. Nothing in it needs the network but the
compiler of AssemblyScript, which npm gets.

A folder that is there already is left alone, unless it is empty.`,
		Example: `  soltiwasm new greeter --lang go
  soltiwasm new probe --lang c --kind example.com --dir runners/probe`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("expected one NAME, found %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	define(cmd, "lang", "", "write it in `"+strings.Join(languages, "|")+"`", oneOf(&n.Language, languages...))
	define(cmd, "kind", "", "take the custom kind `KIND` (default the name, in lower case and with hyphens)", setText(&n.Kind))
	define(cmd, "dir", "", "make the folder `DIR` (default ./NAME)", setText(&n.Dir))
	must(cmd.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions(languages, cobra.ShellCompDirectiveNoFileComp)))
	must(cmd.MarkFlagDirname("dir"))
	return a.runs(cmd, func(_ context.Context, args []string) error {
		n.Name = args[0]
		return a.newRunner(n)
	})
}

func (a *app) newRunner(n author.NewRunner) error {
	if n.Language == "" {
		return usagef("--lang is missing: expected one of %s", strings.Join(author.Languages(), ", "))
	}
	if err := n.Validate(); err != nil {
		return usageError{err}
	}
	made, err := author.New(n)
	if err != nil {
		return err
	}
	if a.flags.format == formatJSON || a.flags.format == formatYAML {
		return a.printObject(newRow{Name: n.Name, Language: n.Language, Kind: made.Kind, Dir: made.Dir, Files: made.Files}, nil)
	}
	next := made.Build
	if made.Dir != "." {
		next = "cd " + shellWord(made.Dir) + " && " + next
	}
	_, err = fmt.Fprintf(a.console.stdout(), "%s has a runner of the kind %s. Next: %s, and see its README.md.\n", made.Dir, made.Kind, next)
	return err
}

// shellWord is a path as a shell wants it, quoted where that has to be.
func shellWord(path string) string {
	if strings.HasPrefix(path, "-") {
		path = "./" + path // no flag
	}
	plain := func(r rune) bool {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || strings.ContainsRune("/._-+,:@%", r)
	}
	if strings.IndexFunc(path, func(r rune) bool { return !plain(r) }) < 0 {
		return path
	}
	return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'"
}

// newRow is the folder that was made.
type newRow struct {
	Name     string   `json:"name"`
	Language string   `json:"language"`
	Kind     string   `json:"kind"`
	Dir      string   `json:"dir"`
	Files    []string `json:"files"`
}
