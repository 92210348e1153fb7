package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/exposition"
)

// defaultRunners is the directory of modules where nobody names one.
const defaultRunners = "runners"

// withHost calls do with a host of the common flags and of config, which holds what is the command's own, and afterwards
// writes the metrics file, whatever came of do. The host is nil when it isn't needed, as where no document can be routed.
func (a *app) withHost(ctx context.Context, config soltiwasm.Config, needed bool, do func(host *soltiwasm.Host) error) error {
	file := a.flags.metricsFile
	if file == "" {
		config.Metrics = metrics.NoOp{}
		return a.hosted(ctx, config, needed, do)
	}
	backend, err := exposition.New(exposition.Options{Build: a.buildLabels()})
	if err != nil {
		return err
	}
	config.Metrics = backend
	return errors.Join(a.hosted(ctx, config, needed, do), backend.WriteFile(file))
}

func (a *app) hosted(ctx context.Context, config soltiwasm.Config, needed bool, do func(host *soltiwasm.Host) error) error {
	if !needed {
		return do(nil)
	}
	return a.withModuleCache(func(cache *engine.Cache, lasting bool) (err error) {
		if cache != nil {
			config.Compiler = a.compiler(cache)
		}
		if lasting {
			config.Cache = cache
		}
		config.Engine = a.newEngine(cache)
		host, err := a.openHost(ctx, config)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, host.Close()) }()
		return do(host)
	})
}

// openHost loads the modules of the directories in config, which are arguments of the command then, or of the flags.
func (a *app) openHost(ctx context.Context, config soltiwasm.Config) (*soltiwasm.Host, error) {
	flagged := len(config.Dirs) == 0
	if flagged {
		config.Dirs = a.flags.runners
		if len(config.Dirs) == 0 {
			config.Dirs = []string{defaultRunners}
		}
	}
	config.Env, config.ShowEnv, config.Limits = a.flags.env, a.flags.showEnv, a.flags.limits
	if config.Logger == nil {
		config.Logger = a.logger()
	}
	dirs := strings.Join(config.Dirs, ", ")
	loading := a.console.begin("loading the modules of " + dirs)
	host, err := soltiwasm.New(ctx, config)
	loading.end()
	if flagged && errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%w: make it, or name another with --runners or SOLTIWASM_RUNNERS", err)
	}
	if err != nil {
		return nil, err
	}
	if c := host.Capabilities(); len(c.Runners)+len(c.Rejected) == 0 {
		advice := ""
		if flagged {
			advice = ", or name another directory with --runners or SOLTIWASM_RUNNERS"
		}
		a.console.say("there is no module in %s: put files named *.wasm there%s", dirs, advice)
	}
	return host, nil
}

// noteRejected points to rejected modules when one of them may be what some document lacked.
func (a *app) noteRejected(host *soltiwasm.Host) {
	if a.code != exitNoRunner || host == nil {
		return
	}
	if n := len(host.Capabilities().Rejected); n > 0 {
		a.console.say("rejected and not asked: %s: soltiwasm list says why", modules(n))
	}
}
