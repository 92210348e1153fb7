package soltiwasm_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

func Example() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{"testdata/modules"}})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	for _, item := range taskfile.Read([]string{"testdata/specs/hello.yaml"}, os.Stdin) {
		if item.Err != nil {
			log.Fatal(item.Err)
		}
		decision, err := host.Route(ctx, item.Spec)
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(decision.RunID, decision.Task.Action.ActionName())
	}
	// Output: subprocess-hello-1 process
}

func ExampleHost_Run() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{"testdata/modules"}})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	spec := task.Spec{Slot: "nightly", Timeout: 5 * time.Second, Kind: task.Custom{Name: "report", Payload: []byte(`{}`)}}
	decision, result, err := host.Run(ctx, spec, soltiwasm.Output{Stdout: os.Stdout, Stderr: os.Stderr})
	fmt.Println(decision.Runner, result.Outcome, err)
	// Output: catch-all success <nil>
}

func ExampleHost_Capabilities() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}, Dirs: []string{"testdata/modules"}})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	for _, r := range host.Capabilities().Runners {
		fmt.Println(r.Name, r.Status, r.Kinds)
	}
	// Output:
	// http-probe ready [http-probe]
	// subprocess ready [subprocess]
	// wasm ready [wasm]
	// catch-all ready []
}
