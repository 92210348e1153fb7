package wasi_test

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/run/wasi"
	"github.com/soltihq/soltiwasm/task"
)

func ExampleExecutor_Run() {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	x := wasi.New(ctx, wasi.Config{
		Engine:     wazero.Engine{},
		ModulePath: []string{"testdata"},
		Now:        time.Now,
		Rand:       rand.Reader,
	})
	defer x.Close(ctx)

	code, err := x.Run(ctx, wasi.Command{
		Action: task.WasmAction{
			Module: "probe.wasm",
			Args:   []string{"env", "read", "/data/go/../nothing.wat", "exit", "3"},
			Env:    map[string]string{"ZONE": "eu"},
		},
		Mounts: []wasi.Mount{{Host: "testdata", Guest: "/data", ReadOnly: true}},
		Limits: abi.DefaultLimits(),
		Stdout: os.Stdout,
		Stderr: os.Stderr,
	})
	fmt.Println(*code)
	fmt.Println(err)
	// Output:
	// ZONE=eu
	// ;; The least command: it ends at once.
	// (module (memory (export "memory") 1) (func (export "_start")))
	//
	// 3
	// the module "probe.wasm" exited with code 3
}
