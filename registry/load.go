package registry

import (
	"context"
	"crypto/sha256"
	"errors"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/sandbox"
)

// load makes a runner of a file. Before is the runner that the same path gave last time, if it did: it is kept when
// nothing has changed, and also, beside the rejection, when the file is broken now.
func (g *Registry) load(ctx context.Context, f file, before *Runner) (*Runner, *Rejection) {
	r, data, rejection := g.read(f)
	if rejection == nil {
		if before != nil && before.identity == r.identity {
			return before.retain(), nil
		}
		if data == nil { // it is known
			return r.retain(), nil
		}
		if rejection = g.bring(ctx, r, f.ledger, data); rejection == nil {
			return r.retain(), nil
		}
		rejection.Digest = r.digest
		g.warn("closing a runner", r.close(g.base))
	}
	g.config.Metrics.RunnerError(f.name, "module_load_failed")
	if before == nil {
		return nil, rejection
	}
	// Its file is lost, so that this is the last time to bring it from there.
	if _, err := before.awake(ctx); err != nil {
		return nil, rejection
	}
	return before.retain(), rejection
}

// read reads the module and its sidecar, and holds the one to the other. Nothing of the module is looked at yet. Of a
// module that the ledger knows there is no data.
func (g *Registry) read(f file) (*Runner, []byte, *Rejection) {
	text, rejection := f.readSidecar()
	if rejection != nil {
		return nil, nil, rejection
	}
	sidecar := &g.none
	if text != nil {
		s, err := ParseSidecar(text)
		if err != nil {
			return nil, nil, refuse(CodeSidecar, "%s: %s", f.sidecar(), oneLine(g.config.Mask.Text(err.Error())))
		}
		sidecar = &s
	}
	limits, err := sidecar.limits(g.config.Limits)
	if err != nil {
		return nil, nil, refuse(CodeSidecar, "%v", err)
	}
	r := &Runner{
		registry: g, name: f.name, module: f.name, path: f.path, sidecar: sidecar, limits: limits, waking: make(chan struct{}, 1),
	}
	var data []byte
	if !f.ledger.tell(f, r, g.config.Now()) {
		if data, r.digest, r.stamp, rejection = f.readModule(limits.File, g.config.Now()); rejection != nil {
			return nil, nil, rejection
		}
	}
	if sidecar.Digest != "" && sidecar.Digest != r.digest {
		return nil, nil, &Rejection{Digest: r.digest, Code: CodeDigest, Reason: "the sidecar pins " + sidecar.Digest + ", and the file is " + r.digest}
	}
	r.identity = r.digest
	if text != nil {
		side := sha256.Sum256(text)
		r.identity += string(side[:])
	}
	return r, data, nil
}

// bring checks and meters the module and, unless it is disabled, starts it. Of a disabled one nothing is asked but its
// labels and kinds, as far as it tells them.
func (g *Registry) bring(ctx context.Context, r *Runner, l *ledger, data []byte) *Rejection {
	protected, examined, rejection := admit(data, r.limits)
	r.manifest, r.hasRun = examined.Manifest, examined.HasRun
	r.labels = r.sidecar.labels(r.manifest.Labels)
	switch {
	case r.sidecar.Disabled:
		return nil
	case rejection != nil:
		return rejection
	}
	r.score, r.memory = protected.Module.Score, protected.Memory
	if rejection = g.start(ctx, r, protected.Wasm); rejection == nil {
		g.keep(r, protected.Wasm)
		l.learn(r, protected.Wasm)
	}
	return rejection
}

// admit checks a module and meters it.
func admit(data []byte, limits abi.Limits) (*sandbox.Protected, Examined, *Rejection) {
	p, err := sandbox.Protect(data, sandboxLimits(limits))
	if err != nil {
		return nil, Examined{}, refuseBytes(err, limits)
	}
	x, rejection := examine(p.Module)
	return p, x, rejection
}

// start compiles the module, makes its first instance and has it say its name.
func (g *Registry) start(ctx context.Context, r *Runner, wasm []byte) *Rejection {
	l, rejection := g.enliven(ctx, r, wasm)
	if rejection != nil {
		return rejection
	}
	r.live.Store(l)
	// The first instance is made on its own, so that what goes wrong then is told from what goes wrong in name.
	if err := l.pool.Do(ctx, func(*instance) error { return nil }); err != nil {
		return r.refuseCall(abi.ExportInitialize, CodeStart, err)
	}
	name, err := r.askName(ctx, l)
	if err != nil {
		return r.refuseCall(abi.ExportName, CodeName, err)
	}
	if err := CheckName(name); err != nil {
		return refuse(CodeName, "name: %v", err)
	}
	r.name = name
	l.lent = g.lend(r) // anew, under its name; nobody else has the runner yet
	return nil
}

// compile compiles a metered module, within the limit load. What takes long is compiled by the Compiler first; the
// engine then finds the code in its cache.
func (g *Registry) compile(ctx context.Context, r *Runner, wasm []byte) (engine.Module, *Rejection) {
	g.compiling.Lock()
	defer g.compiling.Unlock()
	ctx, cancel := context.WithTimeout(ctx, r.limits.Load)
	defer cancel()
	var err error
	if r.score > inProcess {
		if g.config.Compiler == nil {
			return nil, refuse(CodeLimit, "compiling it is scored at %d ms, and this program compiles nothing over %d ms: "+
				"a compilation can't be stopped in process, and there is no compiler outside of it", r.score, inProcess)
		}
		err = g.config.Compiler.Compile(ctx, wasm)
	}
	var code engine.Module
	if err == nil {
		code, err = g.config.Engine.Compile(ctx, wasm)
	}
	switch {
	case err == nil:
		return code, nil
	case ctx.Err() != nil:
		return nil, refuse(CodeTimeout, "did not compile within the limit load of %s; raise it with --limit load=…, or limits.load in the sidecar",
			LimitText(r.limits, "load"))
	case errors.Is(err, ErrCompilerMemory):
		return nil, refuse(CodeLimit, "%s", hostfuncs.Escape(err.Error()))
	}
	return nil, refuse(CodeMalformed, "%s", hostfuncs.Escape(err.Error()))
}

// lend says what the guest may use.
func (g *Registry) lend(r *Runner) hostfuncs.Runner {
	c, config := &g.config, r.sidecar.Config
	if config == nil {
		config = document.NewObject()
	}
	return hostfuncs.Runner{
		Config:  document.NewIndex(config),
		Env:     hostfuncs.NewEnvironment(c.Env, r.sidecar.Grants.Env),
		Metrics: c.Guests.Emitter(r.name, r.limits.Series, declared(r.manifest)),
		Log:     hostfuncs.NewLog(c.Logger, r.name, r.limits.Log, c.Metrics, c.Now),
		Limits:  r.limits,
		Mask:    c.Mask,
		Now:     c.Now,
		Rand:    c.Rand,
	}
}

// refuseCall is the rejection of a module whose start or name went wrong.
func (r *Runner) refuseCall(export string, code Code, err error) *Rejection {
	if isTimeout(err) {
		return refuse(CodeTimeout, "%s: %s", export, r.timeoutWords(export, err))
	}
	return refuse(code, "%s", r.faultWords(export, err))
}

// declared are the metrics that a manifest declares, as the metrics room knows them.
func declared(m abi.Manifest) []metrics.Metric {
	types := metricTypes()
	list := make([]metrics.Metric, len(m.Metrics))
	for i, d := range m.Metrics {
		list[i] = metricOf(d, types[d.Type])
	}
	return list
}

// oneLine joins an error's lines, each of which is a fault, and makes what they quote fit to be shown.
func oneLine(text string) string { return hostfuncs.Escape(strings.ReplaceAll(text, "\n", "; ")) }
