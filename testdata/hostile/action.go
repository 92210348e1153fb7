//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strings"
)

// acting is a case of a module whose build replies a task, and that the operator granted every action.
func acting(name, does, action, fields string) Case {
	return running("action-"+name, does, func(g *guest) {
		g.build = seq(g.reply(`{"action":{"`+action+`":`+fields+`}}`), i32(0))
	}).sidecar("grants: {actions: [process, wasm]}\n")
}

// script is a process action that runs a shell with some commands, and whatever else is said of it.
func script(commands, more string) string {
	text, err := json.Marshal(commands)
	if err != nil {
		panic(err)
	}
	return `{"command":"sh","args":["-c",` + string(text) + `]` + more + `}`
}

// processCases abuse the grant to start processes, as far as the program that starts them has to stand it.
func processCases() []Case {
	const secret = "s3cr3t-of-another"
	process := func(name, does, fields string) Case { return acting(name, does, "process", fields) }
	long := strings.Repeat("x", 900_000)
	variables := func(n int) string {
		list := make([]string, n)
		for i := range list {
			list[i] = fmt.Sprintf(`"V%d":"%d"`, i, i)
		}
		return "{" + strings.Join(list, ",") + "}"
	}
	lent := process("env", "A process prints all of its environment, in which nothing is that nobody granted.", script("env; cat /proc/self/environ", "")).
		args("--env", "SECRET="+secret).harmless()
	lent.Hidden = secret
	lent.Raw = true // environ has NULs
	return []Case{
		lent,
		process("command-missing", "The command is a program that there isn't.", `{"command":"no-such-program"}`).runs("failure", "spawn_failed", 5),
		process("command-folder", "The command is a folder.", `{"command":"/"}`).runs("failure", "spawn_failed", 5),
		process("command-controls", "The command is a text that acts on a terminal.", `{"command":"`+jsonControls+`"}`).runs("failure", "spawn_failed", 5).shown(),
		process("arg-huge", "An argument has 900,000 bytes, more than a system takes.", `{"command":"true","args":["`+long+`"]}`).runs("failure", "spawn_failed", 5),
		process("env-huge", "A variable has 900,000 bytes, more than a system takes.", `{"command":"true","env":{"A":"`+long+`"}}`).runs("failure", "spawn_failed", 5),
		process("env-many", "There are 50,000 variables.", `{"command":"true","env":`+variables(50_000)+`}`).harmless(),
		process("cwd-missing", "The working directory is one that there isn't.", `{"command":"true","cwd":"/nowhere"}`).runs("failure", "spawn_failed", 5),
		process("stdin-unread", "A process is given 900,000 bytes and reads none.", `{"command":"true","stdin":"`+long+`"}`).harmless(),
		process("script-pointer", "The script's pointer leads to a number.", `{"command":"sh","script":{"spec":"/timeoutMs"}}`).unbuilt("invalid_reply"),
		process("script-pointer-deep", "The script's pointer has 30,000 parts.", `{"command":"sh","script":{"spec":"`+strings.Repeat("/a", 30_000)+`"}}`).unbuilt("invalid_reply"),
		process("script-pointer-tilde", "The script's pointer has an escape that there isn't.", `{"command":"sh","script":{"spec":"/kind/~7"}}`).unbuilt("invalid_reply"),
		process("orphan", "A process leaves another behind that keeps its output open.", script("sleep 600 &", "")).runs("success", "", 0),
		process("term", "A process takes no notice of SIGTERM.", script("trap '' TERM; while :; do sleep 1; done", "")).timesOut(),
		process("own-kill", "A process kills itself.", script("kill -9 $$", "")).runs("failure", "task_failed", 5),
	}
}

// wasmActionCases abuse the grant to run modules.
func wasmActionCases() []Case {
	wasm := func(name, does, module string) Case {
		c := acting("wasm-"+name, does, "wasm", `{"module":"`+module+`"}`)
		c.RunArgs = []string{"--module-path", "modules"}
		return c.with("modules/bad.wasm", entry{data: []byte("\x00asm\x01\x00\x00\x00\xff")}).
			with("modules/runner.wasm", entry{data: newGuest().bytes()}).
			with("modules/pipe.wasm", entry{kind: fs.ModeNamedPipe}).
			with("modules/zero.wasm", entry{link: "/dev/zero"}).
			with("modules/out.wasm", entry{link: "../runners/bomb.wasm"}).
			runs("failure", "spawn_failed", 5)
	}
	return []Case{
		wasm("parent", "The module lies above the folders that the operator named.", "../runners/bomb.wasm"),
		wasm("parent-inside", "The module's path leaves the folder and comes back.", "a/../../runners/bomb.wasm"),
		wasm("absolute", "The module is an absolute path.", "/etc/passwd"),
		wasm("device", "The module is a device that never ends.", "zero.wasm"),
		wasm("link", "The module is a link that leads out of the folder.", "out.wasm"),
		wasm("folder", "The module is the folder itself.", "."),
		wasm("missing", "There is no such module.", "no-such.wasm"),
		wasm("controls", "The module's name acts on a terminal.", jsonControls).shown(),
		wasm("bad", "The module is malformed.", "bad.wasm"),
		wasm("runner", "The module is a runner and no command.", "runner.wasm"),
	}
}

// outputCases write what would pass for something of the program's own, were it shown as it is.
func outputCases() []Case {
	const forged = "first\n[healthy] forged\r[bomb] over\r\n\x1b[2J\x1b]0;title\x07\u009b31m\u202egnp.exe\u2028" +
		"{\"source\":\"healthy.yaml\",\"outcome\":\"failure\"}\n" +
		"\"}}\n{\"source\":\"forged.yaml\",\"outcome\":\"success\"}\n{\"event\":{\"kind\":\"ended\",\"outcome\":\"success\"}}\n\xff\xfe\x00end without a line break"
	out := func(name, does, mode, text string) Case {
		c := running("output-"+name, does, func(g *guest) {
			g.run = seq(writes(g, 1, text), writes(g, 2, text), i32(0))
		}, "wasi:fd_write").harmless()
		c.RunArgs = []string{"--output", mode}
		return c
	}
	return []Case{
		out("prefix", "A task writes lines that pass for those of another task, in lines with prefixes.", "prefix", forged),
		out("json", "A task writes lines that pass for events and rows, where these are written as JSON.", "json", forged),
		out("prefix-long", "A task writes a line of 300,000 escape sequences, in lines with prefixes.", "prefix", strings.Repeat("\x1b[1m", 300_000)),
		out("json-long", "A task writes a line of 300,000 escape sequences, in JSON.", "json", strings.Repeat("\x1b[1m", 300_000)),
		out("json-breaks", "A task writes 100,000 line breaks, in JSON.", "json", strings.Repeat("\n", 100_000)),
	}
}

// writes writes a text to standard output, 1, or standard error, 2.
func writes(g *guest, fd int64, text string) code {
	at := g.texts
	g.place(text)
	return drop(g.call("wasi:fd_write", i32(fd), g.place(vectors(1, at, uint32(len(text)))), i32(1), i32(512)))
}
