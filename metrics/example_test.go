package metrics_test

import (
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
)

// A test gives the host a Memory and asks it afterwards.
func ExampleMemory() {
	m := metrics.NewMemory()
	m.TaskStarted("subprocess")
	m.TaskCompleted("subprocess", metrics.Success, 40*time.Millisecond)
	fmt.Println(m.Completed("subprocess", metrics.Success), m.Durations("subprocess", metrics.Success))
	fmt.Print(m)
	// Output:
	// 1 [40ms]
	// completed subprocess success 1
	// started subprocess 1
}

// What breaks a rule is an error, which traps the guest; what is over a limit is dropped and counted.
func ExampleEmitter_Observe() {
	m := metrics.NewMemory()
	probe := metrics.NewGuests(m).Emitter("http-probe", 1, nil)
	ok := []metrics.Label{{Name: "code", Value: "200"}}
	failed := []metrics.Label{{Name: "code", Value: "503"}}
	fmt.Println(probe.Observe(metrics.Counter, "requests_total", ok, 1))
	fmt.Println(probe.Observe(metrics.Counter, "requests_total", failed, 1))
	fmt.Println(probe.Observe(metrics.Counter, "Requests", ok, 1))
	fmt.Print(m)
	// Output:
	// <nil>
	// <nil>
	// metric name "Requests": must match [a-z_][a-z0-9_]*
	// dropped http-probe series 1
	// guest http-probe requests_total{code="200"} counter 1
}

// A backend that panics is cut off, and the host lives on.
func ExampleContain() {
	var broken struct{ metrics.Backend } // a nil interface: every call panics
	b := metrics.Contain(broken, func(method string, _ any) { fmt.Println("metrics are off:", method, "panicked") })
	b.TaskStarted("subprocess")
	b.TaskStarted("subprocess")
	// Output: metrics are off: TaskStarted panicked
}
