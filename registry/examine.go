package registry

import (
	"errors"
	"fmt"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/sandbox"
)

// Examined is what can be said of a module without running it.
type Examined struct {
	Module   *sandbox.Module // its structure; nil when it has none
	Manifest abi.Manifest    // empty when it has none
	HasRun   bool            // whether it exports run
}

// Examine reads a module's structure, checks its exports and imports against the ABI, and reads its manifest. The
// rejection names every fault of the first kind found; what was read before it is returned beside it.
func Examine(wasm []byte, limits abi.Limits) (Examined, *Rejection) {
	m, err := sandbox.Inspect(wasm, sandboxLimits(limits))
	if err != nil {
		return Examined{}, refuseBytes(err, limits)
	}
	return examine(m)
}

// sandboxLimits are the sandbox's own, with those that the operator sets. A compilation can't be stopped in this
// process, so the limit load holds through the score: what would take longer is not begun.
func sandboxLimits(limits abi.Limits) sandbox.Limits {
	l := sandbox.DefaultLimits()
	l.Memory, l.Bytes = limits.Memory, limits.File
	l.Score = min(limits.Load.Milliseconds(), mostScore)
	return l
}

// mostScore is the most that a limit load can allow, in the milliseconds of a score.
const mostScore = 150_000

// examine is Examine of a module whose structure has been read.
func examine(m *sandbox.Module) (Examined, *Rejection) {
	x := Examined{Module: m}
	_, x.HasRun = m.Export(abi.ExportRun)
	for _, check := range []func(*sandbox.Module) *Rejection{checkABI, checkExports, checkImports} {
		if rejection := check(m); rejection != nil {
			return x, rejection
		}
	}
	text := manifestOf(m)
	switch sections := m.Custom(abi.ManifestSection); {
	case len(sections) == 0:
		return x, nil
	case len(sections) > 1:
		return x, refuse(CodeManifest, "%d custom sections are named %s, and there may be one", len(sections), abi.ManifestSection)
	case len(text) > abi.MaxManifest:
		return x, refuse(CodeManifest, "the manifest has %d bytes, more than the %d allowed", len(text), abi.MaxManifest)
	}
	manifest, err := ParseManifest(text)
	if err != nil {
		return x, refuse(CodeManifest, "the custom section %s: %s", abi.ManifestSection, oneLine(err.Error()))
	}
	x.Manifest = manifest
	return x, nil
}

// manifestOf is the text of a module's manifest; nil when it has none.
func manifestOf(m *sandbox.Module) []byte {
	sections := m.Custom(abi.ManifestSection)
	if len(sections) == 0 {
		return nil
	}
	return sections[0].Payload
}

// refuseBytes is the rejection of a module that the sandbox refused.
func refuseBytes(err error, limits abi.Limits) *Rejection {
	code, words := CodeMalformed, hostfuncs.Escape(err.Error())
	se, ok := errors.AsType[*sandbox.Error](err)
	switch {
	case ok && se.Code == "limit_memory":
		words += fmt.Sprintf("; raise it above %s with --limit memory=…, or limits.memory in the sidecar", LimitText(limits, "memory"))
		code = CodeLimit
	case ok && se.Code == "limit_score":
		words += fmt.Sprintf("; that is the limit load of %s in milliseconds, raise it with --limit load=…, or limits.load in the sidecar",
			LimitText(limits, "load"))
		code = CodeLimit
	case ok && se.Class == sandbox.Limit:
		code = CodeLimit
	}
	return refuse(code, "%s", words)
}

// checkABI says whether the module claims to be a runner of this version.
func checkABI(m *sandbox.Module) *Rejection {
	if _, ok := m.Export(abi.ExportStart); ok {
		return refuse(CodeExport, "the module exports %s, so it is a command and no runner; build a reactor: "+
			"-buildmode=c-shared with Go, -mexec-model=reactor with clang and wasi-libc, --no-entry with wasm-ld", abi.ExportStart)
	}
	if _, ok := m.Export(abi.Version); ok {
		return nil
	}
	for _, e := range m.Exports {
		if strings.HasPrefix(e.Name, "solti_abi_v") {
			return refuse(CodeABI, "the module speaks %s, and this host speaks %s", show(e.Name), abi.Version)
		}
	}
	return refuse(CodeABI, "the module has no export %s, the mark of a runner", abi.Version)
}

// checkExports compares the exports with the ABI's table.
func checkExports(m *sandbox.Module) *Rejection {
	var faults []string
	if e, ok := m.Export(abi.ExportMemory); !ok {
		faults = append(faults, "expected the memory to be exported as memory, found no such export")
	} else if e.Kind != sandbox.KindMemory {
		faults = append(faults, fmt.Sprintf("expected the export memory to be a memory, found a %s", e.Kind))
	}
	for _, want := range abi.Exports() {
		switch e, ok := m.Export(want.Name); {
		case !ok && want.Required:
			faults = append(faults, fmt.Sprintf("expected the export %s of type %s, found none", want.Name, want.Type))
		case !ok:
		case e.Kind != sandbox.KindFunc:
			faults = append(faults, fmt.Sprintf("expected the export %s to be a function of type %s, found a %s", want.Name, want.Type, e.Kind))
		case e.Type != want.Type:
			faults = append(faults, fmt.Sprintf("expected the export %s to have type %s, found %s", want.Name, want.Type, e.Type))
		}
	}
	return refuseAll(CodeExport, faults)
}

// checkImports compares the imports with what the host lends.
func checkImports(m *sandbox.Module) *Rejection {
	types := map[[2]string]string{}
	for _, f := range append(abi.Imports(), abi.WASI()...) {
		types[[2]string{f.Module, f.Name}] = f.Type
	}
	var faults []string
	for _, i := range m.Imports {
		name := show(i.Module) + "." + show(i.Name)
		want, known := types[[2]string{i.Module, i.Name}]
		switch {
		case i.Module != abi.ModuleSolti && i.Module != abi.ModuleWASI:
			faults = append(faults, fmt.Sprintf("imports %s; expected imports from %s and %s only", name, abi.ModuleSolti, abi.ModuleWASI))
		case !known:
			faults = append(faults, fmt.Sprintf("imports %s, which this host does not lend", name))
		case i.Kind != sandbox.KindFunc:
			faults = append(faults, fmt.Sprintf("imports %s as a %s; expected a function of type %s", name, i.Kind, want))
		case i.Type != want:
			faults = append(faults, fmt.Sprintf("imports %s with type %s; expected %s", name, i.Type, want))
		}
	}
	return refuseAll(CodeImport, faults)
}

// show makes a module's own word fit for an error.
func show(word string) string {
	const most = 128
	if len(word) > most {
		word = word[:most] + "…"
	}
	return hostfuncs.Escape(word)
}

// mostFaults bounds how many faults of one module are told.
const mostFaults = 8

func refuseAll(code Code, faults []string) *Rejection {
	if len(faults) == 0 {
		return nil
	}
	if more := len(faults) - mostFaults; more > 0 {
		faults = append(faults[:mostFaults], fmt.Sprintf("and %d more", more))
	}
	return refuse(code, "%s", strings.Join(faults, "; "))
}

// CheckName holds a runner's name to the rule of the ABI's section 2.
func CheckName(name string) error {
	valid := func(c byte) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
	}
	switch {
	case name == "":
		return errors.New("expected a reply with the runner's name, found none")
	case len(name) > abi.MaxName:
		return fmt.Errorf("expected at most %d bytes, found %d", abi.MaxName, len(name))
	case !valid(name[0]) || !valid(name[len(name)-1]):
		return fmt.Errorf("expected a letter or digit first and last, found %s", show(name))
	}
	for i := range len(name) {
		if c := name[i]; !valid(c) && c != '.' && c != '_' && c != '-' {
			return fmt.Errorf("expected only letters, digits and ._- but found %s", show(name))
		}
	}
	return nil
}
