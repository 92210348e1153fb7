package cli

import (
	"crypto/rand"
	"log/slog"
	"time"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/registry"
)

// workshop is what trying modules needs. What they log is shown at the level debug alone: they are called hundreds of
// times. A nil cache keeps nothing.
func (a *app) workshop(cache *engine.Cache) author.Workshop {
	w := author.Workshop{
		Engine: a.newEngine(cache), Limits: registry.WithDefaultLimits(a.flags.limits), Env: a.flags.env, Mask: a.mask,
		Logger: slog.New(slog.DiscardHandler), Now: time.Now, Rand: rand.Reader,
	}
	if cache != nil {
		w.Compiler = a.compiler(cache)
	}
	if a.flags.logLevel <= slog.LevelDebug {
		w.Logger = a.logger()
	}
	return w
}

// withWorkshop calls do with a workshop that uses the cache.
func (a *app) withWorkshop(do func(w author.Workshop) error) error {
	return a.withModuleCache(func(cache *engine.Cache, _ bool) error { return do(a.workshop(cache)) })
}
