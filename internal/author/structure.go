package author

import (
	"errors"
	"math"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/sandbox"
)

// examineModule finds what can be told of a module without running it, all of it at once. Nothing of the module may
// run when it found an error. The module is nil when it has no structure.
func examineModule(f *findings, wasm []byte, limits abi.Limits) (*sandbox.Module, abi.Manifest) {
	m, err := sandbox.Inspect(wasm, generous())
	if err != nil {
		f.each(structureCode(err), "%v", err)
		return nil, abi.Manifest{}
	}
	examineStructure(f, wasm, m, limits)
	examineImports(f, m)
	examineExports(f, m)
	if !f.hasError() {
		examineBudget(f, wasm, limits)
	}
	return m, examineManifest(f, m)
}

// generous are limits well above those that hold, so that everything over these is found and not the first alone. What is
// over even the generous ones can't be read in bounded memory.
func generous() sandbox.Limits {
	const times = 16
	l := sandbox.DefaultLimits()
	for _, limit := range []*int64{
		&l.Customs, &l.Types, &l.Params, &l.Results, &l.Imports, &l.Funcs, &l.Tables, &l.Entries, &l.Globals, &l.Mutable, &l.Exports,
		&l.Slots, &l.Elements, &l.Data, &l.Body, &l.Locals, &l.Nesting, &l.Loops, &l.Branches, &l.Targets, &l.Merges, &l.Work, &l.Reloads,
	} {
		*limit *= times
	}
	l.Memory, l.Bytes, l.Score = math.MaxInt64, math.MaxInt64, math.MaxInt64
	return l
}

// sandboxLimits are the bounds on structure that a registry with these limits has.
func sandboxLimits(limits abi.Limits) sandbox.Limits {
	l := sandbox.DefaultLimits()
	l.Memory, l.Bytes, l.Score = limits.Memory, limits.File, limits.Load.Milliseconds()
	return l
}

// structureCode is the clause that a module breaks which can't be read.
func structureCode(err error) Code {
	refusal, ok := errors.AsType[*sandbox.Error](err)
	if !ok {
		return codeMalformed
	}
	if refusal.Class == sandbox.Limit {
		return codeStructure
	}
	switch refusal.Code {
	case sandbox.CodeMagic, sandbox.CodeVersion:
		return codeNoModule
	case sandbox.CodeComponent:
		return codeComponent
	case sandbox.CodeMemory64, sandbox.CodeThreads, sandbox.CodeMultiMemory, sandbox.CodePageSize, sandbox.CodeTailCalls,
		sandbox.CodeExceptions, sandbox.CodeGC, sandbox.CodeRelaxedSIMD, sandbox.CodeExtendedConst, sandbox.CodeStackSwitching,
		sandbox.CodeWideArithmetic:
		return codeUnsupported
	case sandbox.CodeReservedName:
		return codeReserved
	}
	return codeMalformed
}

// examineStructure compares the figures with the bounds.
func examineStructure(f *findings, wasm []byte, m *sandbox.Module, limits abi.Limits) {
	bounds := sandboxLimits(limits)
	_, err := sandbox.Inspect(wasm, bounds)
	first, _ := errors.AsType[*sandbox.Error](err) // of what is over its limit, with its place
	for _, figure := range m.Figures(bounds) {
		code, what, limit := codeStructure, "the structure", figure.Name+" of soltiwasm inspect"
		switch figure.Name {
		case "bytes":
			code, what, limit = codeFile, "the file", "file"
		case "score":
			code, what, limit = codeLoad, "compiling, by its score in milliseconds,", "load"
		}
		if figure.Value <= figure.Limit {
			examineRoom(f, figure.Name, what+" has "+figure.Name, figure.Value, figure.Limit)
			continue
		}
		where := ""
		if first != nil && code == codeStructure && string(first.Code) == "limit_"+figure.Name {
			where = ": " + first.Error()
		}
		f.each(code, "%s has %s %d, and the limit %s is %d%s", what, figure.Name, figure.Value, limit, figure.Limit, where)
	}
}

// leastLimit is the smallest limit of which a fifth is worth a word: a table more or less is not.
const leastLimit = 64

// examineRoom warns of a value near its limit.
func examineRoom(f *findings, key, what string, value, limit int64) {
	if limit >= leastLimit && value > limit/5*4 {
		f.add(codeHeadRoom, key, "%s %d of the %d that are allowed, more than four fifths", what, value, limit)
	}
}

// memoryRoom is what the limit memory leaves for a linear memory, less the stack.
func memoryRoom(limits abi.Limits) int64 {
	const share = 8
	return limits.Memory - limits.Memory/share
}

// examineBudget holds what the module begins with to the limit memory.
func examineBudget(f *findings, wasm []byte, limits abi.Limits) {
	p, err := sandbox.Protect(wasm, sandboxLimits(limits))
	if err != nil {
		code := codeMalformed
		if refusal, ok := errors.AsType[*sandbox.Error](err); ok && refusal.Class == sandbox.Limit {
			code = codeMemory
		}
		f.each(code, "%v", err)
		return
	}
	for _, memory := range p.Module.Memories {
		most := p.Memory
		if memory.HasMax { // which is the module's own affair
			most = max(most, memoryRoom(limits))
		}
		const page = 64 << 10
		examineRoom(f, "memory", "the memory begins with bytes", int64(memory.Min)*page, most)
	}
}

// examineImports compares the imports with what the host lends.
func examineImports(f *findings, m *sandbox.Module) {
	types := map[[2]string]string{}
	for _, lent := range append(abi.Imports(), abi.WASI()...) {
		types[[2]string{lent.Module, lent.Name}] = lent.Type
	}
	for _, i := range m.Imports {
		name := show(i.Module) + "." + show(i.Name)
		want, known := types[[2]string{i.Module, i.Name}]
		switch {
		case i.Kind != sandbox.KindFunc:
			f.each(codeImportKind, "imports %s as a %s; expected functions only", name, i.Kind)
		case i.Module != abi.ModuleSolti && i.Module != abi.ModuleWASI:
			f.each(codeImportModule, "imports %s; expected imports from %s and %s only", name, abi.ModuleSolti, abi.ModuleWASI)
		case !known && i.Module == abi.ModuleWASI:
			f.each(codeUnknownWASI, "imports %s, which preview 1 doesn't have", name)
		case !known:
			f.each(codeUnknownFunction, "imports %s, which the host doesn't lend", name)
		case i.Type != want:
			f.each(codeFunctionType, "imports %s with type %s; expected %s", name, i.Type, want)
		}
	}
}

// examineExports compares the exports with the ABI's table.
func examineExports(f *findings, m *sandbox.Module) {
	if _, ok := m.Export(abi.ExportStart); ok {
		f.each(codeCommand, "exports %s, so it is a command and no runner", abi.ExportStart)
	}
	switch e, ok := m.Export(abi.ExportMemory); {
	case !ok:
		f.each(codeNoMemory, "expected the memory to be exported as memory, found no such export")
	case e.Kind != sandbox.KindMemory:
		f.each(codeNoMemory, "expected the export memory to be a memory, found a %s", e.Kind)
	}
	for _, want := range abi.Exports() {
		e, ok := m.Export(want.Name)
		switch {
		case !ok && want.Name == abi.Version:
			examineVersion(f, m)
		case !ok && want.Required:
			f.each(codeExportMissing, "expected the export %s of type %s, found none%s", want.Name, want.Type, nearMiss(m, want.Name))
		case !ok:
		case e.Kind != sandbox.KindFunc:
			f.each(codeExportType, "expected the export %s to be a function of type %s, found a %s", want.Name, want.Type, e.Kind)
		case e.Type != want.Type:
			f.each(codeExportType, "expected the export %s to have type %s, found %s", want.Name, want.Type, e.Type)
		}
	}
}

// examineVersion says what a module without the mark of a runner has instead.
func examineVersion(f *findings, m *sandbox.Module) {
	for _, e := range m.Exports {
		if strings.HasPrefix(e.Name, "solti_abi_v") {
			f.each(codeVersion, "exports %s; expected %s", show(e.Name), abi.Version)
			return
		}
	}
	f.each(codeNoVersion, "expected the export %s, found none%s", abi.Version, nearMiss(m, abi.Version))
}

// nearMiss names an export that was meant to be name, if there is one: of another case, or with an underscore.
func nearMiss(m *sandbox.Module, name string) string {
	plain := func(text string) string { return strings.ToLower(strings.Trim(text, "_")) }
	for _, e := range m.Exports {
		if e.Name != name && plain(e.Name) == plain(name) {
			return "; there is one named " + show(e.Name)
		}
	}
	return ""
}

// examineManifest reads the manifest; an empty one if there is none or it is broken.
func examineManifest(f *findings, m *sandbox.Module) abi.Manifest {
	sections := m.Custom(abi.ManifestSection)
	switch {
	case len(sections) == 0:
		f.each(codeNoManifest, "expected a custom section %s, found none", abi.ManifestSection)
	case len(sections) > 1:
		f.each(codeManifest, "%d custom sections are named %s, and there may be one", len(sections), abi.ManifestSection)
	}
	var manifest abi.Manifest
	for _, section := range sections {
		read, err := registry.ParseManifest(section.Payload)
		if err != nil {
			f.each(codeManifest, "the custom section %s, of %d bytes: %s", abi.ManifestSection, len(section.Payload), oneLine(err))
			continue
		}
		manifest = read
	}
	if len(manifest.Version)+len(manifest.Description) == 0 && len(sections) == 1 && !f.hasCode(codeManifest) {
		f.each(codeNoManifest, "expected the manifest to have a version and a description, found neither")
	}
	return manifest
}

// show makes a word of the module short enough for a message.
func show(word string) string {
	const most = 128
	if len(word) > most {
		return word[:most] + "…"
	}
	return word
}
