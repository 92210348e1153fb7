package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/bench/rows"
)

// report is what one run of the bench found.
type report struct {
	Date          time.Time
	Machine       string
	Go            string
	Versions      []string
	Quick         bool
	Before, After string // the load average
	Rows          []measured
}

// measured is a row with its figures, or with the reason why there are none.
type measured struct {
	Number  int
	Title   string
	Results []figure
	Error   string `json:",omitempty"`
}

// figure is a result as it is printed.
type figure struct {
	What     string
	Target   string
	Measured float64
	Low      float64 // the lower quartile of the rounds
	High     float64 // the upper quartile
	Unit     rows.Unit
	Met      bool
	Context  []string

	text string
}

func newReport(quick bool) *report {
	return &report{Date: time.Now().UTC(), Machine: machine(), Go: runtime.Version(), Versions: versions(), Quick: quick, Before: load()}
}

// add measures a row. What goes wrong stands in its place.
func (r *report) add(row rows.Row, b *rows.Bench) {
	m := measured{Number: row.Number, Title: row.Title}
	results, err := row.Measure(b)
	if err != nil {
		m.Error = err.Error()
	}
	for _, x := range results {
		text := x.Bound.Format(x.Got.Median)
		if x.Got.Low != x.Got.High {
			text += fmt.Sprintf(" (%s–%s)", x.Bound.Format(x.Got.Low), x.Bound.Format(x.Got.High))
		}
		m.Results = append(m.Results, figure{
			What: x.What, Target: x.Bound.String(), Measured: x.Got.Median, Low: x.Got.Low, High: x.Got.High, Unit: x.Bound.Unit,
			Met: x.Met(), Context: x.Context, text: text,
		})
	}
	r.Rows = append(r.Rows, m)
}

func (r *report) write(w io.Writer, format string) error {
	if format == "json" {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(r)
	}
	_, err := io.WriteString(w, r.markdown())
	return err
}

// conditions are what was measured on, and when.
func (r *report) conditions() string {
	text := fmt.Sprintf("%s, %s, %s, %s; load average %s before, %s after.", r.Date.Format(time.DateTime), r.Machine, r.Go,
		strings.Join(r.Versions, ", "), r.Before, r.After)
	if r.Quick {
		text += " A quick run: its figures are rough, and it has fewer modules where there should be many."
	}
	return text + "\n\n"
}

// markdown is the table, below what it was measured on.
func (r *report) markdown() string {
	var b strings.Builder
	b.WriteString(r.conditions() + "| row | what | target | measured | times | |\n| --- | --- | --- | --- | --- | --- |\n")
	for _, row := range r.Rows {
		fmt.Fprintf(&b, "| **%d** | **%s** | | | | |\n", row.Number, row.Title)
		for _, f := range row.Results {
			verdict := "met"
			if !f.Met {
				verdict = "**not met**"
			}
			fmt.Fprintf(&b, "| | %s | %s | %s | %s | %s |\n", f.What, f.Target, f.text, strings.Join(f.Context, "; "), verdict)
		}
		if row.Error != "" {
			fmt.Fprintf(&b, "| | not measured: %s | | | | |\n", strings.ReplaceAll(row.Error, "\n", "; "))
		}
	}
	return b.String()
}

// machine is the machine's class: its processor and how many of them there are.
func machine() string {
	model := runtime.GOARCH
	text, _ := os.ReadFile("/proc/cpuinfo") // elsewhere the architecture has to do
	for line := range strings.Lines(string(text)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			model = strings.TrimSpace(value)
			break
		}
	}
	return fmt.Sprintf("%s %s, %d processors (GOMAXPROCS %d)", runtime.GOOS, model, runtime.NumCPU(), runtime.GOMAXPROCS(0))
}

// load is the load average of the last minute, where the system tells it.
func load() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	first, _, _ := strings.Cut(string(text), " ")
	return first
}

// versions are those of the libraries that are compared, by go.mod.
func versions() []string {
	list := []string{"list", "-m", "-f", "{{.Path}} {{.Version}}"}
	out, err := exec.Command("go", append(list, "github.com/tetratelabs/wazero", "github.com/extism/go-sdk",
		"github.com/knqyf263/go-plugin", "github.com/hashicorp/go-plugin", "google.golang.org/grpc",
		"github.com/bytecodealliance/wasmtime-go/v37")...).Output()
	if err != nil {
		return []string{"versions unknown: " + err.Error()}
	}
	return strings.Split(strings.TrimSpace(strings.ReplaceAll(string(out), "github.com/", "")), "\n")
}
