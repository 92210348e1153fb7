//go:build linux

// Command host opens a host over a directory of modules, with a compile cache, and prints as JSON how long that took and
// what memory it had then: host RUNNERS CACHE FIRST ALL. FIRST is a kind that one runner declares, and ALL one that all
// declare and only the last one takes.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/bench/rows"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/task"
)

func main() {
	if len(os.Args) != 5 {
		fmt.Fprintln(os.Stderr, "usage: host RUNNERS CACHE FIRST ALL")
		os.Exit(2)
	}
	loaded, err := load(context.Background(), os.Args[1], os.Args[2], os.Args[3], os.Args[4])
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(loaded)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "host:", err)
		os.Exit(1)
	}
}

func load(ctx context.Context, dir, cacheDir, first, all string) (loaded rows.Loaded, err error) {
	start := time.Now()
	cache, err := engine.OpenCache(cacheDir, 1<<30)
	if err != nil {
		return loaded, err
	}
	defer cache.Close()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{Cache: cache}, Cache: cache, Dirs: []string{dir}})
	if err != nil {
		return loaded, err
	}
	defer host.Close()
	c := host.Capabilities()
	if loaded.Modules = len(c.Runners); len(c.Rejected) > 0 {
		return loaded, fmt.Errorf("%s was rejected: %s", c.Rejected[0].Module, c.Rejected[0].Reason)
	}
	for _, step := range []struct {
		kind string
		done *int64
	}{{first, &loaded.Ready}, {all, &loaded.All}} {
		if loaded.Modules > 0 {
			spec := rows.Payload()
			spec.Kind = task.Custom{Name: step.kind, Payload: []byte(`{}`)}
			if _, err := host.Route(ctx, spec); err != nil {
				return loaded, err
			}
		}
		*step.done = time.Since(start).Nanoseconds()
	}
	loaded.RSS, err = rows.ResidentMemory()
	return loaded, err
}
