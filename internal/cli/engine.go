package cli

import (
	"runtime"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/engine"
)

// Engine is an engine that a program offers.
type Engine struct {
	// Name is what --engine calls it.
	Name string
	// Module is the path of the Go module that it comes from, whose version the command version shows. It is empty for
	// an engine that is made of others.
	Module string
	// New makes it, with a cache of compiled code or, for nil, without. Workers is how many goroutines may compile one
	// module; with more than one a fault of the compiler may end the process, which is all right for one that does nothing else.
	New func(cache *engine.Cache, workers int) engine.Engine
	// Checks is whether it is made of others to check them against each other. The command check uses the first such
	// one, unless --engine names another.
	Checks bool
}

// engineFlag adds the flag --engine, where there is something to choose.
func (a *app) engineFlag(root *cobra.Command) {
	if len(a.Engines) < 2 {
		return
	}
	var names []string
	for _, e := range a.Engines {
		names = append(names, e.Name)
	}
	usage := "run modules on ENGINE: " + strings.Join(names, ", ") + " (default $SOLTIWASM_ENGINE, else " + names[0] + ")"
	root.PersistentFlags().Var(&value{flag: "engine", set: oneOf(&a.flags.engine, names...), kind: "ENGINE"}, "engine", usage)
	must(root.RegisterFlagCompletionFunc("engine", cobra.FixedCompletions(names, cobra.ShellCompDirectiveNoFileComp)))
}

// engine is the one that --engine names, or else the first.
func (a *app) engine() Engine {
	at := slices.IndexFunc(a.Engines, func(e Engine) bool { return e.Name == a.flags.engine })
	return a.Engines[max(at, 0)]
}

// newEngine makes the engine that was chosen. With a cache it has large modules compiled in processes of their own, unless
// there is but one processor for them and this one.
func (a *app) newEngine(cache *engine.Cache) engine.Engine {
	e := a.engine().New(cache, 1)
	if cache == nil || runtime.GOMAXPROCS(0) == 1 {
		return e
	}
	return outside{e, a.compiler(cache)}
}

// preferChecking has the program use an engine that checks others, if it has one and --engine names none.
func (a *app) preferChecking() {
	at := slices.IndexFunc(a.Engines, func(e Engine) bool { return e.Checks })
	if a.flags.engine == "" && at >= 0 {
		a.flags.engine = a.Engines[at].Name
	}
}

// compiler compiles for the engine that was chosen, in processes of this program's own.
func (a *app) compiler(cache *engine.Cache) *compiler {
	c := &compiler{executable: a.Executable, cache: cache.Dir()}
	if len(a.Engines) > 1 {
		c.engine = a.engine().Name
	}
	return c
}
