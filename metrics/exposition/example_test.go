package exposition_test

import (
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/metrics/exposition"
)

func ExampleNew() {
	backend, err := exposition.New(exposition.Options{Build: map[string]string{"version": "v1.2.3"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	backend.TaskCompleted("subprocess", metrics.Success, 40*time.Millisecond)
	for _, f := range backend.Families() {
		for _, s := range f.Series {
			fmt.Println(f.Name, f.Constant, f.Labels, s.Values, s.Value)
		}
	}
	// Output:
	// solti_runner_tasks_completed_total map[] [runner outcome] [subprocess success] 1
	// solti_runner_task_duration_seconds map[] [runner outcome] [subprocess success] 0.04
	// solti_build_info map[version:v1.2.3] [] [] 1
}

// A command leaves its figures in a file, for a textfile collector.
func ExampleBackend_WriteFile() {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer func() { _ = os.RemoveAll(dir) }()
	backend, err := exposition.New(exposition.Options{})
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
