//go:build unix

package main

import (
	"fmt"
	"io/fs"
	"strings"
)

// specCases are documents that are none, or cost much to read.
func specCases() []Case {
	var all []Case
	bad := func(name, does, text string) {
		all = append(all, document("spec-"+name, does, text).invalid().shown())
	}
	kind := func(payload string) string { return "slot: bomb\ntimeout: 20s\nkind: {bomb: " + payload + "}\n" }
	bad("aliases", "Aliases would make 43 million values.", aliases("kind"))
	bad("aliases-text", "Aliases would make 100 MB of one text.",
		kind("{a: &a "+strings.Repeat("x", 100_000)+", b: ["+strings.Repeat("*a, ", 1000)+"]}"))
	bad("alias-circular", "An alias stands inside of what it repeats.", kind("&a {b: *a}"))
	bad("anchors", "There are 100,000 anchors.", kind("["+strings.Repeat("&a x, ", 100_000)+"]"))
	bad("deep", "A document is nested 500,000 deep.", kind("{a: "+deep(500_000)+"}"))
	bad("deep-json", "A document of JSON is nested 500,000 deep.", `{"slot":"bomb","timeout":20000,"kind":{"bomb":{"a":`+deep(500_000)+`}}}`)
	bad("deep-some", "A document is nested 70 deep.", kind("{a: "+deep(70)+"}"))
	bad("deep-open", "A million brackets are opened and none is closed.", "slot: "+strings.Repeat("[", 1_000_000)+"\n")
	bad("deep-braces", "A million braces are opened and none is closed.", strings.Repeat("{a: ", 300_000)+"\n")
	bad("deep-dashes", "A document is nested 100,000 deep by dashes.", "slot:\n  "+strings.Repeat("- ", 100_000)+"x\n")
	bad("values", "An array has 1,300,000 values.", kind("{a: [0"+strings.Repeat(",0", 1_300_000)+"]}"))
	bad("keys", "An object has 200,000 keys, which are all the same.", kind("{"+strings.Repeat("a: 1, ", 200_000)+"}"))
	bad("size", "A document has a byte more than 4 MiB.", kind("{a: "+strings.Repeat("x", 4<<20)+"}"))
	bad("comments", "A document has a million comments.", strings.Repeat("# x\n", 1_000_000)+spec)
	bad("quotes", "A text in quotes never ends.", "slot: \""+strings.Repeat("\\u0061", 400_000)+"\n")
	bad("indent", "A line is indented by three million spaces.", "slot:\n"+strings.Repeat(" ", 3_000_000)+"- x\n")
	bad("encoding", "A document is not UTF-8.", "slot: \xff\xfe\n")
	bad("nul", "A document has a NUL.", "slot: bomb\x00\n")
	bad("utf16", "A document is UTF-16.", "\xff\xfes\x00l\x00o\x00t\x00:\x00")
	bad("tag", "A tag asks for what only some readers make of it.", kind("!!python/object/apply:os.system [id]"))
	bad("merge", "A merge key hides a field.", "<<: {slot: bomb, timeout: 20s, kind: {bomb: {}}}\n")
	bad("duplicate", "A field comes twice.", spec+"slot: other\n")
	bad("unknown", "A field is unknown.", spec+"privileged: true\n")
	bad("unknown-controls", "An unknown field acts on a terminal.", spec+`"\e[31mred\u202e\n\u009b": true`+"\n")
	bad("slot-controls", "A slot acts on a terminal.", `slot: "\e[2J\u202e\n"`+"\nkind: {bomb: {}}\ntimeout: 20s\n")
	bad("kind-controls", "A kind acts on a terminal.", "slot: bomb\ntimeout: 20s\n"+`kind: {"\e[2J\u202e\n": {}}`+"\n")
	bad("value-controls", "A value of the wrong type acts on a terminal.", "slot: bomb\nkind: {bomb: {}}\n"+`timeout: "\e[2J\u202e\n\u009b"`+"\n")
	bad("timeout", "A timeout is over what numbers hold.", "slot: bomb\nkind: {bomb: {}}\ntimeout: 99999999999999999999999\n")
	bad("timeout-exponent", "A timeout has a million zeros.", "slot: bomb\nkind: {bomb: {}}\ntimeout: 1e1000000\n")
	bad("number", "A number has three million digits.", kind("{a: "+strings.Repeat("9", 3_000_000)+"e999999999}"))
	bad("labels", "There are 20,000 labels that break the rules.", spec+"labels: {"+strings.Join(texts(20_000, func(i int) string {
		return fmt.Sprintf(`"%d\e[31m": "x y"`, i)
	}), ", ")+"}\n")
	bad("selector", "A selector's operator is none.", spec+"runnerSelector: {matchExpressions: [{key: a, operator: Matches, values: [\"(a+)+$\"]}]}\n")

	wide := func(name, does, text string) { all = append(all, document("spec-"+name, does, text).taken()) }
	wide("wide", "An array has 100,000 values, which are allowed.", kind("{a: [0"+strings.Repeat(",0", 100_000)+"]}"))
	wide("wide-keys", "An object has 50,000 keys, which are allowed.",
		kind("{"+strings.Join(texts(50_000, func(i int) string { return fmt.Sprintf("k%d: %d", i, i) }), ", ")+"}"))
	wide("deep-allowed", "A document is nested 62 deep, which is allowed.", kind("{a: "+deep(60)+"}"))
	wide("selector-wide", "A selector has 10,000 values, which are allowed.",
		spec+"runnerSelector: {matchExpressions: [{key: healthy, operator: In, values: [\"yes\""+strings.Repeat(", b", 10_000)+"]}]}\n")
	return all
}

// specFileCases are files of many documents, or no files.
func specFileCases() []Case {
	many := document("spec-documents", "A file has 10,001 documents: the last is over their number.",
		string(repeatSpec(10_001))).invalid()
	many.Rows = 10_001
	broken := document("spec-documents-broken", "A file has 5,000 documents that can't be read.", strings.Repeat("---\n{\n", 5_000)).invalid()
	broken.Rows = 5_000
	file := func(name, does string, e entry) Case {
		return document("spec-file-"+name, does, "").with("spec.yaml", e).invalid()
	}
	folder := document("spec-folder", "A folder of specs holds none.", "").with("folder/readme.txt", entry{}).invalid()
	folder.Spec = "folder"
	locked := file("unreadable", "Nobody may read the file.", entry{data: []byte(spec), locked: true})
	locked.Unrooted = true
	return []Case{
		many, broken, folder, locked,
		file("large", "A file has a byte more than 16 MiB.", entry{size: 16<<20 + 1}),
		file("huge", "A file has a terabyte.", entry{size: 1 << 40}),
		file("empty", "A file is empty.", entry{}),
		file("pipe", "A file is a named pipe: opening it waits for a writer.", entry{kind: fs.ModeNamedPipe}),
		file("socket", "A file is a socket.", entry{kind: fs.ModeSocket}),
		file("zero", "A file is a device that never ends.", entry{link: "/dev/zero"}),
		file("dangling", "A file is a link that leads nowhere.", entry{link: "nowhere.yaml"}),
		file("circular", "A file is a link to itself.", entry{link: "spec.yaml"}),
	}
}
