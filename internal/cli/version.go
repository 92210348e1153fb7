package cli

import (
	"context"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/abi"
)

func (a *app) versionCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "version",
		Short:   "Print the versions of the program, its engines and the ABI",
		Example: "  soltiwasm version\n  soltiwasm version -o json",
		Args:    noArgs,
	}
	return a.runs(cmd, func(context.Context, []string) error {
		v := a.versions()
		return a.printObject(v, v.table())
	})
}

// versionRow is what the program was built from. What the build did not record is "unknown".
type versionRow struct {
	Version  string          `json:"version"`
	Commit   string          `json:"commit,omitempty"`
	Modified bool            `json:"modified,omitempty"` // built from a tree with changes that were not committed
	Go       string          `json:"go"`
	Platform string          `json:"platform"`
	ABI      string          `json:"abi"`
	Engines  []engineVersion `json:"engines"`
}

type engineVersion struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

func (a *app) versions() versionRow {
	v := versionRow{Version: "unknown", Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH, ABI: abi.Version}
	if info, ok := debug.ReadBuildInfo(); ok {
		if info.Main.Version != "" {
			v.Version = info.Main.Version
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				v.Commit = s.Value
			case "vcs.modified":
				v.Modified = s.Value == "true"
			}
		}
	}
	for _, e := range a.Engines {
		if e.Module != "" {
			v.Engines = append(v.Engines, e.version())
		}
	}
	return v
}

// version is the version of the module that the engine comes from. One that is made of others has none.
func (e Engine) version() engineVersion {
	v := engineVersion{Name: e.Name, Version: "unknown"}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, dep := range info.Deps {
			if dep.Path == e.Module {
				v.Version = dep.Version
			}
		}
	}
	return v
}

func (r versionRow) table() *table {
	commit := r.Commit
	if r.Modified {
		commit += " with changes"
	}
	t := &table{}
	t.add("soltiwasm", r.Version)
	t.add("commit", commit)
	t.add("go", r.Go+" "+r.Platform)
	t.add("abi", r.ABI)
	for _, e := range r.Engines {
		t.add("engine", e.Name+" "+e.Version)
	}
	return t
}

// buildLabels are the labels of the metric solti_build_info.
func (a *app) buildLabels() map[string]string {
	v, engine := a.versions(), a.engine().Name
	if e := a.engine(); e.Module != "" {
		engine += " " + e.version().Version
	}
	return map[string]string{"version": v.Version, "go": v.Go, "engine": engine}
}
