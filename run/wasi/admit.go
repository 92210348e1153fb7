package wasi

import (
	"errors"
	"fmt"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/sandbox"
)

const (
	inProcess = 15_000  // the score above which a module is left to the Compiler, in milliseconds
	mostScore = 150_000 // the most that a limit load can allow
)

// admit checks a module and meters it.
func admit(wasm []byte, limits abi.Limits) (*sandbox.Protected, error) {
	l := sandbox.DefaultLimits()
	l.Memory, l.Bytes = limits.Memory, limits.File
	l.Score = min(limits.Load.Milliseconds(), mostScore)
	p, err := sandbox.Protect(wasm, l)
	if err != nil {
		return nil, withHint(err)
	}
	if err := checkExports(p.Module); err != nil {
		return nil, err
	}
	return p, checkImports(p.Module)
}

// withHint says how to raise the limit that a module is over, if it is one of the operator's.
func withHint(err error) error {
	e, ok := errors.AsType[*sandbox.Error](err)
	if !ok {
		return err
	}
	switch e.Code {
	case "limit_memory":
		return fmt.Errorf("%w; raise it with --limit memory=SIZE, or limits.memory in the runner's sidecar", err)
	case "limit_score":
		return fmt.Errorf("%w; that is the limit load in milliseconds, raise it with --limit load=TIME, or limits.load in the "+
			"runner's sidecar", err)
	}
	return err
}

// checkExports says whether the module is a command.
func checkExports(m *sandbox.Module) error {
	start, ok := m.Export(abi.ExportStart)
	if !ok {
		instead := ""
		if _, is := m.Export(abi.Version); is {
			instead = "; it is a runner, which belongs into a runners directory"
		} else if _, is := m.Export(abi.ExportInitialize); is {
			instead = "; it is a reactor, so build it as a command, which is what compilers do unless they are told otherwise"
		}
		return fmt.Errorf("expected a command, which exports %s, found no such export%s", abi.ExportStart, instead)
	}
	const startType = "() -> ()"
	if start.Kind != sandbox.KindFunc || start.Type != startType {
		return fmt.Errorf("expected the export %s to be a function of type %s, found a %s of type %s",
			abi.ExportStart, startType, start.Kind, start.Type)
	}
	memory, ok := m.Export(abi.ExportMemory)
	if !ok || memory.Kind != sandbox.KindMemory {
		return fmt.Errorf("expected the memory to be exported as %s, found no such export", abi.ExportMemory)
	}
	return nil
}

// checkImports says whether the module imports WASI alone, and rightly. It tells of the first fault.
func checkImports(m *sandbox.Module) error {
	types := map[string]string{}
	for _, f := range abi.WASI() {
		types[f.Name] = f.Type
	}
	for _, i := range m.Imports {
		name := shown(i.Module + "." + i.Name)
		want, known := types[i.Name]
		switch {
		case i.Module == abi.ModuleSolti:
			return fmt.Errorf("it imports %s, which only runners may", name)
		case strings.HasPrefix(i.Module, "wasi") && i.Module != abi.ModuleWASI:
			return fmt.Errorf("it imports %s; expected the version of WASI that is called %s", name, abi.ModuleWASI)
		case i.Module != abi.ModuleWASI || !known:
			return fmt.Errorf("it imports %s; expected imports of the functions of %s only", name, abi.ModuleWASI)
		case i.Kind != sandbox.KindFunc || i.Type != want:
			return fmt.Errorf("it imports %s as a %s of type %s; expected a function of type %s", name, i.Kind, i.Type, want)
		}
	}
	return nil
}
