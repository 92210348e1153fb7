package wazero

import (
	"fmt"
	goruntime "runtime"
	"runtime/debug"
)

const wazeroPath = "github.com/tetratelabs/wazero"

// versions is what decides whether wazero can be trusted here.
type versions struct {
	wazero string // as in go.mod, such as "v1.12.0"; empty when the program doesn't carry it
	fork   string // the module that go.mod puts in wazero's place, if it does
	golang string // as runtime.Version has it, such as "go1.26.8"
	goarch string
}

// runningVersions reads the versions that this program was built with. Test binaries carry no list of their modules.
func runningVersions() versions {
	v := versions{golang: goruntime.Version(), goarch: goruntime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return v
	}
	for _, dep := range info.Deps {
		if dep.Path != wazeroPath {
			continue
		}
		if dep.Replace != nil {
			dep = dep.Replace // a local directory has no version
			v.fork = dep.Path
		}
		v.wazero = dep.Version
	}
	return v
}

// check refuses pairs of versions whose compiled code is known to be wrong. Go 1.24 changed its memmove on amd64 to use a
// register that wazero before 1.9.0, which calls memmove for memory.copy, kept values in (wazero's issue 2375). A version of
// wazero that can't be read passes; one of Go that can't is taken for a new one.
func (v versions) check() error {
	var major, minor int
	if v.goarch != "amd64" || !parse(v.wazero, "v%d.%d", &major, &minor) || major > 1 || major == 1 && minor >= 9 {
		return nil
	}
	if parse(v.golang, "go%d.%d", &major, &minor) && major == 1 && minor < 24 {
		return nil
	}
	return fmt.Errorf("wazero %s corrupts guests when it is built with %s for amd64: require %s v1.9.0 or newer",
		v.wazero, v.golang, wazeroPath)
}

func parse(version, format string, major, minor *int) bool {
	n, _ := fmt.Sscanf(version, format, major, minor)
	return n == 2
}
