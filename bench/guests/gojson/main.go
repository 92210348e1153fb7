// Command gojson is golazy as one would write it without the SDK's lazy reading: it parses the whole spec with
// encoding/json. Its ten bytes of name are written over to make many runners of it.
package main

import (
	"encoding/json"
	"fmt"

	"github.com/soltihq/soltiwasm/guest"
)

func init() {
	guest.Register(guest.Runner{Name: "bench-0000", Supports: supports, Run: func(*guest.RunCall) (string, error) { return "", nil }})
}

func main() {} // never called

// spec is what a runner for subprocesses would declare of a spec.
type spec struct {
	Slot    string            `json:"slot"`
	Labels  map[string]string `json:"labels"`
	Timeout int64             `json:"timeout"`
	Kind    struct {
		Subprocess struct {
			Mode struct {
				Command struct {
					Command string   `json:"command"`
					Args    []string `json:"args"`
				} `json:"command"`
			} `json:"mode"`
			Env []struct {
				Key   string `json:"key"`
				Value string `json:"value"`
			} `json:"env"`
		} `json:"subprocess"`
	} `json:"kind"`
}

func supports(c *guest.SupportsCall) bool {
	text, _ := c.Spec.Text("")
	var s spec
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		c.Log(guest.LevelError, fmt.Sprint("the spec: ", err))
		return false
	}
	return s.Kind.Subprocess.Mode.Command.Command == "/usr/bin/rsync" && s.Labels["runner"] == "bench"
}
