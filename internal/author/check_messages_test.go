package author_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

// TestMessages: a finding says what an author needs to find the place.
func TestMessages(t *testing.T) {
	for module, want := range map[string]string{
		broken + "/memory-leaks.wasm":      `SW1113 .* grew from \d{6,7} to \d{8} bytes while it was asked the same \d+ times \(with a spec`,
		broken + "/supports-tires.wasm":    `SW402 .* at repetition \d+ \(with a spec`,
		broken + "/env-short.wasm":         `SW502 .* \(with a spec of the kind .*, and a short value in TOKEN\)`,
		broken + "/env-by-name.wasm":       `SW701 .* /kind/subprocess/env/PATH names a field that no spec has: env is a list of`,
		broken + "/deep-loops.wasm":        `SW108 .* limit loops of soltiwasm inspect is 64: function 1 has 65 loops .* \(at offset 0x75\)`,
		broken + "/name-changes.wasm":      `SW210 .* "broken" at first and then "broke"`,
		broken + "/build-panics.wasm":      `SW502 .* it printed something, which soltiwasm check --log-level debug shows`,
		fixtures + "/metric-conflict.wasm": `SW307 the metric fixture_conflict was dropped as conflict \(with a spec of the kind `,
		fixtures + "/status1.wasm":         `SW702 .* at last with unsupported_kind, unsupported task kind: this kind is not for status1 \(with a spec`,
		fixtures + "/status4.wasm":         `SW508 .* at last with internal, internal error: something broke inside \(with a spec`,
	} {
		t.Run(filepath.Base(module), func(t *testing.T) {
			var messages []string
			for _, f := range checkFile(t, quick(), module).Findings {
				messages = append(messages, string(f.Code)+" "+f.Message)
			}
			if !slices.ContainsFunc(messages, regexp.MustCompile(want).MatchString) {
				t.Errorf("no %s in %q", want, messages)
			}
		})
	}
}

// TestEnvironment: a variable that the author gave keeps its value.
func TestEnvironment(t *testing.T) {
	w := quick()
	w.Env = task.Env{{Key: "TOKEN", Value: "given"}}
	if got := codesOf(checkFile(t, w, filepath.Join(broken, "env-by-length.wasm")), nil); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}
