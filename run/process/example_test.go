//go:build unix

package process_test

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

func ExampleRun() {
	exit, err := process.Run(context.Background(), process.Command{
		Action: task.ProcessAction{
			Command: "sh",
			Args:    []string{"Ada"},
			Env:     map[string]string{"GREETING": "Hello"},
			Script:  []byte("echo $GREETING, $1\nexit 3\n"),
		},
		Grace:  10 * time.Second,
		Stdout: os.Stdout,
	})
	fmt.Println(*exit.Code, err)
	// Output:
	// Hello, Ada
	// 3 the process exited with code 3
}
