package prometheus_test

import (
	"fmt"
	"time"

	client "github.com/prometheus/client_golang/prometheus"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/prometheus"
)

// A program that has a registry lends it; the host is given the backend.
func ExampleNew() {
	registry := client.NewRegistry()
	backend, err := prometheus.New(prometheus.Options{Registerer: registry})
	if err != nil {
		fmt.Println(err)
		return
	}
	backend.TaskCompleted("subprocess", metrics.Success, 40*time.Millisecond)
	families, err := registry.Gather()
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, f := range families {
		fmt.Println(f.GetName())
	}
	// Output:
	// solti_runner_task_duration_seconds
	// solti_runner_tasks_completed_total
}
