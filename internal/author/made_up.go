package author

import (
	"slices"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
	"github.com/soltihq/soltiwasm/taskfile"
)

// MadeUpSpecs returns specs of the kinds, for who has none at hand: those of built-in kinds are complete, those of others
// have an empty payload. A kind that no spec can have is left out.
func MadeUpSpecs(kinds []string) []task.Spec {
	var specs []task.Spec
	for _, kind := range kinds {
		payloads := builtinPayloads(kind)
		if !isBuiltin(kind) {
			payloads = []*document.Node{document.NewObject()}
		}
		for _, payload := range payloads {
			if spec, err := taskfile.Decode(specOf(kind, payload)); err == nil {
				specs = append(specs, spec)
			}
		}
	}
	return slices.Clip(specs)
}
