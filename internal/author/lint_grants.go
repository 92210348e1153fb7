package author

import (
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/abi"
)

// grants compares what the manifest asks for with what the sidecar grants.
func (r lintRunner) grants(f *lintFindings) {
	if r.Status == soltiwasm.Disabled {
		return
	}
	granted := r.sidecar.Grants
	for _, want := range r.manifest.Env {
		if !slices.ContainsFunc(granted.Env, func(g string) bool { return covers(g, want) }) {
			f.add(codeEnvNotGranted, "it asks for the variables %s, which are granted %s", want, inPart(granted.Env, want))
		}
	}
	for _, want := range r.manifest.Actions {
		if !slices.Contains(granted.Actions, want) {
			f.add(codeActionNotGranted, "it asks for the action %s, which is not granted", want)
		}
	}
	for _, g := range granted.Env {
		if !slices.ContainsFunc(r.manifest.Env, func(want string) bool { return covers(g, want) || covers(want, g) }) {
			f.add(codeEnvNotAsked, "it is granted the variables %s, for which its manifest does not ask", g)
		}
	}
	for _, g := range granted.Actions {
		if !slices.Contains(r.manifest.Actions, g) {
			f.add(codeActionNotAsked, "it is granted the action %s, for which its manifest does not ask", g)
		}
	}
	if len(granted.FS) > 0 && !slices.Contains(granted.Actions, abi.ActionWasm) {
		f.add(codeMountsUnused, "it is lent directories, which only wasm actions see, and those are not granted")
	}
}

// covers says whether one pattern of environment keys has all keys of another.
func covers(pattern, other string) bool {
	if prefix, open := strings.CutSuffix(pattern, "*"); open {
		return strings.HasPrefix(other, prefix)
	}
	return pattern == other
}

// inPart says how much of what a pattern has is granted.
func inPart(grants []string, want string) string {
	var part []string
	for _, g := range grants {
		if covers(want, g) {
			part = append(part, g)
		}
	}
	if len(part) == 0 {
		return "not at all"
	}
	return "only in part: " + strings.Join(part, ", ")
}
