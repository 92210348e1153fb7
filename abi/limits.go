package abi

import "time"

// Limits are what the operator lets one runner use. The zero value of a field is no limit of zero but an unset one:
// fill a Limits from [DefaultLimits]. Sizes are bytes.
type Limits struct {
	File   int64         // bytes of a module read
	Memory int64         // linear memory, tables and stack of one instance together
	Load   time.Duration // admitting and compiling one module
	Start  time.Duration // start section and _initialize
	Ask    time.Duration // one name or supports
	Build  time.Duration // one build
	Reply  int64         // bytes of one reply
	Log    int           // records a second; each is cut at MaxLogRecord
	Series int           // metric series of a runner
	Output int64         // bytes kept of one run's standard output, and as many of its standard error
}

// Bounds that go with a limit and are not adjustable themselves.
const (
	MaxLogRecord    = 8 << 10 // bytes kept of one log record
	MaxMetricName   = 128     // bytes of a metric's name
	MaxMetricLabels = 8       // labels of one metric
	MaxLabelValue   = 128     // bytes of a metric label's value
)

// DefaultLimits returns the limits that hold where the operator sets none.
func DefaultLimits() Limits {
	return Limits{
		File:   32 << 20,
		Memory: 64 << 20,
		Load:   15 * time.Second,
		Start:  250 * time.Millisecond,
		Ask:    100 * time.Millisecond,
		Build:  time.Second,
		Reply:  1 << 20,
		Log:    100,
		Series: 200,
		Output: 4 << 20,
	}
}
