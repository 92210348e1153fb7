//go:build unix

package main

import (
	"math"
	"slices"
	"strings"
)

// metricCases emit what would forge lines of the metrics file, or fill it. What breaks a rule traps; what is over a
// limit is dropped.
func metricCases() []Case {
	emitting := func(name, does, metric, labels string, value float64) Case {
		return running("metric-"+name, does, func(g *guest) {
			emit := g.call("metric_add", g.text(metric), g.text(labels), f64(value))
			g.build = seq(emit, g.reply(`{"action":{"run":{}}}`), i32(0))
		}, "metric_add")
	}
	trap := func(name, does, metric, labels string, value float64) Case {
		return emitting(name, does, metric, labels, value).unbuilt("guest_fault").shown()
	}
	fine := func(name, does, metric, labels string) Case {
		return emitting(name, does, metric, labels, 1).harmless().shown()
	}
	return []Case{
		trap("name", "A name would forge a line.", "up 1\nsolti_tasks_started_total", "", 1),
		trap("name-controls", "A name acts on a terminal.", controls, "", 1),
		trap("name-empty", "A name is empty.", "", "", 1),
		trap("name-suffix", "A name ends like a series of a histogram.", "seconds_bucket", "", 1),
		trap("label-name", "A label's name would forge a label.", "m", `{"a=\"b\",c":"d"}`, 1),
		trap("label-runner", "A label is the host's own.", "m", `{"runner":"ok"}`, 1),
		trap("label-le", "A label is a histogram's own.", "m", `{"le":"+Inf"}`, 1),
		trap("label-type", "A label's value is no text.", "m", `{"a":{"b":1}}`, 1),
		trap("label-twice", "A label comes twice.", "m", `{"a":"b","a":"c"}`, 1),
		trap("labels-text", "The labels are no JSON.", "m", `a="b"`, 1),
		trap("value-nan", "A value is not a number.", "m", "", math.NaN()),
		trap("value-infinite", "A value is infinite.", "m", "", math.Inf(1)),
		trap("value-negative", "A counter goes down.", "m", "", -1),
		fine("label-value", "A label's value would forge a line.", "m", `{"a":"b\"} 1\nsolti_up 1\n# HELP x y\\"}`),
		fine("label-controls", "A label's value acts on a terminal.", "m", `{"a":"\u001b[31m\u202e\u0000\u009b\u2028"}`),
		fine("name-host", "A name is the one that the host counts drops by: it is dropped.", "dropped_total", ""),
		fine("name-long", "A name has 200 bytes: it is dropped.", strings.Repeat("a", 200), ""),
		fine("label-long", "A label's value has 1,000 bytes: it is dropped.", "m", `{"a":"`+strings.Repeat("x", 1000)+`"}`),
		fine("labels-many", "There are 1,000 labels: they are dropped.", "m", manyLabels(1000)),
		fine("help", "A manifest's help would forge a line.", "m", "").manifest(
			`{"metrics":[{"name":"m","type":"counter","help":"x\n# TYPE up gauge\nup 0\u001b[31m\\","labels":[]}]}`),
	}
}

func manyLabels(n int) string {
	list := fields(n)
	for i := range list {
		key, value, _ := strings.Cut(list[i], ":")
		list[i] = key + `:"` + value + `"`
	}
	return "{" + strings.Join(list, ",") + "}"
}

// manifest adds a manifest to the module.
func (c Case) manifest(text string) Case {
	path := "runners/" + c.Module
	return c.with(path, entry{data: slices.Concat(c.files[path].data, section(secCustom, custom("solti.runner", []byte(text))))})
}
