package sandbox

import "strings"

// importSection reads what the module wants from the host.
func (in *inspector) importSection() int {
	start := in.pos
	n := in.count(4, "imports")
	in.use(qImports, int64(n), start)
	for i := 0; i < n && in.ok(); i++ {
		in.importOne()
	}
	in.layout.importedFuncs = len(in.layout.funcs)
	in.layout.importedGlobals = len(in.layout.globals)
	return n
}

func (in *inspector) importOne() {
	start := in.pos
	imp := Import{Module: in.name(), Name: in.name()}
	if imp.Module == ImportModule {
		in.fail(CodeReservedName, start, "the module imports %q from %q, which is the meter's own", imp.Name, imp.Module)
	}
	at := in.pos
	switch kind := in.byte(); kind {
	case 0:
		imp.Kind = KindFunc
		index := in.index(len(in.layout.types), "type")
		in.layout.funcs = append(in.layout.funcs, index)
		imp.Type = in.typeText(index)
	case 1:
		imp.Kind = KindTable
		imp.Type = in.table(true).text()
	case 2:
		imp.Kind = KindMemory
		imp.Type = in.memory(true).text()
	case 3:
		imp.Kind = KindGlobal
		imp.Type = in.globalType().String()
	case 4:
		in.fail(CodeExceptions, at, "exception handling is not supported")
	default:
		in.fail(CodeKind, at, "there is no kind %d of imports", kind)
	}
	in.Imports = append(in.Imports, imp)
}

func (in *inspector) exportSection() int {
	start := in.pos
	n := in.count(3, "exports")
	in.use(qExports, int64(n), start)
	seen := map[string]bool{}
	for i := 0; i < n && in.ok(); i++ {
		at := in.pos
		e := in.exportOne()
		if seen[e.Name] {
			in.fail(CodeDuplicateExport, at, "two exports have the name %q", clip([]byte(e.Name)))
		}
		seen[e.Name] = true
		if e.Name == FuelExport || strings.HasPrefix(e.Name, statePrefix) {
			in.fail(CodeReservedName, at, "the module exports %q, which is the meter's own", e.Name)
		}
		in.Exports = append(in.Exports, e)
	}
	return n
}

func (in *inspector) exportOne() Export {
	e := Export{Name: in.name()}
	at := in.pos
	switch kind := in.byte(); kind {
	case 0:
		e.Kind = KindFunc
		if i := in.index(len(in.layout.funcs), "function"); in.ok() {
			e.Type = in.typeText(in.layout.funcs[i])
		}
	case 1:
		e.Kind = KindTable
		if i := in.index(len(in.Tables), "table"); in.ok() {
			in.Tables[i].Exported = true
			e.Type = in.Tables[i].text()
		}
	case 2:
		e.Kind = KindMemory
		if i := in.index(len(in.Memories), "memory"); in.ok() {
			in.Memories[i].Exported = true
			e.Type = in.Memories[i].text()
		}
	case 3:
		e.Kind = KindGlobal
		if i := in.index(len(in.layout.globals), "global"); in.ok() {
			e.Type = in.layout.globals[i].String()
		}
	case 4:
		in.fail(CodeExceptions, at, "exception handling is not supported")
	default:
		in.fail(CodeKind, at, "there is no kind %d of exports", kind)
	}
	return e
}

func (in *inspector) startSection() int {
	start := in.pos
	i := in.index(len(in.layout.funcs), "function")
	if in.ok() {
		if t := in.layout.types[in.layout.funcs[i]]; len(t.params)+len(t.results) > 0 {
			in.fail(CodeType, start, "the start function has the type %s, not () -> ()", &t)
		}
	}
	in.Start = true
	return 1
}
