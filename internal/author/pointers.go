package author

import (
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/task"
)

// judgePointers looks at the JSON Pointers that a runner asked for.
func (c *check) judgePointers(t *tried) {
	for _, p := range t.lookups {
		switch {
		case len(p) > abi.MaxPointer:
			c.findings.add(codePointer, "long", "a pointer has more than %d bytes, and finds nothing", abi.MaxPointer)
		case !wellFormed(p):
			c.findings.add(codePointer, p, "the pointer %q can't find anything", show(p))
		case !knownField(p):
			c.findings.add(codeNoSuchField, p, "the pointer %s names a field that no spec has%s", show(p), envHint(p))
		}
	}
}

// envHint says what env is to who looks for a variable in it by its name.
func envHint(p string) string {
	if path := tokens(p); len(path) > 3 && path[0] == "kind" && path[2] == "env" {
		return `: env is a list of {"key","value"} in what runners see`
	}
	return ""
}

// wellFormed says whether RFC 6901 allows the pointer.
func wellFormed(p string) bool {
	if p != "" && p[0] != '/' {
		return false
	}
	for i := range len(p) {
		if p[i] == '~' && !strings.HasPrefix(p[i+1:], "0") && !strings.HasPrefix(p[i+1:], "1") {
			return false
		}
	}
	return true
}

// builtinFields are the fields of the kinds that the host knows, by the ABI's section 7.
func builtinFields(kind string) []string {
	switch kind {
	case task.KindSubprocess:
		return []string{"mode", "env", "cwd", "failOnNonZero"}
	case task.KindWasm:
		return []string{"module", "args", "env"}
	case task.KindContainer:
		return []string{"image", "command", "args", "env"}
	}
	return nil
}

// knownField says whether some spec has the field, as far as the host knows its shape.
func knownField(p string) bool {
	if p == "" {
		return true
	}
	path := tokens(p)
	fields := []string{"slot", "kind", "timeout", "restart", "backoff", "admission", "labels", "runnerSelector", "maxRetries"}
	if !slices.Contains(fields, path[0]) {
		return false
	}
	if len(path) < 2 || path[0] != "kind" {
		return true
	}
	if task.ValidateKindName(path[1]) != nil || path[1] == task.KindEmbedded {
		return false
	}
	if len(path) < 3 || !isBuiltin(path[1]) {
		return true
	}
	return slices.Contains(builtinFields(path[1]), path[2]) && (path[2] != "env" || knownInEnv(path[3:]))
}

// knownInEnv says whether some env has what the rest of a pointer leads to: it is a list of {"key","value"}, not an object.
func knownInEnv(path []string) bool {
	switch len(path) {
	case 0:
		return true
	case 1, 2:
		_, err := strconv.ParseUint(path[0], 10, 32)
		return err == nil && (len(path) == 1 || path[1] == "key" || path[1] == "value")
	}
	return false
}
