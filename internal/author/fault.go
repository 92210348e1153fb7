package author

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// fault notes that a call trapped, was ended or exited; on says with which spec, and unusual whether that is one that
// check made up to be difficult.
func (c *check) fault(seen *call, on string, unusual bool) {
	code, words := c.classify(seen)
	if unusual && code == codeReplySize {
		if c.findings.hasCode(codeReplySize) {
			return
		}
		code = codeReplyGrows
	}
	key := strings.Map(withoutDigits, words)
	printed := ""
	if seen.host[abi.ModuleWASI+".fd_write"] > 0 {
		printed = "; it printed something, which soltiwasm check --log-level debug shows"
	}
	c.findings.add(code, seen.export+key, "%s: %s%s%s", seen.export, words, on, printed)
}

// withoutDigits makes errors alike that differ in places and sizes only.
func withoutDigits(r rune) rune {
	if unicode.IsDigit(r) {
		return -1
	}
	return r
}

// classify is the clause that a call broke, and how.
func (c *check) classify(seen *call) (Code, string) {
	err := seen.err
	words := err.Error()
	if phase, ok := errors.AsType[*hostfuncs.PhaseError](err); ok {
		return codePhase, phase.Error()
	}
	if text, ok := errors.AsType[*hostfuncs.TextError](err); ok {
		return codeUTF8, text.Error()
	}
	if limit, ok := errors.AsType[*hostfuncs.LimitError](err); ok {
		return codeReplySize, fmt.Sprintf("%s: %d bytes, and the limit %s is %d", limit.Function, limit.Got, limit.Limit, limit.Value)
	}
	if exit, ok := errors.AsType[*hostfuncs.ExitError](err); ok {
		return codeExit, exit.Error()
	}
	if _, ok := errors.AsType[*hostfuncs.StackError](err); ok {
		return codeStack, "the calls are nested too deeply for the stack"
	}
	if fault, ok := errors.AsType[*hostfuncs.Fault](err); ok {
		return faultCode(fault, seen.outside), fault.Error()
	}
	if _, ok := errors.AsType[*fuelError](err); ok || errors.Is(err, context.DeadlineExceeded) {
		return c.tooLong(seen)
	}
	if trap, ok := errors.AsType[*engine.TrapError](err); ok && trap.Kind == engine.TrapStackOverflow {
		return codeStack, "the calls are nested too deeply for the stack"
	}
	if _, ok := errors.AsType[*engine.MemoryError](err); ok {
		return codeMemory, words
	}
	return trapCode(seen.export), words
}

// faultCode is the clause that a host function saw broken.
func faultCode(fault *hostfuncs.Fault, outside bool) Code {
	switch {
	case outside:
		return codeRange
	case fault.Function == "log":
		return codeLogLevel
	case fault.Function == "metric_add" || fault.Function == "metric_set" || fault.Function == "metric_observe":
		return codeMetricRule
	}
	return codeRange
}

// trapCode is the clause that an export breaks by a trap.
func trapCode(export string) Code {
	switch export {
	case abi.ExportInitialize:
		return codeStartTrap
	case abi.ExportName:
		return codeNameTrap
	case abi.ExportSupports:
		return codeSupportsTrap
	case abi.ExportBuild:
		return codeBuildTrap
	}
	return codeRunTrap
}

// timeLimit is the code of the time limit of an export, its name and value, and the fuel that it is surely worth.
func (c *check) timeLimit(export string) (code Code, name string, fuel int64) {
	l := c.trial.limits
	switch export {
	case abi.ExportInitialize:
		return codeStart, "start of " + l.Start.String(), leastFuel(l.Start)
	case abi.ExportName, abi.ExportSupports:
		return codeAsk, "ask of " + l.Ask.String(), leastFuel(l.Ask)
	}
	return codeBuild, "build of " + l.Build.String(), leastFuel(l.Build)
}

// tooLong is the clause that a call broke which didn't end.
func (c *check) tooLong(seen *call) (Code, string) {
	c.endless = true
	code, limit, _ := c.timeLimit(seen.export)
	return code, "did not end within the limit " + limit
}
