package guest

import "unsafe"

// Host is what a runner calls: in a module the functions that it imports, in tests the fake of package guesttest.
// Authors use the calls that wrap it.
type Host interface {
	// Get reads a value of source at key, by the convention for buffers of docs/abi.md: it returns the value's length, and
	// writes it to buf if it fits; or one of NoValue and Denied.
	Get(source Source, key string, buf []byte) int32
	// Reply sets the result of the present call. Text is the runner's again when Reply returns.
	Reply(text []byte)
	Log(level Level, text string)
	// Metric records a value. Labels is a JSON object, or empty, and the runner's again when Metric returns.
	Metric(metric MetricType, name string, labels []byte, value float64)
	// Print writes to the task's standard output.
	Print(text string)
}

// getterOf is host.Get of one source.
func getterOf(host Host, source Source) getter {
	if g := importedGetter(host, source); g != nil {
		return g
	}
	return func(key string, buf unsafe.Pointer, limit uint32) int32 {
		return host.Get(source, key, unsafe.Slice((*byte)(buf), limit))
	}
}

// Results of Host.Get that are no length.
const (
	NoValue = -1 // there is no such value
	Denied  = -2 // the operator has not granted it
)

// Source is what a value is read from.
type Source int8

// The sources. The key of SourceEnv is that of a variable, that of the others a JSON Pointer.
const (
	SourceSpec Source = iota
	SourceConfig
	SourceTask
	SourceEnv
)

// Level is how much a log record matters.
type Level int32

// The levels, as the ABI numbers them.
const (
	LevelDebug Level = iota
	LevelInfo
	LevelWarn
	LevelError
)

// MetricType is what becomes of a metric's values.
type MetricType int8

// The types of metrics.
const (
	CounterMetric MetricType = iota
	GaugeMetric
	HistogramMetric
)
