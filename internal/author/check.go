package author

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/taskfile"
)

// maxTrial bounds the trial of one module, its compilation apart; maxVarying is how much of that may go into difficult
// specs.
const (
	maxTrial   = 2 * time.Minute
	maxVarying = 30 * time.Second
)

// errTrialOver is the cause of a trial's end that took too long.
var errTrialOver = errors.New("the module took too long")

// Check holds a module to docs/abi.md. It reads it, runs it in the sandbox with specs that it makes up, or that the
// author gave, and tells every clause that the module breaks. Given specs are valid ones. The sidecar beside the module,
// if there is one, gives its configuration and limits.
//
// Whatever the module is or does, it is the report that tells, and Check ends within minutes. The error is the end of
// ctx, or what kept the host from trying anything.
func (w Workshop) Check(ctx context.Context, path string, given []taskfile.Item) (Report, error) {
	c := &check{workshop: w, given: given, findings: findings{mask: w.Mask}}
	err := c.file(ctx, path)
	return c.findings.report(filepath.Base(path)), err
}

// check is one module that is being checked.
type check struct {
	workshop     Workshop
	given        []taskfile.Item
	findings     findings
	manifest     abi.Manifest
	hasManifest  bool // without one, its absence is all that is told of it
	hasRun       bool
	trial        *trial
	kinds        []string // those that were tried
	tried        []*tried
	triedWithEnv []*tried // with variables that were made up and that later calls lack
	used         used
	longRun      bool // whether a run was left because its time was over: one such is enough
	endless      bool // whether a call was ended because it took too long
}

// file reads the module, and tries it if it is one.
func (c *check) file(ctx context.Context, path string) error {
	sidecar, sideErr := readSidecar(path)
	limits, err := limitsWith(c.workshop.Limits, sidecar)
	if err != nil {
		return err
	}
	wasm, err := readFile(path, limits.File)
	switch _, tooBig := errors.AsType[*sizeError](err); {
	case errors.Is(err, errNotRegular):
		c.findings.each(codeNotRegular, "%v", err)
	case tooBig:
		c.findings.each(codeFile, "%v, the limit file", err)
	case err != nil:
		c.findings.each(codeNoFile, "the file can't be read: %v", cause(err))
	}
	if err != nil {
		return nil
	}
	m, manifest := examineModule(&c.findings, wasm, limits)
	broken := c.findings.hasError()
	if sideErr != nil {
		c.findings.each(codeSidecar, "%v", sideErr)
	}
	if sum := sha256.Sum256(wasm); sidecar.Digest != "" && sidecar.Digest != fmt.Sprintf("sha256:%x", sum) {
		c.findings.each(codeDigest, "the sidecar pins %s, and the file is sha256:%x", sidecar.Digest, sum)
	}
	if broken {
		return nil
	}
	c.manifest, c.hasManifest = manifest, len(m.Custom(abi.ManifestSection)) > 0
	_, c.hasRun = m.Export(abi.ExportRun)
	return c.try(ctx, path, wasm, sidecar)
}

// try loads the module and asks it.
func (c *check) try(ctx context.Context, path string, wasm []byte, sidecar registry.Sidecar) (err error) {
	if c.trial, err = c.workshop.open(ctx, path, wasm, sidecar); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, c.trial.close(context.WithoutCancel(ctx))) }()
	timed, cancel := context.WithTimeoutCause(ctx, maxTrial+c.trial.limits.Load, errTrialOver)
	defer cancel()
	snapshot, rejection, err := c.trial.load(timed)
	if err == nil && rejection != nil {
		c.rejected(rejection)
		return nil
	}
	if err == nil {
		for _, seen := range c.trial.probe.take() {
			c.measure(seen)
		}
		err = errors.Join(c.behaviour(timed, snapshot.Runners[0]), snapshot.Close(context.WithoutCancel(ctx)))
	}
	if errors.Is(err, errTrialOver) && ctx.Err() == nil {
		c.findings.each(codeCutShort, "the module was not tried to the end, since that took longer than %s", maxTrial)
		return nil
	}
	return err
}

// rejected notes why the registry didn't load a module whose structure is in order.
func (c *check) rejected(r *registry.Rejection) {
	calls := c.trial.probe.take()
	if n := len(calls); n > 0 && calls[n-1].err != nil {
		c.fault(calls[n-1], "", false)
		return
	}
	code := codeMalformed
	switch r.Code {
	case registry.CodeName:
		code = codeName
	case registry.CodeLimit, registry.CodeTimeout:
		code = codeLoad
	}
	c.findings.each(code, "%s", r.Reason)
}

// behaviour looks at what the runner answers.
func (c *check) behaviour(ctx context.Context, r *registry.Runner) error {
	for _, look := range []func(context.Context, *registry.Runner) error{
		c.ordinary, c.environment, c.declared, c.runs, c.uses, c.difficult, c.pure, c.endures, c.name,
	} {
		if err := look(ctx, r); err != nil {
			return err
		}
	}
	return nil
}

// measure holds an ordinary call to the limits that it should leave something of.
func (c *check) measure(seen *call) {
	if seen.err != nil || seen.export == abi.ExportRun {
		return
	}
	l := c.trial.limits
	_, name, most := c.timeLimit(seen.export)
	examineRoom(&c.findings, seen.export, fmt.Sprintf("%s used fuel, of which the limit %s is worth that much on a slow machine:", seen.export, name),
		seen.fuel, most)
	examineRoom(&c.findings, "memory", seen.export+" left a memory of bytes", int64(seen.memory), memoryRoom(l))
	examineRoom(&c.findings, seen.export+" reply", seen.export+" replied bytes", seen.reply, l.Reply)
	if n := seen.host[abi.ModuleSolti+".log"]; n > l.Log {
		c.findings.add(codeLogFlood, seen.export, "%s made %d log records; %d a second are let through", seen.export, n, l.Log)
	}
}
