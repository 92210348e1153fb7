package abi

// Manifest is the module's own word about itself, from the custom section [ManifestSection]. It requests; only the
// operator grants.
type Manifest struct {
	Version     string            // semantic version of the runner
	Description string            // one line
	Kinds       []string          // the kinds it can take; empty means any
	Labels      map[string]string // for routing, unless the operator sets others
	Env         []string          // patterns of environment keys it asks for
	Actions     []string          // actions beyond run: ActionProcess, ActionWasm
	Metrics     []Metric          // what it emits
}

// Metric is one metric that a manifest declares.
type Metric struct {
	Name    string
	Type    string // "counter", "gauge" or "histogram"
	Help    string
	Labels  []string
	Buckets []float64 // of a histogram; ascending; empty means the host's duration buckets
}

// The actions of a task.
const (
	ActionRun     = "run"
	ActionProcess = "process"
	ActionWasm    = "wasm"
)
