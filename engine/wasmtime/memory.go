package wasmtime

import (
	wt "github.com/bytecodealliance/wasmtime-go/v37"

	"github.com/soltihq/soltiwasm/engine"
)

// memory is the exported memory of an instance, as the host sees it.
type memory struct {
	instance *instance
	wasmtime *wt.Memory // nil until the instance or a call of it shows it
	bytes    []byte     // what it is at present, as long as the guest can't have grown it; otherwise nil
}

// Memory is the exported memory.
func (in *instance) Memory() engine.Memory {
	if in.module.memoryName == nil {
		return nil
	}
	return &in.memory
}

// find takes the memory from the exports of an instance that is just being made, whose start section calls the host.
func (m *memory) find(caller *wt.Caller) {
	if name := m.instance.module.memoryName; m.wasmtime == nil && name != nil {
		if e := caller.GetExport(*name); e != nil {
			m.wasmtime = e.Memory()
		}
	}
}

// now is the memory at present. Wasmtime is asked once between two runs of the guest, since each question crosses cgo.
func (m *memory) now() []byte {
	if m.bytes == nil && m.wasmtime != nil && m.instance.store != nil {
		m.bytes = m.wasmtime.UnsafeData(m.instance.store)
	}
	return m.bytes
}

// Size implements engine.Memory.
func (m *memory) Size() uint64 { return uint64(len(m.now())) }

// View implements engine.Memory.
func (m *memory) View(ptr, n uint32) ([]byte, bool) {
	bytes, end := m.now(), uint64(ptr)+uint64(n)
	if end > uint64(len(bytes)) || m.instance.store == nil {
		return nil, false
	}
	return bytes[ptr:end:end], true
}
