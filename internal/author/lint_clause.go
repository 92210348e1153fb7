package author

// The codes of Lint: SL, and three digits of which the first is the subject.
const (
	codeRejected   Code = "SL101"
	codeNameTaken  Code = "SL102"
	codeBadSidecar Code = "SL103"
	codeOtherBytes Code = "SL104"
	codeDisabled   Code = "SL105"

	codeShadowed     Code = "SL201"
	codeNeverTakes   Code = "SL202"
	codeSelectorOnly Code = "SL203"
	codeOverlap      Code = "SL204"
	codeTie          Code = "SL205"
	codeKindShadowed Code = "SL206"

	codeEnvNotGranted    Code = "SL301"
	codeActionNotGranted Code = "SL302"
	codeEnvNotAsked      Code = "SL303"
	codeActionNotAsked   Code = "SL304"
	codeMountsUnused     Code = "SL305"

	codeOrphan  Code = "SL401"
	codeNotRead Code = "SL402"
	codeNoPin   Code = "SL403"
)

// LintClauses returns everything that [Lint] looks at, by number.
func LintClauses() []Clause {
	return []Clause{
		{codeRejected, LevelError, "Every module is loaded.", "Mend the module, for which soltiwasm check says more, or remove it."},
		{codeNameTaken, LevelError, "No two modules have one name.", "Remove one of the two, or set disabled: true in its sidecar."},
		{codeBadSidecar, LevelError, "Every sidecar is valid.", "Mend the file; soltiwasm schema sidecar prints its schema. If it is a spec, rename it: the file beside a module that has its name is the sidecar."},
		{codeOtherBytes, LevelError, "A module has the bytes that its sidecar pins.", "Put back the module that was pinned, or pin the digest of this one if you trust it."},
		{codeDisabled, LevelInfo, "Runners are there to be asked.", "Leave it so, or remove disabled from the sidecar."},

		{codeShadowed, LevelError, "Every runner can be chosen by some spec.", "Give this one a lower order, other labels, or fewer kinds to the one before it."},
		{codeNeverTakes, LevelError, "Every runner takes some spec.", "Mend its supports, or remove the module."},
		{codeSelectorOnly, LevelWarning, "A runner can be chosen without a selector.", "If specs without a runnerSelector should get to it, give it a lower order."},
		{codeOverlap, LevelWarning, "A kind goes to one runner, or labels tell the runners apart.",
			"If the one before it should not decide, give the two different labels, or this one a lower order."},
		{codeTie, LevelWarning, "What is asked first is said by order, not by names of files.", "Give the two different orders or labels."},
		{codeKindShadowed, LevelWarning, "Each kind of a runner gets to it for some spec.", "Give this one a lower order or other labels, or strike the kind from one of the two manifests."},

		{codeEnvNotGranted, LevelWarning, "A runner is granted the variables that it asks for.", "Grant them with grants.env in the sidecar, or leave it so if it does without."},
		{codeActionNotGranted, LevelWarning, "A runner is granted the actions that it asks for.", "Grant it with grants.actions in the sidecar; without, such tasks are denied."},
		{codeEnvNotAsked, LevelWarning, "A runner has no variables that it doesn't ask for.", "Strike the pattern from grants.env, or have the manifest ask for it."},
		{codeActionNotAsked, LevelWarning, "A runner has no actions that it doesn't ask for.", "Strike it from grants.actions, or have the manifest ask for it."},
		{codeMountsUnused, LevelWarning, "Directories are lent to runners that have wasm actions.", "Grant the action wasm as well, or strike grants.fs."},

		{codeOrphan, LevelError, "Every sidecar has a module.", "Rename it after its module, or remove it."},
		{codeNotRead, LevelWarning, "A file named after a module is its sidecar.", "Rename it to end in .yaml if it is meant as the sidecar, or move it away."},
		{codeNoPin, LevelInfo, "The digest of every module is pinned.", "Write it as digest into the sidecar; soltiwasm inspect --sidecar drafts one."},
	}
}
