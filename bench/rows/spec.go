package rows

import (
	"fmt"
	"time"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// Payload is the spec that everything is asked about: about 1 KB as JSON, with the label runner=bench at its end.
func Payload() task.Spec {
	spec := task.Spec{
		Slot:    "backup",
		Timeout: 90 * time.Second,
		Labels:  task.Labels{"runner": "bench"},
		Kind: task.Subprocess{
			Command: &task.Command{
				Command: "/usr/bin/rsync",
				Args: []string{"--archive", "--delete", "--compress", "--partial", "--timeout=60", "--exclude=*.tmp",
					"/srv/data/", "backup@storage.example:/volumes/data/"},
			},
			Env: environment(),
		},
	}
	for i := range 9 {
		spec.Labels[fmt.Sprintf("bench.io/label-%d", i)] = fmt.Sprintf("value-%d", i)
	}
	return spec
}

func environment() (env task.Env) {
	for i := range 10 {
		env = append(env, task.Var{Key: fmt.Sprintf("SETTING_%d", i), Value: fmt.Sprintf("value-%d", i)})
	}
	return env
}

// Document is the spec as guests see it.
func Document(spec task.Spec) (*document.Index, error) {
	node, err := taskfile.Encode(spec)
	if err != nil {
		return nil, err
	}
	return document.NewIndex(node), nil
}

// JSON is the spec as it is handed to who doesn't read it lazily.
func JSON(spec task.Spec) ([]byte, error) {
	node, err := taskfile.Encode(spec)
	if err != nil {
		return nil, err
	}
	return node.AppendJSON(nil), nil
}
