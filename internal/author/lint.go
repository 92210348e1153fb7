package author

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/registry"
)

// Lint looks for what is wrong with a directory of runners as a whole, which no look at one module shows: runners that are
// never chosen, runners that get in each other's way, and grants that don't fit. Host has loaded dir, and nothing else, with
// limits, which are complete. The reports are those of the runners in routing order, of the rejected modules, and of sidecars
// without a module. The error is ctx's own.
func Lint(ctx context.Context, host *soltiwasm.Host, dir string, limits abi.Limits) ([]Report, error) {
	l := &linter{dir: dir}
	c := host.Capabilities()
	for _, r := range c.Runners {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		l.add(r, limits)
	}
	var reports []Report
	for i, r := range l.runners {
		var f lintFindings
		l.routing(&f, i)
		r.grants(&f)
		r.files(&f, l.dir)
		reports = append(reports, f.report(r.Module))
	}
	for _, r := range c.Rejected {
		var f lintFindings
		f.rejected(r)
		reports = append(reports, f.report(r.Module))
	}
	for _, path := range c.Orphans {
		var f lintFindings
		f.add(codeOrphan, "there is no %s beside it, so that nothing has these settings",
			strings.TrimSuffix(filepath.Base(path), filepath.Ext(path))+".wasm")
		reports = append(reports, f.report(filepath.Base(path)))
	}
	return reports, nil
}

// linter is a directory that is looked at.
type linter struct {
	dir     string
	runners []lintRunner // in routing order
}

// lintRunner is a runner with what its files say.
type lintRunner struct {
	soltiwasm.Capability
	manifest abi.Manifest
	sidecar  registry.Sidecar
	always   answerAlways
}

// add reads the files of a runner. They could be read a moment ago, when it was loaded; what can't be read any more says
// nothing.
func (l *linter) add(c soltiwasm.Capability, limits abi.Limits) {
	r := lintRunner{Capability: c}
	path := filepath.Join(l.dir, c.Module)
	r.sidecar, _ = readSidecar(path)
	if text, ok := r.sidecar.Limits["file"]; ok {
		_ = registry.SetLimit(&limits, "file", text) // it was checked when it was read
	}
	if wasm, err := readFile(path, limits.File); err == nil {
		x, _ := registry.Examine(wasm, limits)
		r.manifest = x.Manifest
		if x.Module != nil {
			r.always = supportsAlways(wasm, x.Module)
		}
	}
	l.runners = append(l.runners, r)
}

// routing looks at the place of a runner among those before it.
func (l *linter) routing(f *lintFindings, at int) {
	r := l.runners[at]
	switch {
	case r.Status == soltiwasm.Disabled:
		f.add(codeDisabled, "its sidecar disables it, so that it is never asked")
		return
	case r.always == answersNo:
		f.add(codeNeverTakes, "its supports answers 0 whatever the spec is, so that it is never chosen")
		return
	}
	before := slices.DeleteFunc(slices.Clone(l.runners[:at]), func(b lintRunner) bool {
		return b.Status == soltiwasm.Disabled || b.always == answersNo
	})
	takers, taken := r.takenBy(before, lintRunner.sameLabels)
	if len(taken) == len(r.asked()) {
		f.add(codeShadowed, "it is never asked: for every kind that it takes, %s comes before it, has the same labels, and answers 1 "+
			"whatever the spec is", takers)
		return
	}
	if others, all := r.takenBy(before, func(lintRunner, lintRunner) bool { return true }); len(all) == len(r.asked()) {
		f.add(codeSelectorOnly, "only a spec whose runnerSelector passes over %s gets to it: for every kind that it takes, that comes before it "+
			"and answers 1 whatever the spec is", others)
		return
	}
	if len(taken) > 0 {
		f.add(codeKindShadowed, "it is never asked about %s: %s comes before it, has the same labels, and answers 1 whatever the spec is",
			strings.Join(taken, ", "), takers)
	}
	for _, b := range before {
		if r.sameLabels(b) && (b.always != answersYes || len(taken) == 0) {
			r.overlap(f, b)
		}
	}
}

// asked are the kinds that the runner is asked about; one without a name stands for any.
func (r lintRunner) asked() []string {
	if r.Kinds == nil {
		return []string{""} // only who takes any kind takes that
	}
	return r.Kinds
}

// takenBy finds the kinds of the runner that one before it takes whatever the spec is, and who does.
func (r lintRunner) takenBy(before []lintRunner, also func(r, b lintRunner) bool) (names string, taken []string) {
	var takers []string
	for _, kind := range r.asked() {
		at := slices.IndexFunc(before, func(b lintRunner) bool {
			return b.always == answersYes && (b.Kinds == nil || slices.Contains(b.Kinds, kind)) && also(r, b)
		})
		if at < 0 {
			continue
		}
		taken = append(taken, kind)
		if name := before[at].Name; !slices.Contains(takers, name) {
			takers = append(takers, name)
		}
	}
	return strings.Join(takers, " or "), taken
}

// sameLabels says whether no selector can tell the two apart.
func (r lintRunner) sameLabels(b lintRunner) bool { return maps.Equal(r.Labels, b.Labels) }

// overlap looks at two runners that no selector tells apart, of which b comes first.
func (r lintRunner) overlap(f *lintFindings, b lintRunner) {
	covered, shared := b.Kinds == nil, r.Kinds
	if r.Kinds == nil {
		shared = b.Kinds
	}
	if b.Kinds != nil && r.Kinds != nil {
		shared = slices.DeleteFunc(slices.Clone(r.Kinds), func(kind string) bool { return !slices.Contains(b.Kinds, kind) })
		covered = len(shared) == len(r.Kinds)
	}
	kinds := "any kind"
	if len(shared) > 0 {
		kinds = strings.Join(shared, ", ")
	}
	switch {
	case covered:
		f.add(codeOverlap, "%s comes before it, takes %s as well, and has the same labels: only what the supports of %s refuses gets to this one",
			b.Name, kinds, b.Name)
	case len(shared) > 0 && r.Order == b.Order:
		f.add(codeTie, "%s takes %s as well, and has the same labels and order: it is asked first because of its file's name alone", b.Name, kinds)
	}
}

// files looks at what is beside the module.
func (r lintRunner) files(f *lintFindings, dir string) {
	if r.sidecar.Digest == "" {
		f.add(codeNoPin, "its digest is not pinned, so that other bytes in its place would be loaded; it is %s", r.Digest)
	}
	stem := strings.TrimSuffix(r.Module, filepath.Ext(r.Module))
	for _, ext := range []string{".yml", ".json"} {
		if _, err := readFile(filepath.Join(dir, stem+ext), abi.MaxSidecar); err == nil {
			f.add(codeNotRead, "%s beside it is not read", stem+ext)
		}
	}
}

// lintFindings collects what is found about one module.
type lintFindings struct{ list []Finding }

// add notes a finding.
func (f *lintFindings) add(code Code, format string, args ...any) {
	for _, c := range LintClauses() {
		if c.Code == code {
			f.list = append(f.list, Finding{Code: code, Level: c.Level, Message: hostfuncs.Escape(fmt.Sprintf(format, args...)), Fix: c.Fix})
		}
	}
}

// rejected notes why a module was not loaded.
func (f *lintFindings) rejected(r soltiwasm.Rejection) {
	code := codeRejected
	switch r.Code {
	case registry.CodeNameTaken:
		code = codeNameTaken
	case registry.CodeSidecar:
		code = codeBadSidecar
	case registry.CodeDigest:
		code = codeOtherBytes
	}
	f.add(code, "it is not loaded: %s: %s", r.Code, r.Reason)
}

// report orders the findings by level and code.
func (f *lintFindings) report(module string) Report {
	levels := []Level{LevelError, LevelWarning, LevelInfo}
	slices.SortStableFunc(f.list, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(slices.Index(levels, a.Level), slices.Index(levels, b.Level)), strings.Compare(string(a.Code), string(b.Code)))
	})
	return Report{Module: module, Findings: append([]Finding{}, f.list...)}
}
