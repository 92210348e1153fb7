//go:build unix

package main

import (
	"maps"
	"slices"
	"strings"
)

// The names that nearly all cases share.
const (
	bombFile  = "bomb.wasm" // sorts before the healthy neighbour, ok.wasm, so that it is asked first
	bombName  = "bomb"      // as a runner
	neighbour = "ok"        // the runner of ok.wasm, which takes everything
)

// Case is one hostile input. Its documents go through list, route and run beside a healthy runner named "ok", which
// sorts after it, takes everything, and has the label healthy=yes.
type Case struct {
	Name string `json:"name"` // also of its folder
	Does string `json:"does"` // what it strains, and what has to hold

	Module string   `json:"module"`         // file whose row list must show; empty when there is none
	Spec   string   `json:"spec"`           // the document to route and run, relative to the folder
	Args   []string `json:"args,omitempty"` // further arguments of all commands

	RunArgs []string `json:"runArgs,omitempty"` // further arguments of run

	List  List  `json:"list"`
	Route Route `json:"route"` // of the last row of the document
	Run   Run   `json:"run"`   // of the last row of the document
	Rows  int   `json:"rows"`  // of the document

	Hidden   string `json:"hidden,omitempty"`   // a text that may not show anywhere
	Show     bool   `json:"show,omitempty"`     // to be shown as table and YAML too, and inspected
	Raw      bool   `json:"raw,omitempty"`      // the task's own output, which passes as it is, has control characters
	Unrooted bool   `json:"unrooted,omitempty"` // means nothing to the superuser

	files map[string]entry
}

// List is the module's row: status "ready" or "disabled", or "rejected" with a code. Empty when there is no module.
type List struct {
	Status string `json:"status,omitempty"`
	Code   string `json:"code,omitempty"`
}

// Route is what routing the document ends with.
type Route struct {
	Runner  string `json:"runner,omitempty"`  // that was chosen
	Asked   string `json:"asked,omitempty"`   // the candidate that the verdict is about; empty when it is none
	Verdict string `json:"verdict,omitempty"` // on the case's module
	Code    string `json:"code,omitempty"`    // of the document's error
	Exit    int    `json:"exit"`
}

// Run is what running the document ends with.
type Run struct {
	Outcome string `json:"outcome,omitempty"` // empty for a task that was never begun, so that it is none or a failure
	Code    string `json:"code,omitempty"`    // of the document's error
	Exit    int    `json:"exit"`
}

// spec is the document of a case that has none of its own, of any custom kind.
const spec = "slot: bomb\nkind: {bomb: {}}\ntimeout: 20s\n"

// module is a case of one module, of which nothing is expected yet.
func module(name, does string, wasm []byte) Case {
	return Case{
		Name: name, Does: does, Module: bombFile, Spec: "spec.yaml", Rows: 1,
		files: map[string]entry{"runners/" + bombFile: {data: wasm}, "spec.yaml": {data: []byte(spec)}},
	}
}

// document is a case of one spec file, beside the healthy runner alone.
func document(name, does, text string) Case {
	c := module(name, does, nil)
	c.Module = ""
	delete(c.files, "runners/"+bombFile)
	return c.with("spec.yaml", entry{data: []byte(text)})
}

// with adds or replaces a file.
func (c Case) with(path string, e entry) Case {
	c.files = maps.Clone(c.files)
	c.files[path] = e
	return c
}

// sidecar gives the module a sidecar.
func (c Case) sidecar(text string) Case {
	return c.with("runners/bomb.yaml", entry{data: []byte(text)})
}

// args adds arguments of route and run.
func (c Case) args(args ...string) Case {
	c.Args = slices.Concat(c.Args, args)
	return c
}

// shown has the case be shown in every way there is.
func (c Case) shown() Case {
	c.Show = true
	return c
}

// rejected expects that list rejects the module with the code, and that the neighbour does its work.
func (c Case) rejected(code string) Case {
	c.List = List{Status: "rejected", Code: code}
	c.Route = Route{Runner: neighbour}
	c.Run = Run{Outcome: "success"}
	return c
}

// disabled expects that the module is listed, and never asked.
func (c Case) disabled() Case {
	c.List = List{Status: "disabled"}
	c.Route = Route{Runner: neighbour, Asked: c.Module, Verdict: "disabled"}
	c.Run = Run{Outcome: "success"}
	return c
}

// passedOver expects that the module loads, goes wrong in supports, and that the neighbour does its work.
func (c Case) passedOver() Case {
	c.List = List{Status: "ready"}
	c.Route = Route{Runner: neighbour, Asked: bombName, Verdict: "fault"}
	c.Run = Run{Outcome: "success"}
	return c
}

// unbuilt expects that the module is chosen and its build ends with the code.
func (c Case) unbuilt(code string) Case {
	c.List = List{Status: "ready"}
	c.Route = Route{Runner: bombName, Asked: bombName, Verdict: "selected", Code: code, Exit: 4}
	c.Run = Run{Code: code, Exit: 4}
	return c
}

// runs expects that the module builds a task, and that it ends so.
func (c Case) runs(outcome, code string, exit int) Case {
	c.List = List{Status: "ready"}
	c.Route = Route{Runner: bombName, Asked: bombName, Verdict: "selected"}
	c.Run = Run{Outcome: outcome, Code: code, Exit: exit}
	return c
}

// harmless expects that the module does what it wants to, within its bounds.
func (c Case) harmless() Case { return c.runs("success", "", 0) }

// timesOut expects that the task meets its timeout, which is short.
func (c Case) timesOut() Case {
	short := strings.Replace(spec, "20s", "300ms", 1)
	return c.with("spec.yaml", entry{data: []byte(short)}).runs("timeout", "task_timeout", 6)
}

// invalid expects that the document is refused.
func (c Case) invalid() Case {
	c.Route = Route{Code: "invalid_spec", Exit: 2}
	c.Run = Run{Code: "invalid_spec", Exit: 2}
	return c
}

// taken expects that the neighbour takes the document.
func (c Case) taken() Case {
	c.Route = Route{Runner: neighbour, Asked: neighbour, Verdict: "selected"}
	c.Run = Run{Outcome: "success"}
	return c
}
