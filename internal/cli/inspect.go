package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/sandbox"
)

func (a *app) inspectCommand() *cobra.Command {
	var sidecar bool
	cmd := &cobra.Command{
		Use:   "inspect MODULE",
		Short: "Show what a module is and what it asks for, without running it",
		Long: `inspect reads one module and shows its digest, size, imports, exports and manifest, what it asks the operator for,
and how its structure compares with the limits. Nothing of the module runs, and the sidecar beside it is not read.

A module that would be rejected shows the code and the reason, and as much as could be read; the exit code is 1 then. A
module that passes may still be rejected when it starts and says its name: list tells.

With --sidecar it prints a draft of the operator's settings, which pins the digest and grants what the manifest
requests. Read it before you save it beside the module: a grant is a decision.`,
		Example: `  soltiwasm inspect runners/subprocess.wasm
  soltiwasm inspect -o json runners/subprocess.wasm | jq .requests
  soltiwasm inspect --sidecar new.wasm > new.yaml`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("expected one MODULE, found %d", len(args))
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
		},
	}
	defineSwitch(cmd, "sidecar", "print a draft of the module's sidecar instead", &sidecar)
	return a.runs(cmd, func(_ context.Context, args []string) error { return a.inspect(args[0], sidecar) })
}

func (a *app) inspect(path string, sidecar bool) error {
	limits := registry.WithDefaultLimits(a.flags.limits)
	wasm, rejection, err := readModule(path, limits)
	if err != nil {
		return err
	}
	r := &moduleRow{Module: filepath.Base(path)}
	if rejection == nil {
		var x registry.Examined
		x, rejection = registry.Examine(wasm, limits)
		r.fill(wasm, x, limits)
	}
	switch {
	case rejection != nil && sidecar:
		return fmt.Errorf("%s: no sidecar helps this module: %s: %s", path, rejection.Code, rejection.Reason)
	case sidecar:
		return a.printDraft(r)
	case rejection != nil:
		r.Error = &rejectedReason{string(rejection.Code), rejection.Reason}
		a.raise(exitHost)
	}
	return a.printObject(r, r.table())
}

// readModule reads a regular file within the limit. What keeps it from being loaded as a module is a rejection; that
// there is no such file is an error.
func readModule(path string, limits abi.Limits) ([]byte, *registry.Rejection, error) {
	refuse := func(code registry.Code, format string, args ...any) *registry.Rejection {
		return &registry.Rejection{Code: code, Reason: fmt.Sprintf(format, args...)}
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, refuse(registry.CodeNotAFile, "not a regular file (%s)", info.Mode()), nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	wasm, err := io.ReadAll(io.LimitReader(f, limits.File+1))
	if err != nil {
		return nil, nil, err
	}
	if int64(len(wasm)) > limits.File {
		return nil, refuse(registry.CodeLimit, "the file has more than the %s allowed; raise it with --limit file=SIZE",
			registry.LimitText(limits, "file")), nil
	}
	return wasm, nil, nil
}

// moduleRow is what can be said of a module. Parts that could not be read are absent.
type moduleRow struct {
	Module   string          `json:"module"`
	Digest   string          `json:"digest,omitempty"`
	Size     int64           `json:"size,omitempty"` // bytes
	ABI      string          `json:"abi,omitempty"`
	Run      bool            `json:"run"` // whether it carries out tasks itself
	Manifest json.RawMessage `json:"manifest,omitempty"`
	Requests *requests       `json:"requests,omitempty"`
	Imports  []importRow     `json:"imports,omitempty"`
	Exports  []exportRow     `json:"exports,omitempty"`
	Figures  []figureRow     `json:"figures,omitempty"`
	Error    *rejectedReason `json:"error,omitempty"`

	manifest abi.Manifest
}

// requests is what a manifest asks the operator to grant.
type requests struct {
	Env     []string `json:"env"`
	Actions []string `json:"actions"`
}

type importRow struct {
	Module string       `json:"module"`
	Name   string       `json:"name"`
	Kind   sandbox.Kind `json:"kind"`
	Type   string       `json:"type"`
}

type exportRow struct {
	Name string       `json:"name"`
	Kind sandbox.Kind `json:"kind"`
	Type string       `json:"type"`
}

// figureRow is how much of one limit on structure the module uses. The one named score is the milliseconds that compiling
// it should take at most.
type figureRow struct {
	Name  string `json:"name"`
	Value int64  `json:"value"`
	Limit int64  `json:"limit"`
}

type rejectedReason struct {
	Code   string `json:"code"`
	Reason string `json:"reason"`
}

func (r *moduleRow) fill(wasm []byte, x registry.Examined, limits abi.Limits) {
	sum := sha256.Sum256(wasm)
	r.Digest, r.Size = "sha256:"+hex.EncodeToString(sum[:]), int64(len(wasm))
	m := x.Module
	if m == nil {
		return
	}
	r.Run, r.manifest = x.HasRun, x.Manifest
	if _, ok := m.Export(abi.Version); ok {
		r.ABI = abi.Version
	}
	for _, i := range m.Imports {
		r.Imports = append(r.Imports, importRow(i))
	}
	for _, e := range m.Exports {
		r.Exports = append(r.Exports, exportRow(e))
	}
	allowed := sandbox.DefaultLimits()
	allowed.Memory, allowed.Bytes, allowed.Score = limits.Memory, limits.File, limits.Load.Milliseconds()
	for _, f := range m.Figures(allowed) {
		r.Figures = append(r.Figures, figureRow(f))
	}
	if sections := m.Custom(abi.ManifestSection); len(sections) == 1 {
		node, err := document.ParseJSON(sections[0].Payload, document.Bounds{Bytes: abi.MaxManifest, Depth: abi.MaxDepth})
		if err == nil { // otherwise the rejection says what is wrong with it
			r.Manifest = node.AppendJSON(nil)
		}
	}
	r.Requests = &requests{Env: append([]string{}, x.Manifest.Env...), Actions: append([]string{}, x.Manifest.Actions...)}
}

// printDraft prints the sidecar that a module asks for.
func (a *app) printDraft(r *moduleRow) error {
	list := func(words []string) *document.Node {
		items := make([]*document.Node, len(words))
		for i, word := range words {
			items[i] = document.NewString(word)
		}
		return document.NewArray(items...)
	}
	node := document.NewObject(
		document.NewField("digest", document.NewString(r.Digest)),
		document.NewField("grants", document.NewObject(
			document.NewField("env", list(r.Requests.Env)),
			document.NewField("actions", list(r.Requests.Actions)))))
	why := "Its manifest requests the grants: strike what it should not have."
	if r.Manifest == nil {
		why = "It has no manifest that requests grants: add what it should have."
	}
	text := []byte("# What the operator lends " + r.Module + ". " + why + "\n")
	text = node.AppendYAML(text)
	if a.flags.format == formatJSON {
		text = append(node.AppendJSON(nil), '\n')
	}
	_, err := a.console.stdout().Write(text)
	return err
}
