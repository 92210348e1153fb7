//go:build unix

package main

import (
	"fmt"
	"strings"
)

// manifestCases have a sound module with a manifest that is none.
func manifestCases() []Case {
	sound := newGuest().bytes()
	var all []Case
	bad := func(name, does, text string) {
		all = append(all, module("manifest-"+name, does, sound).manifest(text).rejected("manifest").shown())
	}
	bad("empty", "A manifest is empty.", "")
	bad("text", "A manifest is no JSON.", "version 1")
	bad("yaml", "A manifest is YAML.", "version: 1.0.0\n")
	bad("array", "A manifest is an array.", "[]")
	bad("encoding", "A manifest is not UTF-8.", "{\"description\":\"\xff\"}")
	bad("trailing", "A manifest goes on behind its object.", "{} {}")
	bad("large", "A manifest has a byte more than 64 KiB.", "{}"+strings.Repeat(" ", 64<<10-1))
	bad("huge", "A manifest has 20 MB.", `{"description":"`+strings.Repeat("x", 20<<20)+`"}`)
	bad("deep", "A manifest is nested 30,000 deep.", `{"kinds":`+deep(30_000)+`}`)
	bad("duplicate", "A field comes twice.", `{"version":"1.0.0","version":"2.0.0"}`)
	bad("unknown", "A field is unknown.", `{"privileged":true}`)
	bad("unknown-controls", "An unknown field acts on a terminal.", `{"\u001b[31mred\u202e\n":true}`)
	bad("type", "A field has another type.", `{"kinds":"any"}`)
	bad("version", "A version is none.", `{"version":"latest"}`)
	bad("version-long", "A version has 60,000 characters that match nearly to the end.", `{"version":"1.0.0-`+strings.Repeat("a.", 30_000)+`"}`)
	bad("description-lines", "A description has two lines.", `{"description":"one\ntwo"}`)
	bad("description-escape", "A description has a terminal's escape sequence.", `{"description":"\u001b[31mred"}`)
	bad("kinds-none", "A list of kinds is empty.", `{"kinds":[]}`)
	bad("kinds-twice", "A kind comes twice.", `{"kinds":["a","a"]}`)
	bad("kinds-form", "A kind's name is none.", `{"kinds":["A b\n"]}`)
	bad("kinds-embedded", "A kind is the one that no runner takes.", `{"kinds":["embedded"]}`)
	bad("labels", "A label acts on a terminal.", `{"labels":{"a":"\u001b[31m"}}`)
	bad("labels-key", "A label's key has a line break.", `{"labels":{"a\nb":"c"}}`)
	bad("env", "A pattern is empty.", `{"env":[""]}`)
	bad("actions", "An action is one that there isn't.", `{"actions":["shell"]}`)
	bad("metric-type", "A metric has a type that there isn't.", `{"metrics":[{"name":"m","type":"summary","help":"","labels":[]}]}`)
	bad("metric-name", "A metric's name would forge a line.", `{"metrics":[{"name":"m 1\nup","type":"counter","help":"","labels":[]}]}`)
	bad("metric-label", "A metric's label is the host's own.", `{"metrics":[{"name":"m","type":"counter","help":"","labels":["runner"]}]}`)
	bad("buckets", "A histogram has 5,000 buckets.", fmt.Sprintf(`{"metrics":[{"name":"m","type":"histogram","help":"","labels":[],"buckets":[0%s]}]}`,
		strings.Join(texts(5000, func(i int) string { return fmt.Sprintf(",%d", i+1) }), "")))
	bad("buckets-order", "A histogram's buckets descend.",
		`{"metrics":[{"name":"m","type":"histogram","help":"","labels":[],"buckets":[2,1]}]}`)
	bad("buckets-infinite", "A histogram's bucket is over what numbers hold.",
		`{"metrics":[{"name":"m","type":"histogram","help":"","labels":[],"buckets":[1e999]}]}`)
	bad("faults", "Five thousand fields are unknown.", "{"+strings.Join(fields(3000), ",")+"}")
	return append(all,
		module("manifest-twice", "There are two manifests.", sound).manifest(`{}`).manifest(`{}`).rejected("manifest"),
		module("manifest-kinds", "A manifest takes 2,000 kinds, of which the document's is none.", sound).
			manifest(`{"kinds":[`+strings.Join(texts(2000, func(i int) string { return fmt.Sprintf(`"k%d"`, i) }), ",")+`]}`).otherKind(),
		module("manifest-direction", "A description turns the direction of writing, which is escaped where it is shown.", sound).
			manifest(`{"description":"`+jsonControls+`"}`).harmless().shown(),
	)
}

// texts is what f gives for 0 to n-1.
func texts(n int, f func(i int) string) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = f(i)
	}
	return list
}

// otherKind expects that the module is not asked, since it takes other kinds.
func (c Case) otherKind() Case {
	c.List = List{Status: "ready"}
	c.Route = Route{Runner: neighbour, Asked: bombName, Verdict: "kind"}
	c.Run = Run{Outcome: "success"}
	return c
}
