package registry

import (
	_ "embed"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/metrics"
	"github.com/soltihq/soltiwasm/task"
)

//go:embed manifest.schema.json
var manifestSchema []byte

// ManifestSchema returns the JSON Schema (2020-12) of a manifest.
func ManifestSchema() []byte { return slices.Clone(manifestSchema) }

// semver is the grammar of semver.org, version 2.0.0. It compiles at first use: most starts of a program don't get there.
var semver = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)` +
		`(-(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*)(\.(0|[1-9]\d*|\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?(\+[0-9a-zA-Z-]+(\.[0-9a-zA-Z-]+)*)?$`)
})

// ParseManifest reads the content of a module's custom section [abi.ManifestSection]. The error is a
// [document.Faults] with every fault, or a *[document.SyntaxError].
func ParseManifest(data []byte) (abi.Manifest, error) {
	var m abi.Manifest
	root, err := document.ParseJSON(data, document.Bounds{Bytes: abi.MaxManifest, Depth: abi.MaxDepth})
	if err != nil {
		return m, err
	}
	var d document.Decoder
	o := d.Object(root, "")
	if v := o.Get("version"); v.Present() {
		if m.Version = v.Text(); v.Node.Kind == document.String && !semver().MatchString(m.Version) {
			v.Fault("expected a semantic version such as 1.2.0, found %q", m.Version)
		}
	}
	m.Description = readLine(o.Get("description"))
	m.Kinds = readKinds(o.Get("kinds"))
	m.Labels = o.Get("labels").StringMap()
	faultsAt(o.Get("labels"), task.Labels(m.Labels).Validate())
	m.Env = readPatterns(o.Get("env"))
	m.Actions = readActions(o.Get("actions"))
	for _, v := range o.Get("metrics").Items() {
		m.Metrics = append(m.Metrics, readMetric(v, m.Metrics))
	}
	o.Close()
	return m, d.Err()
}

// readLine is a text for people that fits on a line.
func readLine(v document.Value) string {
	text := v.Text()
	if strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		v.Fault("expected one line of text without control characters")
	}
	return text
}

func readKinds(v document.Value) []string {
	if !v.Present() {
		return nil
	}
	kinds := v.Strings()
	if v.Node.Kind == document.Array && len(v.Node.Items) == 0 {
		v.Fault("expected at least one kind; leave the field out for any kind")
	}
	for i, kind := range kinds {
		switch err := task.ValidateKindName(kind); {
		case err != nil:
			v.Fault("kind %q: %v", kind, err)
		case kind == task.KindEmbedded:
			v.Fault("the kind embedded is never given to a runner")
		case slices.Contains(kinds[:i], kind):
			v.Fault("the kind %q is named twice", kind)
		}
	}
	return kinds
}

func readPatterns(v document.Value) []string {
	patterns := v.Strings()
	for _, p := range patterns {
		if at := strings.IndexByte(p, '*'); p == "" || at >= 0 && at != len(p)-1 || strings.ContainsAny(p, "=\x00") {
			v.Fault("expected environment keys such as PATH or APP_*, with * only at the end, found %q", p)
		}
	}
	return patterns
}

func readActions(v document.Value) []string {
	actions := v.Strings()
	for _, a := range actions {
		if a != abi.ActionProcess && a != abi.ActionWasm {
			v.Fault("expected process or wasm, found %q", a)
		}
	}
	return actions
}

func readMetric(v document.Value, before []abi.Metric) abi.Metric {
	o := v.Object()
	m := abi.Metric{
		Name:   o.Require("name").Text(),
		Type:   o.Require("type").Text(),
		Help:   o.Get("help").Text(),
		Labels: o.Get("labels").Strings(),
	}
	for _, bound := range o.Get("buckets").Items() {
		m.Buckets = append(m.Buckets, bound.Float())
	}
	typ, ok := metricTypes()[m.Type]
	switch {
	case m.Type != "" && !ok:
		o.Get("type").Fault("expected counter, gauge or histogram, found %q", m.Type)
	case m.Name != "" && ok:
		row := metricOf(m, typ)
		faultsAt(v, row.Check())
	}
	if slices.ContainsFunc(before, func(b abi.Metric) bool { return b.Name == m.Name }) {
		o.Get("name").Fault("the metric %q is declared twice", m.Name)
	}
	o.Close()
	return m
}

func metricTypes() map[string]metrics.Type {
	return map[string]metrics.Type{"counter": metrics.Counter, "gauge": metrics.Gauge, "histogram": metrics.Histogram}
}

// metricOf is a declared metric as the metrics room knows it.
func metricOf(m abi.Metric, typ metrics.Type) metrics.Metric {
	labels := slices.Sorted(slices.Values(m.Labels))
	return metrics.Metric{Name: m.Name, Type: typ, Help: m.Help, Labels: labels, Buckets: m.Buckets}
}

// faultsAt records the faults that task found in a value that is part of a document.
func faultsAt(v document.Value, err error) {
	if err != nil {
		v.Fault("%v", err)
	}
}
