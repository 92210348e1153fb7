package cli

import (
	"crypto/rand"
	"errors"
	"log/slog"
	"time"

	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/registry"
)

// withWorkshop calls do with what trying modules needs. What the modules log is shown at the level debug alone: they are
// called hundreds of times.
func (a *app) withWorkshop(do func(w author.Workshop) error) (err error) {
	w := author.Workshop{
		Limits: registry.WithDefaultLimits(a.flags.limits), Logger: slog.New(slog.DiscardHandler), Now: time.Now, Rand: rand.Reader,
	}
	if a.flags.logLevel <= slog.LevelDebug {
		w.Logger = a.logger()
	}
	cache := a.openModuleCache()
	if cache != nil {
		defer func() { err = errors.Join(err, cache.Close()) }()
		w.Compiler = &compiler{executable: a.Executable, cache: cache.Dir()}
	}
	w.Engine = a.Engine(cache)
	err = do(w)
	if cache != nil {
		a.tend(cache)
	}
	return err
}
