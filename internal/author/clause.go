package author

import "slices"

// Level says how much a finding matters.
type Level string

// The levels. A module with an error breaks a clause of the ABI or fails where a runner mustn't; a warning is what will
// bite an author or operator one day; an info is worth knowing and may be as it should be.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
	LevelInfo    Level = "info"
)

// Code is the stable name of one thing that check looks at: SW, the number of the ABI's section, and two digits.
// Section 0 is the file itself.
type Code string

// The codes, by the sections of docs/abi.md.
const (
	codeNoFile     Code = "SW001"
	codeNotRegular Code = "SW002"

	codeNoModule     Code = "SW101"
	codeComponent    Code = "SW102"
	codeUnsupported  Code = "SW103"
	codeMalformed    Code = "SW104"
	codeNoMemory     Code = "SW105"
	codeImportKind   Code = "SW106"
	codeImportModule Code = "SW107"
	codeStructure    Code = "SW108"
	codeReserved     Code = "SW109"

	codeCommand       Code = "SW201"
	codeNoVersion     Code = "SW202"
	codeExportMissing Code = "SW203"
	codeExportType    Code = "SW204"
	codeName          Code = "SW205"
	codeAnswer        Code = "SW206"
	codeStartTrap     Code = "SW207"
	codeNameTrap      Code = "SW208"
	codeSupportsTrap  Code = "SW209"
	codeNameChanges   Code = "SW210"

	codeUnknownFunction Code = "SW301"
	codeFunctionType    Code = "SW302"
	codeRange           Code = "SW303"
	codeUTF8            Code = "SW304"
	codeLogLevel        Code = "SW305"
	codeMetricRule      Code = "SW306"
	codeMetricDropped   Code = "SW307"
	codePointer         Code = "SW308"

	codePhase  Code = "SW401"
	codeImpure Code = "SW402"
	codeRepeat Code = "SW403"

	codeStatus    Code = "SW501"
	codeBuildTrap Code = "SW502"
	codeSilent    Code = "SW503"
	codeMessage   Code = "SW504"
	codeField     Code = "SW505"
	codeRunTrap   Code = "SW506"
	codeRunStatus Code = "SW507"
	codeInternal  Code = "SW508"

	codeUnknownWASI Code = "SW601"
	codeExit        Code = "SW602"

	codeNoSuchField Code = "SW701"
	codeNotBuilt    Code = "SW702"
	codeNotTaken    Code = "SW703"

	codeReply     Code = "SW801"
	codeNeedRun   Code = "SW802"
	codeTaskValue Code = "SW803"

	codeManifest       Code = "SW901"
	codeNoManifest     Code = "SW902"
	codeKindRefused    Code = "SW903"
	codeKindUndeclared Code = "SW904"
	codeAction         Code = "SW905"
	codeEnv            Code = "SW906"
	codeMetricDiffers  Code = "SW907"
	codeUndeclared     Code = "SW908"
	codeUnused         Code = "SW909"

	codeSidecar Code = "SW1001"
	codeDigest  Code = "SW1002"

	codeFile       Code = "SW1101"
	codeMemory     Code = "SW1102"
	codeLoad       Code = "SW1103"
	codeStart      Code = "SW1104"
	codeAsk        Code = "SW1105"
	codeBuild      Code = "SW1106"
	codeReplySize  Code = "SW1107"
	codeReplyGrows Code = "SW1108"
	codeStack      Code = "SW1109"
	codeHeadRoom   Code = "SW1110"
	codeLogFlood   Code = "SW1111"
	codeCutShort   Code = "SW1112"
	codeLeak       Code = "SW1113"

	codeVersion Code = "SW1201"
)

// Clause is one thing that check looks at.
type Clause struct {
	Code  Code
	Level Level
	Rule  string // what holds for a runner that is in order, in one sentence
	Fix   string // what to do about a module of which it doesn't hold
}

// Clauses returns everything that [Workshop.Check] looks at, by section and number.
func Clauses() []Clause {
	return slices.Concat(moduleClauses(), exportClauses(), hostClauses(), answerClauses(), manifestClauses(), limitClauses())
}

// FindClause returns the clause of a code, and whether there is one.
func FindClause(code Code) (Clause, bool) {
	all := Clauses()
	at := slices.IndexFunc(all, func(c Clause) bool { return c.Code == code })
	if at < 0 {
		return Clause{}, false
	}
	return all[at], true
}
