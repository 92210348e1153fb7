package guest_test

import (
	"fmt"

	"github.com/soltihq/soltiwasm/guest"
	"github.com/soltihq/soltiwasm/guest/guesttest"
)

// A runner of one's own is a package main, which registers it in an init function.
func ExampleRegister() {
	guest.Register(guest.Runner{
		Name:     "hello",
		Supports: func(c *guest.SupportsCall) bool { return c.Spec.Has("/kind/hello") },
		Run:      func(c *guest.RunCall) (string, error) { return "hello, world", nil },
	})
}

// What goes wrong is returned as an error that says whose fault it is, and what Build finds out is handed to Run.
func Example() {
	greeter := guest.Runner{
		Name:     "greeter",
		Supports: func(c *guest.SupportsCall) bool { return c.Spec.Has("/kind/greet") },
		Build: func(c *guest.BuildCall) (guest.Task, error) {
			name, ok := c.Spec.Text("/kind/greet/name")
			if !ok {
				return guest.Task{}, guest.Missing("/kind/greet/name")
			}
			word, ok := c.Config.Text("/word")
			if !ok {
				word = "hello"
			}
			c.Counter("greetings").Add(1, "word", word)
			var fields guest.Object
			fields.Text("greeting", word+", "+name)
			return guest.Task{Action: guest.Run{Fields: fields}, Description: "greets " + name}, nil
		},
		Run: func(c *guest.RunCall) (string, error) {
			greeting, _ := c.Task.Text("/action/run/greeting")
			return greeting, nil
		},
	}

	host := guesttest.Host{Spec: `{"kind": {"greet": {"name": "Ada"}}}`, Config: `{"word": "good morning"}`}
	built, err := host.Build(greeter)
	fmt.Println(built.Reply, err)
	ran, err := host.Run(greeter)
	fmt.Println(ran.Status, ran.Reply, err)
	host.Spec = `{"kind": {"greet": {}}}`
	built, err = host.Build(greeter)
	fmt.Println(built.Status, built.Reply, err)
	// Output:
	// {"action":{"run":{"greeting":"good morning, Ada"}},"description":"greets Ada"} <nil>
	// 0 good morning, Ada <nil>
	// 3 /kind/greet/name <nil>
}

func ExampleEnv_Lookup() {
	show := guest.Runner{
		Name:     "show",
		Supports: func(*guest.SupportsCall) bool { return true },
		Build: func(c *guest.BuildCall) (guest.Task, error) {
			for _, key := range []string{"APP_TOKEN", "APP_MODE", "HOME"} {
				switch value, state := c.Env.Lookup(key); state {
				case guest.Set:
					fmt.Println(key, "is", value)
				case guest.Unset:
					fmt.Println(key, "is not set")
				case guest.NotGranted:
					fmt.Println(key, "is not for this runner to see")
				}
			}
			return guest.Task{Action: guest.Process{Command: "true"}}, nil
		},
	}
	host := guesttest.Host{Env: map[string]string{"APP_TOKEN": "x", "HOME": "/root"}, Grants: []string{"APP_*"}}
	if _, err := host.Build(show); err != nil {
		fmt.Println(err)
	}
	// Output:
	// APP_TOKEN is x
	// APP_MODE is not set
	// HOME is not for this runner to see
}

func ExamplePointer() {
	fmt.Println(guest.Pointer("labels", "example.com/team"))
	// Output: /labels/example.com~1team
}
