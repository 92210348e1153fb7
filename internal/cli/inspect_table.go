package cli

import (
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/task"
)

// table is the module for people.
func (r *moduleRow) table() *table {
	t := &table{}
	t.add("module", r.Module)
	t.add("digest", r.Digest)
	if r.Size > 0 {
		t.add("size", formatSize(r.Size))
	}
	if r.Error != nil {
		t.lines = append(t.lines, line{cells: []cell{{text: "rejected", colour: red}, {text: r.Error.Code + ": " + r.Error.Reason, colour: red}}})
	}
	if r.ABI != "" {
		t.add("abi", r.ABI)
		carries := "no"
		if r.Run {
			carries = "yes"
		}
		t.add("carries out tasks itself", carries)
		addManifest(t, r.manifest)
	}
	t.addTable("imports", strconv.Itoa(len(r.Imports)), r.importTable())
	t.addTable("exports", strconv.Itoa(len(r.Exports)), r.exportTable())
	t.addTable("structure", "what it uses, and the limit", r.figureTable())
	return t
}

// addManifest adds what a manifest says.
func addManifest(t *table, m abi.Manifest) {
	t.add("version", m.Version)
	t.add("description", m.Description)
	kinds := strings.Join(m.Kinds, ", ")
	if kinds == "" {
		kinds = "any"
	}
	t.add("kinds", kinds)
	t.add("labels", task.Labels(m.Labels).String())
	asks := &table{}
	asks.add("environment", strings.Join(m.Env, ", "))
	asks.add("actions", strings.Join(m.Actions, ", "))
	t.addTable("asks for", "what only the operator grants", asks)
	emits := &table{}
	for _, metric := range m.Metrics {
		emits.lines = append(emits.lines, line{cells: plain(metric.Name, metric.Type, strings.Join(metric.Labels, ", "), metric.Help)})
	}
	t.addTable("metrics", strconv.Itoa(len(m.Metrics)), emits)
}

func (r *moduleRow) importTable() *table {
	t := &table{}
	for _, i := range r.Imports {
		t.lines = append(t.lines, line{cells: plain(i.Module+"."+i.Name, string(i.Kind), i.Type)})
	}
	return t
}

func (r *moduleRow) exportTable() *table {
	t := &table{}
	for _, e := range r.Exports {
		t.lines = append(t.lines, line{cells: plain(e.Name, string(e.Kind), e.Type)})
	}
	return t
}

func (r *moduleRow) figureTable() *table {
	t := &table{}
	for _, f := range r.Figures {
		l := line{cells: plain(f.Name, strconv.FormatInt(f.Value, 10), strconv.FormatInt(f.Limit, 10))}
		if f.Value > f.Limit {
			l.cells[1].colour = red
		}
		t.lines = append(t.lines, l)
	}
	return t
}
