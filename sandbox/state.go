package sandbox

import "strconv"

// statePrefix begins the names of the meter's exports of globals. A module may have no exports of its own that do.
const statePrefix = "soltiwasm:state:"

// StateExport is the name under which a metered module exports its n-th mutable global, from 0 on without a gap: all of
// them, the fuel's included. It does so where an instance that is between calls is told from a new one by its memory and
// by these globals alone, so that a host which gives both to a new instance has made a copy. Such a module has no start
// section, which would run on what the host gave it; imports functions only; keeps its tables as they begin; names no data
// segment in an instruction, since it could drop one; and has numbers in its globals, no vectors or references. Of any
// other module there is no such export.
func StateExport(n int) string { return statePrefix + strconv.Itoa(n) }

// state returns the indices, in the metered module, of the globals that are exported as its state.
func (r *rewriter) state() []uint32 {
	m := r.module
	if m.Start || m.layout.changesTables || m.layout.namesData {
		return nil
	}
	for _, i := range m.Imports {
		if i.Kind != KindFunc {
			return nil
		}
	}
	var globals []uint32
	for index, g := range m.layout.globals {
		if !g.mutable {
			continue
		}
		if g.value == v128 || g.value.isRef() {
			return nil
		}
		globals = append(globals, uint32(index))
	}
	return append(globals, r.added.fuel)
}
