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

// greeter is a runner written in Go.
type greeter struct{}

func (greeter) Name() string { return "greeter" }

func (greeter) Supports(spec *task.Spec) bool { return spec.Kind.KindName() == "greeting" }

func (greeter) Build(context.Context, *task.Spec, soltiwasm.BuildContext) (task.Task, error) {
	return task.Task{Action: task.ProcessAction{Command: "echo", Args: []string{"hello"}}}, nil
}

func ExampleHost_Run() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{
		Engine:  wazero.Engine{},
		Runners: []soltiwasm.Registration{{Runner: greeter{}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	spec := task.Spec{Slot: "morning", Timeout: 5 * time.Second, Kind: task.Custom{Name: "greeting", Payload: []byte(`{}`)}}
	result := host.Run(ctx, spec, soltiwasm.Output{Stdout: os.Stdout, Stderr: os.Stderr})
	fmt.Println(result.RunID, result.Outcome)
	// Output:
	// hello
	// greeter-morning-1 success
}

func ExampleHost_Submit() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{
		Engine:  wazero.Engine{},
		Runners: []soltiwasm.Registration{{Runner: greeter{}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	spec := task.Spec{
		Slot: "morning", Timeout: 5 * time.Second, Kind: task.Custom{Name: "greeting", Payload: []byte(`{}`)},
		Admission: task.Queue,
	}
	var handles []*soltiwasm.Handle
	for range 2 { // the second waits for the slot
		handle, err := host.Submit(spec, soltiwasm.Output{})
		if err != nil {
			log.Fatal(err)
		}
		handles = append(handles, handle)
	}
	for _, handle := range handles {
		result, err := handle.Wait(ctx)
		fmt.Println(result.RunID, result.Outcome, err)
	}
	// Output:
	// greeter-morning-1 success <nil>
	// greeter-morning-2 success <nil>
}

func ExampleHost_SubmitFunc() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{Engine: wazero.Engine{}})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	sweep := func(_ context.Context, w soltiwasm.Work) (string, error) {
		return fmt.Sprint("swept at attempt ", w.Attempt), nil
	}
	handle, err := host.SubmitFunc(task.Spec{Slot: "sweep", Timeout: time.Minute, Kind: task.Embedded{}}, sweep, soltiwasm.Output{})
	if err != nil {
		log.Fatal(err)
	}
	result, err := handle.Wait(ctx)
	fmt.Println(result.RunID, result.Outcome, result.Text, err)
	// Output: embedded-sweep-1 success swept at attempt 1 <nil>
}

func ExampleHost_Subscribe() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{
		Engine:  wazero.Engine{},
		Runners: []soltiwasm.Registration{{Runner: greeter{}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	events := host.Subscribe(100)
	spec := task.Spec{Slot: "morning", Timeout: 5 * time.Second, Kind: task.Custom{Name: "greeting", Payload: []byte(`{}`)}}
	host.Run(ctx, spec, soltiwasm.Output{})
	events.Close() // what has happened can still be read
	for {
		event, err := events.Next(ctx)
		if err != nil {
			break // io.EOF
		}
		fmt.Printf("%s %q\n", event.Kind, event.Data)
	}
	// Output:
	// submitted ""
	// building ""
	// started ""
	// output "hello\n"
	// attemptEnded ""
	// ended ""
}

func ExampleHost_Capabilities() {
	ctx := context.Background()
	host, err := soltiwasm.New(ctx, soltiwasm.Config{
		Engine:  wazero.Engine{},
		Runners: []soltiwasm.Registration{{Runner: greeter{}, Kinds: []string{"greeting"}, Labels: task.Labels{"zone": "eu"}}},
	})
	if err != nil {
		log.Fatal(err)
	}
	defer host.Close()
	for _, r := range host.Capabilities().Runners {
		fmt.Println(r.Name, r.Status, r.Kinds, r.Labels)
	}
	// Output: greeter ready [greeting] zone=eu
}
