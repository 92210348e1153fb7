//go:build unix

package main

import (
	"fmt"
	"strings"
)

// replyCases reply what is no task, or one that asks for what it may not have.
func replyCases() []Case {
	var all []Case
	replying := func(name, does, reply string) Case {
		return running("reply-"+name, does, func(g *guest) {
			g.build = seq(g.reply(reply), i32(0))
		})
	}
	bad := func(name, does, reply string) {
		all = append(all, replying(name, does, reply).unbuilt("invalid_reply"))
	}
	bad("text", "The reply is no JSON.", "run it, please")
	bad("array", "The reply is an array.", `[{"action":{"run":{}}}]`)
	bad("null", "The reply is null.", `null`)
	bad("trailing", "The reply goes on behind its object.", `{"action":{"run":{}}} {"action":{"run":{}}}`)
	bad("text-encoding", "The reply is not UTF-8.", "{\"action\":{\"run\":{\"a\":\"\xff\"}}}")
	bad("surrogate", "The reply has half of a surrogate pair.", `{"action":{"run":{"a":"\ud800"}}}`)
	bad("duplicate", "The reply has a key twice.", `{"action":{"run":{}},"action":{"process":{"command":"sh"}}}`)
	bad("duplicate-escaped", "The reply has a key twice, once with an escape.", `{"action":{"run":{}},"\u0061ction":{"run":{}}}`)
	bad("unknown", "The reply has an unknown field.", `{"action":{"run":{}},"privileged":true}`)
	bad("unknown-escape", "The reply has an unknown field with a terminal's escape sequence.",
		`{"action":{"run":{}},"\u001b[31m\u202eevil\n":true}`)
	bad("action-missing", "The reply has no action.", `{"description":"nothing"}`)
	bad("action-unknown", "The action is one that there isn't.", `{"action":{"shell":{"command":"sh"}}}`)
	bad("action-two", "There are two actions.", `{"action":{"run":{},"process":{"command":"sh"}}}`)
	bad("action-none", "The action is empty.", `{"action":{}}`)
	bad("action-type", "The action is a text.", `{"action":"run"}`)
	bad("description-lines", "The description has two lines.", `{"action":{"run":{}},"description":"one\ntwo"}`)
	bad("annotation-type", "An annotation is no text.", `{"action":{"run":{}},"annotations":{"a":1}}`)
	bad("deep", "The reply is nested 100,000 deep.", `{"action":{"run":{"a":`+strings.Repeat("[", 100_000)+strings.Repeat("]", 100_000)+`}}}`)
	bad("deep-some", "The reply is nested 70 deep.", `{"action":{"run":{"a":`+strings.Repeat(`{"a":`, 70)+"1"+strings.Repeat("}", 70)+`}}}`)
	bad("number", "A number has a million digits of exponent.", `{"action":{"run":{"a":1e`+strings.Repeat("9", 900_000)+`}}}`)
	bad("command-nul", "The command has a NUL.", `{"action":{"process":{"command":"sh\u0000-c"}}}`)
	bad("env-nul", "A variable has a NUL.", `{"action":{"process":{"command":"sh","env":{"A":"b\u0000c"}}}}`)
	bad("env-equals", "A variable's name has a =.", `{"action":{"process":{"command":"sh","env":{"A=B":"c"}}}}`)
	bad("cwd-nul", "The working directory has a NUL.", `{"action":{"process":{"command":"sh","cwd":"/tmp\u0000/x"}}}`)
	bad("script-pointer", "The script's pointer leads nowhere.", `{"action":{"process":{"command":"sh","script":{"spec":"/nowhere"}}}}`)
	bad("script-text", "The script's pointer leads to what is not base64.", `{"action":{"process":{"command":"sh","script":{"spec":"/kind"}}}}`)
	bad("limits", "The task sets its own limits.", `{"action":{"run":{}},"limits":{"memory":"64GiB"}}`)
	bad("faults", "Ten thousand fields are unknown.", "{"+strings.Join(fields(10_000), ",")+"}")

	all = append(all,
		replying("process", "The task is a process, which nobody granted.", `{"action":{"process":{"command":"sh"}}}`).unbuilt("denied"),
		replying("wasm", "The task is a module, which nobody granted.", `{"action":{"wasm":{"module":"../../x.wasm"}}}`).unbuilt("denied"),
		replying("large-field", "A task's field has a million bytes.",
			`{"action":{"run":{"a":"`+strings.Repeat("x", 1_000_000)+`"}}}`).harmless(),
		replying("wide", "A task's field is an array of 400,000 numbers, over the number of values that are read.",
			`{"action":{"run":{"a":[0`+strings.Repeat(",0", 400_000)+`]}}}`).unbuilt("invalid_reply"),
		replying("annotations", "A task's annotations have escape sequences and controls of direction.",
			`{"action":{"run":{}},"description":"`+jsonControls+`","annotations":{"`+jsonControls+`":"\u0000\u001b[2J`+jsonControls+`"}}`).
			harmless().shown(),
		running("reply-size", "The reply has a byte more than its limit.", func(g *guest) {
			g.min = 20
			g.build = seq(memoryFill(i32(1<<17), i32(' '), i32(1<<20+1)), g.call("reply", i32(1<<17), i32(1<<20+1)), i32(0))
		}).unbuilt("invalid_reply"),
		running("reply-range", "The reply lies outside of the memory.", func(g *guest) {
			g.build = seq(g.call("reply", i32(-10), i32(20)), i32(0))
		}).unbuilt("guest_fault"),
		running("reply-range-large", "The reply has 4 GiB by its own word.", func(g *guest) {
			g.build = seq(g.call("reply", i32(0), i32(-1)), i32(0))
		}).unbuilt("guest_fault"),
		running("reply-empty", "The reply is empty, and the module can't run.", func(g *guest) {
			g.build = i32(0)
			g.noRun = true
		}).unbuilt("invalid_reply"),
		running("reply-last", "Of two replies the last counts, and it is no task.", func(g *guest) {
			g.build = seq(g.reply(`{"action":{"run":{}}}`), g.reply(`{}`), i32(0))
		}).unbuilt("invalid_reply"),
		running("reply-changed", "The reply is overwritten after it was given, which changes nothing.", func(g *guest) {
			text := g.place(`{"action":{"run":{}}}`)
			g.build = seq(g.call("reply", text, i32(21)), memoryFill(text, i32('!'), i32(21)), i32(0))
		}).harmless(),
	)
	return all
}

// jsonControls is a text of characters that act on what shows them, and are allowed in JSON's strings as they are: of
// C1, the controls of direction, and the separators of lines.
const jsonControls = "\u009b31m\u0085\u202egnp.exe\u2066\u2028\u2029"

// fields are n fields of an object.
func fields(n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf(`"f%d":%d`, i, i)
	}
	return list
}
