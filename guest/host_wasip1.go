package guest

import (
	"structs"
	"unsafe"
)

// imports returns the host that this module is loaded by.
func imports() Host { return new(imported) }

type imported struct{}

//go:wasmimport solti spec_get
func specGet(pointer string, buf unsafe.Pointer, limit uint32) int32

//go:wasmimport solti config_get
func configGet(pointer string, buf unsafe.Pointer, limit uint32) int32

//go:wasmimport solti task_get
func taskGet(pointer string, buf unsafe.Pointer, limit uint32) int32

//go:wasmimport solti env_get
func envGet(key string, buf unsafe.Pointer, limit uint32) int32

//go:wasmimport solti reply
func reply(text string)

//go:wasmimport solti log
func log(level int32, text string)

//go:wasmimport solti metric_add
func metricAdd(name, labels string, value float64)

//go:wasmimport solti metric_set
func metricSet(name, labels string, value float64)

//go:wasmimport solti metric_observe
func metricObserve(name, labels string, value float64)

//go:wasmimport wasi_snapshot_preview1 fd_write
func fdWrite(fd int32, vectors unsafe.Pointer, n uint32, written unsafe.Pointer) uint32

// ioVector is a ciovec of WASI.
type ioVector struct {
	_          structs.HostLayout
	at, length uint32
}

// importedGetter returns the function itself that host, if it is imported, calls for a source: a call less for each value.
func importedGetter(host Host, source Source) getter {
	if _, ok := host.(*imported); !ok {
		return nil
	}
	switch source {
	case SourceSpec:
		return specGet
	case SourceConfig:
		return configGet
	case SourceTask:
		return taskGet
	default:
		return envGet
	}
}

func (h *imported) Get(source Source, key string, buf []byte) int32 {
	return importedGetter(h, source)(key, unsafe.Pointer(unsafe.SliceData(buf)), uint32(len(buf)))
}

func (*imported) Reply(text []byte) { reply(view(text)) }

func (*imported) Log(level Level, text string) { log(int32(level), text) }

func (*imported) Metric(metric MetricType, name string, labels []byte, value float64) {
	switch metric {
	case CounterMetric:
		metricAdd(name, view(labels), value)
	case GaugeMetric:
		metricSet(name, view(labels), value)
	default:
		metricObserve(name, view(labels), value)
	}
}

// Print writes without os or syscall, which would make a module larger. An error ends it, as there is nobody to tell.
func (*imported) Print(text string) {
	for len(text) > 0 {
		// Addresses fit: memory is 32-bit. The vector keeps text alive by the parameter itself.
		vector := ioVector{at: uint32(uintptr(unsafe.Pointer(unsafe.StringData(text)))), length: uint32(len(text))}
		var written uint32
		if fdWrite(1, unsafe.Pointer(&vector), 1, unsafe.Pointer(&written)) != 0 || written == 0 {
			return
		}
		text = text[min(int(written), len(text)):]
	}
}
