package prometheus_test

import (
	"fmt"
	"os"
	"path/filepath"
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

// A command leaves its figures in a file, for a textfile collector.
func ExampleBackend_WriteFile() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	backend, err := prometheus.New(prometheus.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	backend.TaskStarted("subprocess")
	path := filepath.Join(dir, "soltiwasm.prom")
	if err := backend.WriteFile(path); err != nil {
		fmt.Println(err)
		return
	}
	text, err := os.ReadFile(path)
	fmt.Print(string(text), err)
	// Output:
	// # HELP solti_runner_tasks_started_total Attempts at tasks that began.
	// # TYPE solti_runner_tasks_started_total counter
	// solti_runner_tasks_started_total{runner="subprocess"} 1
	// <nil>
}
