package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/taskfile"
)

func (a *app) schemaCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "schema spec|sidecar|manifest",
		Short: "Print the JSON Schema of a document",
		Long: `schema prints the JSON Schema (2020-12) of a task's spec, of the sidecar in which an operator sets what a module may
do, or of the manifest that a module carries. Editors complete and check files with it.`,
		Example: `  soltiwasm schema spec > spec.schema.json
  soltiwasm schema sidecar -o yaml`,
		ValidArgs: []string{"spec", "sidecar", "manifest"},
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) != 1 || cobra.OnlyValidArgs(cmd, args) != nil {
				return fmt.Errorf("expected one of spec, sidecar and manifest")
			}
			return nil
		},
	}
	return a.runs(cmd, a.schema)
}

func (a *app) schema(_ context.Context, args []string) error {
	text := map[string]func() []byte{
		"spec": taskfile.Schema, "sidecar": registry.SidecarSchema, "manifest": registry.ManifestSchema,
	}[args[0]]()
	switch a.flags.format {
	case formatJSON:
		var b bytes.Buffer
		if err := json.Compact(&b, text); err != nil {
			return err
		}
		text = append(b.Bytes(), '\n')
	case formatYAML:
		node, err := document.ParseJSON(text, document.Bounds{})
		if err != nil {
			return err
		}
		text = node.AppendYAML(nil)
	}
	_, err := a.console.stdout().Write(text)
	return err
}
