package registry

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/task"
)

// Runner is a loaded module, or one that its sidecar disables, of which nothing ever runs. Its methods that ask the
// guest are safe for concurrent use while the snapshot that it came from is held.
type Runner struct {
	name     string
	module   string // the file's base name
	path     string
	digest   string
	identity string // of module and sidecar together: what makes a file the same as before
	manifest abi.Manifest
	sidecar  *Sidecar
	labels   task.Labels
	limits   abi.Limits
	hasRun   bool

	score  int64  // milliseconds that compiling it may take
	memory int64  // bytes that its linear memory can reach
	stamp  string // of the file; see stampOf
	wasm   string // the metered module, if the ledger knew it

	registry *Registry
	live     atomic.Pointer[live] // nil until it is first needed, if the module was known
	waking   chan struct{}        // holds one token while somebody brings it
	health   health
	holders  atomic.Int64 // the snapshots that it is in
}

// Name is the runner's name, or the file's base name for one that was never asked.
func (r *Runner) Name() string { return r.name }

// Kinds are the kinds that it is asked about; nil means any.
func (r *Runner) Kinds() []string { return r.manifest.Kinds }

// Labels are the manifest's, with the sidecar's set over them.
func (r *Runner) Labels() task.Labels { return r.labels }

// Module is the file's base name.
func (r *Runner) Module() string { return r.module }

// Digest is that of the module's bytes, "sha256:…".
func (r *Runner) Digest() string { return r.digest }

// Manifest is the module's word about itself.
func (r *Runner) Manifest() abi.Manifest { return r.manifest }

// Order is the sidecar's; lower is asked first.
func (r *Runner) Order() int { return r.sidecar.Order }

// Disabled says whether the sidecar keeps it from being asked.
func (r *Runner) Disabled() bool { return r.sidecar.Disabled }

// FailOnFault says whether a fault in supports ends routing.
func (r *Runner) FailOnFault() bool { return r.sidecar.FailOnFault }

// ProcessLimits bound the processes of its process actions.
func (r *Runner) ProcessLimits() ProcessLimits { return r.sidecar.Process }

// Limits are the host's, with the sidecar's set over them.
func (r *Runner) Limits() abi.Limits { return r.limits }

// Mounts are the directories that its wasm actions see.
func (r *Runner) Mounts() []Mount { return r.sidecar.Grants.FS }

// Quarantined says why the runner is not asked for the time being, after faults in a row; empty when it may be.
func (r *Runner) Quarantined() string { return r.health.quarantined(r.registry.config.Now) }

// sidecarPath is where the operator's settings for the runner are, or would be.
func (r *Runner) sidecarPath() string {
	return filepath.Join(filepath.Dir(r.path), strings.TrimSuffix(r.module, moduleExt)+sidecarExt)
}

// retain makes the runner part of one more snapshot.
func (r *Runner) retain() *Runner {
	r.holders.Add(1)
	return r
}

// release ends the runner with the last snapshot that it is in.
func (r *Runner) release(ctx context.Context) error {
	if r.holders.Add(-1) > 0 {
		return nil
	}
	return r.close(ctx)
}

func (r *Runner) close(ctx context.Context) error {
	l := r.live.Load()
	if l == nil {
		return nil
	}
	if err := l.close(ctx); err != nil {
		return fmt.Errorf("%s: %w", r.path, err)
	}
	return nil
}
