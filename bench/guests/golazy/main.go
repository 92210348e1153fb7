// Command golazy is lazy.c in Go: a runner that reads two fields of the spec and compares them.
package main

import "github.com/soltihq/soltiwasm/guest"

func init() {
	guest.Register(guest.Runner{Name: "golazy", Supports: supports, Run: func(*guest.RunCall) (string, error) { return "", nil }})
}

func main() {} // never called

func supports(c *guest.SupportsCall) bool {
	command, _ := c.Spec.Text("/kind/subprocess/mode/command/command")
	runner, _ := c.Spec.Text("/labels/runner")
	return command == "/usr/bin/rsync" && runner == "bench"
}
