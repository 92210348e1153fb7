//go:build unix

package main_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// hostileRow is one object of an answer, with the fields of list, route and run that are checked.
type hostileRow struct {
	Source, Name, Module, Status, Code, Reason string
	Runner, Outcome, Result                    string
	Task                                       json.RawMessage
	Candidates                                 []struct{ Runner, Verdict, Detail string }
	Error                                      struct{ Code, Message string }
	Event                                      json.RawMessage
}

// rows parses the standard output: one object a line, of which events are left out.
func (p hostileProcess) rows(t *testing.T) []hostileRow {
	t.Helper()
	var all []hostileRow
	for line := range strings.Lines(p.stdout) {
		var r hostileRow
		if err := json.Unmarshal([]byte(line), &r); err != nil || !strings.HasSuffix(line, "\n") {
			t.Fatalf("%v: a line is no JSON object: %v: %s", p, err, beginning(line))
		}
		if r.Event == nil {
			all = append(all, r)
		}
	}
	return all
}

// checkList checks the rows of the module and of its neighbour.
func (p hostileProcess) checkList(t *testing.T, c *hostileCase) {
	t.Helper()
	found := c.Module == ""
	healthy := false
	for _, r := range p.rows(t) {
		healthy = healthy || r.Module == "ok.wasm" && r.Name == "ok" && r.Status == "ready"
		if c.Module == "" || r.Module != c.Module {
			continue
		}
		found = true
		if r.Status != c.List.Status || r.Code != c.List.Code {
			t.Errorf("%s: list shows it as %s %s, expected %s %s; its reason: %s",
				c.Does, r.Status, r.Code, c.List.Status, c.List.Code, beginning(r.Reason))
		}
		if r.Status == "rejected" && r.Reason == "" {
			t.Errorf("%s: it is rejected without a reason", c.Does)
		}
	}
	if !found || !healthy {
		t.Errorf("%s: list shows the module: %t, its neighbour as ready: %t; in %s", c.Does, found, healthy, beginning(p.stdout))
	}
}

// documents returns the row of the last of the case's documents and that of the healthy one. Run writes rows as tasks
// end.
func (p hostileProcess) documents(t *testing.T, c *hostileCase) (last, healthy hostileRow) {
	t.Helper()
	source := c.Spec
	if c.Rows > 1 {
		source = fmt.Sprintf("%s#%d", c.Spec, c.Rows)
	}
	all := p.rows(t)
	for _, r := range all {
		switch r.Source {
		case source:
			last = r
		case "healthy.yaml":
			healthy = r
		}
	}
	if len(all) != c.Rows+1 || last.Source == "" {
		t.Fatalf("%v: expected %d rows, one of them of %s, found %d: %s; standard error: %s",
			p, c.Rows+1, source, len(all), beginning(p.stdout), beginning(p.stderr))
	}
	if healthy.Runner != "ok" || healthy.Error.Code != "" {
		t.Errorf("%v: the neighbour did not take its document: %+v", p, healthy)
	}
	return last, healthy
}

func (p hostileProcess) checkRoute(t *testing.T, c *hostileCase) {
	t.Helper()
	last, healthy := p.documents(t, c)
	if len(healthy.Task) == 0 {
		t.Errorf("%v: the neighbour built nothing: %+v", p, healthy)
	}
	if last.Runner != c.Route.Runner || last.Error.Code != c.Route.Code {
		t.Errorf("%s: route chose %q with the error %q, expected %q with %q: %s",
			c.Does, last.Runner, last.Error.Code, c.Route.Runner, c.Route.Code, beginning(last.Error.Message))
	}
	if c.Route.Asked == "" {
		return
	}
	for _, candidate := range last.Candidates {
		if candidate.Runner != c.Route.Asked {
			continue
		}
		if candidate.Verdict != c.Route.Verdict {
			t.Errorf("%s: the verdict is %s, expected %s: %s", c.Does, candidate.Verdict, c.Route.Verdict, beginning(candidate.Detail))
		}
		return
	}
	t.Errorf("%s: %s is no candidate of %+v", c.Does, c.Route.Asked, last.Candidates)
}

func (p hostileProcess) checkRun(t *testing.T, c *hostileCase) {
	t.Helper()
	last, healthy := p.documents(t, c)
	if healthy.Outcome != "success" || healthy.Result != "ok" {
		t.Errorf("%v: the neighbour's task ended as %+v", p, healthy)
	}
	begun := c.Run.Outcome != ""
	if begun && last.Outcome != c.Run.Outcome || !begun && last.Outcome == "success" || last.Error.Code != c.Run.Code {
		t.Errorf("%s: run ended as %q with the error %q, expected %q with %q: %s",
			c.Does, last.Outcome, last.Error.Code, c.Run.Outcome, c.Run.Code, beginning(last.Error.Message))
	}
}

// metricLabel is a label of a sample, its value escaped.
const metricLabel = `[a-z_][a-z0-9_]*="([^"\\\n]|\\["\\n])*"`

// The lines of a metrics file: comments of two sorts, and samples whose names are the program's.
var (
	metricComment = regexp.MustCompile(`^# (HELP|TYPE) solti_[a-z0-9_]+ [^\n]*$`)
	metricSample  = regexp.MustCompile(`^solti_[a-z0-9_]+(\{` + metricLabel + `(,` + metricLabel + `)*\})? [0-9eE.+-]+$`)
)

// checkMetrics holds the file that run wrote to the text format.
func checkMetrics(t *testing.T, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Errorf("run wrote no metrics: %v", err)
	}
	for line := range strings.Lines(string(data)) {
		line = strings.TrimSuffix(line, "\n")
		if !metricComment.MatchString(line) && !metricSample.MatchString(line) {
			t.Errorf("the metrics file has the line %q", beginning(line))
		}
	}
}

// TestHostileChecks shows that the checks would notice.
func TestHostileChecks(t *testing.T) {
	for text, at := range map[string]int{
		"plain\ntext, naïve 日本": -1,
		"a\x1b[31m":             1,
		"a\r\n":                 1,
		"a\u009b31m":            1,
		"a\u202eb":              1,
		"a\u2028b":              1,
		"a\xffb":                1,
	} {
		if got := unshowable(text); got != at {
			t.Errorf("%q: found one at %d, expected %d", text, got, at)
		}
	}
	for line, ok := range map[string]bool{
		`# HELP solti_tasks_total x`:                    true,
		`solti_tasks_total{runner="ok"} 1`:              true,
		`solti_guest_m{a="b\"} 1\nup 1",runner="x"} 1`:  true,
		`solti_guest_m{a="b"} 1 2 3`:                    false,
		`up 1`:                                          false,
		`solti_guest_m{a="b"} 1` + "\r":                 false,
		`solti_guest_m{a="b"c"} 1`:                      false,
		`solti_seconds_bucket{runner="ok",le="+Inf"} 2`: true,
	} {
		if got := metricComment.MatchString(line) || metricSample.MatchString(line); got != ok {
			t.Errorf("%q: it passes for a line of metrics: %t, expected %t", line, got, ok)
		}
	}
	for text, crashed := range map[string]bool{
		"fatal error: runtime: out of memory\n":   true,
		"x\npanic: boom\n\ngoroutine 1 [running]": true,
		"soltiwasm: the runner panicked":          false,
	} {
		if got := goCrash.MatchString(text); got != crashed {
			t.Errorf("%q: it passes for a crash: %t, expected %t", text, got, crashed)
		}
	}
}
