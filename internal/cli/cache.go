package cli

import (
	"context"
	"errors"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/engine"
)

func (a *app) cacheCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cache info|prune",
		Short: "Show or prune the cache of compiled modules",
		Long: `Compiled modules are kept in soltiwasm in $XDG_CACHE_HOME, or in the system's place for a user's caches, so that
they load at once the next time. The directory must be yours alone. It is kept under 1 GiB by itself.`,
		Example: "  soltiwasm cache info\n  soltiwasm cache prune",
		Args:    a.noSuchCommand,
		RunE:    func(*cobra.Command, []string) error { return usagef("expected info or prune") },
	}
	cmd.AddCommand(a.cacheInfoCommand(), a.cachePruneCommand())
	return cmd
}

func (a *app) cacheInfoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "info",
		Short:   "Show where the cache is and what it holds",
		Example: "  soltiwasm cache info -o json",
		Args:    noArgs,
	}
	return a.runs(cmd, func(context.Context, []string) error {
		return a.withCache(func(cache *engine.Cache) error {
			info, err := cache.Info()
			if err != nil {
				return err
			}
			t := &table{}
			t.add("directory", info.Dir)
			t.add("entries", strconv.Itoa(info.Entries))
			t.add("size", formatSize(info.Bytes))
			t.add("bound", formatSize(info.Max))
			return a.printObject(cacheInfo(info), t)
		})
	})
}

func (a *app) cachePruneCommand() *cobra.Command {
	most := int64(0)
	cmd := &cobra.Command{
		Use:   "prune",
		Short: "Remove compiled modules from the cache",
		Long: `prune removes the modules that were used least recently, until those left are not over --max; without it, all of
them. Modules that are needed again are compiled again.`,
		Example: "  soltiwasm cache prune\n  soltiwasm cache prune --max 200MiB",
		Args:    noArgs,
	}
	cmd.Flags().VarP(&value{flag: "max", text: "0", set: func(text string) (err error) {
		most, err = parseSize(text)
		return err
	}}, "max", "", "keep up to `SIZE` (default 0)")
	return a.runs(cmd, func(context.Context, []string) error {
		return a.withCache(func(cache *engine.Cache) error {
			removed, freed, err := cache.Prune(most)
			t := &table{}
			t.add("directory", cache.Dir())
			t.add("removed", strconv.Itoa(removed))
			t.add("freed", formatSize(freed))
			return errors.Join(err, a.printObject(cachePruned{cache.Dir(), removed, freed}, t))
		})
	})
}

func (a *app) withCache(do func(*engine.Cache) error) error {
	cache, err := a.openCache()
	if err != nil {
		return err
	}
	return errors.Join(do(cache), cache.Close())
}

// cacheInfo is what the cache holds; sizes are bytes.
type cacheInfo struct {
	Dir     string `json:"dir"`
	Entries int    `json:"entries"`
	Bytes   int64  `json:"bytes"`
	Max     int64  `json:"max"`
}

// cachePruned is what was removed.
type cachePruned struct {
	Dir     string `json:"dir"`
	Removed int    `json:"removed"`
	Freed   int64  `json:"freed"`
}
