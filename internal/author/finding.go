package author

import (
	"fmt"
	"slices"

	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// Finding is one thing that check found.
type Finding struct {
	Code    Code
	Level   Level
	Message string // what, where, what was expected and what was found; text of the module in it is escaped
	Fix     string
}

// Report is what check found about one module.
type Report struct {
	Module   string    // the file's base name
	Findings []Finding // errors first, then warnings, then infos; those of one level by their codes
}

// OK says whether there is no error among the findings.
func (r Report) OK() bool {
	return !slices.ContainsFunc(r.Findings, func(f Finding) bool { return f.Level == LevelError })
}

// maxFindings bounds the findings of one code: a module can break one clause a thousand times.
const maxFindings = 20

// findings collects what is found. What is at fault in the same way for several specs is one finding.
type findings struct {
	mask *task.Mask // nil hides nothing
	list []*found
}

// found is a finding and how often it was made.
type found struct {
	code    Code
	key     string
	message string
	times   int
}

// add notes a finding. Of several with one code and key the first one's message is told.
func (f *findings) add(code Code, key, format string, args ...any) {
	of := 0
	for _, have := range f.list {
		if have.code != code {
			continue
		}
		if of++; have.key == key {
			have.times++
			return
		}
	}
	if of < maxFindings {
		f.list = append(f.list, &found{code: code, key: key, message: hostfuncs.Escape(f.mask.Text(fmt.Sprintf(format, args...))), times: 1})
	}
}

// each notes a finding for which every message is one of its own.
func (f *findings) each(code Code, format string, args ...any) {
	f.add(code, fmt.Sprintf(format, args...), format, args...)
}

// has says whether there is a finding of an error's level.
func (f *findings) hasError() bool {
	return slices.ContainsFunc(f.list, func(have *found) bool { return levelOf(have.code) == LevelError })
}

// hasCode says whether there is a finding of the code.
func (f *findings) hasCode(code Code) bool {
	return slices.ContainsFunc(f.list, func(have *found) bool { return have.code == code })
}

func levelOf(code Code) Level {
	c, _ := FindClause(code)
	return c.Level
}

// report orders the findings.
func (f *findings) report(module string) Report {
	r := Report{Module: module, Findings: []Finding{}}
	all := Clauses()
	for _, level := range []Level{LevelError, LevelWarning, LevelInfo} {
		for _, c := range all {
			if c.Level != level {
				continue
			}
			for _, have := range f.list {
				if have.code == c.Code {
					r.Findings = append(r.Findings, Finding{Code: c.Code, Level: c.Level, Message: have.text(), Fix: c.Fix})
				}
			}
		}
	}
	return r
}

func (f *found) text() string {
	switch f.times {
	case 1:
		return f.message
	case 2:
		return f.message + "; and so once more"
	}
	return fmt.Sprintf("%s; and so %d times more", f.message, f.times-1)
}
