package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/registry"
)

func (a *app) manifestCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "manifest show|embed",
		Short: "Show a module's manifest, or put one in",
		Long: `A manifest is what a module says about itself: its version, the kinds that it takes, and what it asks the operator
for. It is JSON in the custom section solti.runner. soltiwasm schema manifest prints its schema.`,
		Args: a.noSuchCommand,
		RunE: func(*cobra.Command, []string) error { return usagef("expected show or embed") },

		SuggestionsMinimumDistance: 2,
	}
	cmd.AddCommand(a.manifestShowCommand(), a.manifestEmbedCommand())
	return cmd
}

func (a *app) manifestShowCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "show MODULE",
		Short: "Show the manifest of a module",
		Long:  `show prints the manifest of a module. The exit code is 1 if there is none, or one that the host would refuse.`,
		Example: `  soltiwasm manifest show hello.wasm
  soltiwasm manifest show -o json hello.wasm > manifest.json`,
		Args:              oneModule,
		ValidArgsFunction: completeModules,
	}
	return a.runs(cmd, func(_ context.Context, args []string) error { return a.manifestShow(args[0]) })
}

func (a *app) manifestEmbedCommand() *cobra.Command {
	var file, output string
	cmd := &cobra.Command{
		Use:   "embed MODULE --file FILE",
		Short: "Put a manifest into a module",
		Long: `embed reads a manifest, a JSON file, by the rules of the host, and writes it into the module in place of any that is
there. Nothing else of the module changes. A manifest with faults is refused, each with its line and field, and leaves
the module as it was. The file is replaced as a whole and keeps its mode; one that can't be written to is left as it is.`,
		Example: `  soltiwasm manifest embed hello.wasm --file manifest.json
  soltiwasm manifest embed build/out.wasm --file manifest.json --output hello.wasm`,
		Args: func(cmd *cobra.Command, args []string) error {
			if err := oneModule(cmd, args); err != nil {
				return err
			}
			if file == "" {
				return fmt.Errorf("expected --file with the manifest")
			}
			return nil
		},
		ValidArgsFunction: completeModules,
	}
	define(cmd, "file", "", "read the manifest from `FILE`", setText(&file))
	define(cmd, "output", "", "write the module to `OUT` and leave MODULE as it is", setText(&output))
	must(cmd.MarkFlagFilename("file", "json"))
	must(cmd.MarkFlagFilename("output", "wasm"))
	return a.runs(cmd, func(_ context.Context, args []string) error { return a.manifestEmbed(args[0], file, output) })
}

// oneModule is for a command that takes one.
func oneModule(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("expected one MODULE, found %d", len(args))
	}
	return nil
}

func (a *app) manifestShow(path string) error {
	wasm, err := author.ReadModule(path, registry.WithDefaultLimits(a.flags.limits).File)
	if err != nil {
		return err
	}
	text, manifest, err := author.ReadManifest(wasm)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	t := &table{}
	addManifest(t, manifest)
	return a.printObject(json.RawMessage(text), t)
}

func (a *app) manifestEmbed(path, file, output string) error {
	if output == "" {
		output = path
	}
	embedded, err := author.EmbedFile(path, file, output, registry.WithDefaultLimits(a.flags.limits).File)
	if err != nil {
		return err
	}
	row := embeddedRow{Module: filepath.Base(output), Size: int64(embedded)}
	return a.printObject(row, row.table())
}

// embeddedRow is a module that a manifest was put into.
type embeddedRow struct {
	Module string `json:"module"`
	Size   int64  `json:"size"` // bytes
}

func (r embeddedRow) table() *table {
	t := &table{}
	t.add("module", r.Module)
	t.add("size", formatSize(r.Size))
	return t
}
