package taskfile

import (
	_ "embed"
	"slices"
)

//go:embed schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of a spec document, for editors and checks before [Read]. What it refuses, Read
// refuses too; the few rules that it can't express are named in its description. The caller owns the bytes.
func Schema() []byte { return slices.Clone(schema) }
