package author

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// GoldenExt follows a spec's whole file name in that of its golden file, which so is no spec itself.
const GoldenExt = ".golden"

// maxGolden bounds a golden file in bytes.
const maxGolden = abi.MaxSpecFile

// Golden holds a module to golden files, which say what is expected to come of specs: the decision, the task, what the
// runner logs and measures, and what its run prints and ends with. The module is loaded with the sidecar beside it and
// called by way of the registry. Engine, Limits, which are complete, Now and MaskTask are required.
type Golden struct {
	Engine   engine.Engine
	Limits   abi.Limits
	Compiler registry.Compiler // compiles what takes too long for this process; nil refuses it
	Env      task.Env
	Mask     *task.Mask // hides values of Env in texts
	Now      func() time.Time
	// MaskTask hides them in a task.
	MaskTask func(*document.Node) *document.Node

	NoRun  bool // leaves out the run: nothing is called but supports and build
	Update bool // writes the golden files anew where something else came of a spec
}

// GoldenStatus is what became of one spec file or golden file.
type GoldenStatus string

// The statuses.
const (
	GoldenPass    GoldenStatus = "pass"
	GoldenDiffers GoldenStatus = "differs"
	GoldenMissing GoldenStatus = "missing" // there is no golden file
	GoldenInvalid GoldenStatus = "invalid" // the spec can't be read
	GoldenStale   GoldenStatus = "stale"   // the golden file has no spec
	GoldenWritten GoldenStatus = "written" // by Update
	// GoldenUnusable is a golden file that can't be read or written, or that what came would not fit into.
	GoldenUnusable GoldenStatus = "unusable"
)

// GoldenResult is what became of one spec file, or of a golden file without one.
type GoldenResult struct {
	Source string // the spec file, or the golden file of GoldenStale
	Status GoldenStatus
	Diff   string // of GoldenDiffers and GoldenMissing: a unified diff from what was expected to what came
	Err    error  // of GoldenInvalid and GoldenUnusable
}

// OK says whether the result is as it should be.
func (r GoldenResult) OK() bool { return r.Status == GoldenPass || r.Status == GoldenWritten }

// Test tries every spec file of dir, by name: its *.yaml, *.yml and *.json but those that begin with a dot. The error is a *[registry.Rejection] when the
// module can't be loaded; or it is about files, or ctx's own.
func (g Golden) Test(ctx context.Context, module, dir string) (results []GoldenResult, err error) {
	specs, goldens, err := goldenFiles(dir)
	if err != nil {
		return nil, err
	}
	if len(specs) == 0 {
		return nil, fmt.Errorf("%s holds no *.yaml, *.yml or *.json file that could be a spec", dir)
	}
	t, err := g.open(ctx, module)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, t.close()) }()
	for _, spec := range specs {
		r, err := g.testFile(ctx, t, spec)
		if err != nil {
			return results, err
		}
		results = append(results, r)
		goldens = slices.DeleteFunc(goldens, func(name string) bool { return name == spec+GoldenExt })
	}
	for _, stale := range goldens {
		results = append(results, GoldenResult{Source: stale, Status: GoldenStale})
	}
	return results, nil
}

// goldenFiles are the paths of the specs and golden files in dir, sorted. What begins with a dot is an editor's.
func goldenFiles(dir string) (specs, goldens []string, err error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		path := filepath.Join(dir, e.Name())
		switch filepath.Ext(path) {
		case ".yaml", ".yml", ".json":
			specs = append(specs, path)
		case GoldenExt:
			goldens = append(goldens, path)
		}
	}
	return specs, goldens, nil
}

// testFile tries all documents of a spec file. Their golden file has as many.
func (g Golden) testFile(ctx context.Context, t *goldenTrial, spec string) (GoldenResult, error) {
	r := GoldenResult{Source: spec}
	if info, err := os.Stat(spec); err == nil && info.IsDir() {
		r.Status, r.Err = GoldenInvalid, fmt.Errorf("%s: %w, found a directory", spec, errNotRegular)
		return r, nil
	}
	var came []*document.Node
	size := 0
	for _, item := range taskfile.Read([]string{spec}, nil) {
		if item.Err != nil {
			r.Status, r.Err = GoldenInvalid, item.Err
			return r, nil
		}
		n, err := t.outcome(ctx, item.Spec)
		if err != nil {
			return r, fmt.Errorf("%s: %w", item.Source, err)
		}
		came = append(came, n)
		if size += len(n.AppendYAML(nil)); size > maxGolden {
			r.Status, r.Err = GoldenUnusable, fmt.Errorf("%s: what came of it has more than the %d bytes of a golden file", item.Source, maxGolden)
			return r, nil
		}
	}
	g.compare(&r, came)
	return r, nil
}

// compare compares the golden file of a spec with what came of it, or writes it.
func (g Golden) compare(r *GoldenResult, came []*document.Node) {
	path := r.Source + GoldenExt
	text, err := readFile(path, maxGolden)
	_, large := errors.AsType[*sizeError](err)
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing && !(large && g.Update) {
		r.Status, r.Err = GoldenUnusable, fmt.Errorf("%s: %w", path, cause(err))
		return
	}
	expected, readable := readGolden(text)
	switch {
	case err == nil && readable && slices.EqualFunc(expected, came, sameDocument):
		r.Status = GoldenPass
		return
	case g.Update:
		r.Status = GoldenWritten
		if err := os.WriteFile(path, renderGolden(came), 0o666); err != nil {
			r.Status, r.Err = GoldenUnusable, fmt.Errorf("%s: %w", path, cause(err))
		}
		return
	}
	r.Status = GoldenDiffers
	if missing {
		r.Status = GoldenMissing
	}
	if readable {
		text = renderGolden(expected)
	}
	r.Diff = unifiedDiff(filepath.Base(path), "what came of it", string(text), string(renderGolden(came)))
}

// readGolden reads the documents of a golden file, and says whether it could.
func readGolden(text []byte) (docs []*document.Node, ok bool) {
	parts, err := document.ParseYAML(text, document.Bounds{Bytes: 2 * maxGolden, Stream: maxGolden})
	for _, p := range parts {
		err = errors.Join(err, p.Err)
		docs = append(docs, p.Root)
	}
	return docs, err == nil
}

// sameDocument says whether two documents have the same values, whatever the order of their fields.
func sameDocument(a, b *document.Node) bool { return bytes.Equal(a.AppendJSON(nil), b.AppendJSON(nil)) }

// renderGolden is the text of a golden file.
func renderGolden(docs []*document.Node) []byte {
	var text []byte
	for i, d := range docs {
		if i > 0 {
			text = append(text, "---\n"...)
		}
		text = d.AppendYAML(text)
	}
	return text
}

// sidecarOf is the path of the sidecar of a module.
func sidecarOf(module string) string {
	return strings.TrimSuffix(module, filepath.Ext(module)) + ".yaml"
}
