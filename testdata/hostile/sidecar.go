//go:build unix

package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"
)

// aliases is a document whose eight lines repeat each other, 9^8 values when they are expanded.
func aliases(key string) string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x]\n")
	for i := 1; i < 8; i++ {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i-1), 9), ", "))
	}
	return b.String() + key + ": *a7\n"
}

// deep is n arrays inside each other.
func deep(n int) string { return strings.Repeat("[", n) + strings.Repeat("]", n) }

// sidecarCases have a sound module and a sidecar that is none.
func sidecarCases() []Case {
	sound := newGuest().bytes()
	var all []Case
	bad := func(name, does, text string) {
		all = append(all, module("sidecar-"+name, does, sound).sidecar(text).rejected("sidecar").shown())
	}
	bad("aliases", "A sidecar's aliases would make 43 million values.", aliases("config"))
	bad("aliases-config", "A configuration's aliases would make a megabyte.",
		"config:\n  a: &a "+strings.Repeat("x", 10_000)+"\n  b: ["+strings.Repeat("*a, ", 100)+"]\n")
	bad("alias-circular", "An alias stands inside of what it repeats.", "config: &a {b: *a}\n")
	bad("alias-unknown", "An alias repeats nothing.", "config: {b: *a}\n")
	bad("deep", "A sidecar is nested 50,000 deep.", "config: {a: "+deep(50_000)+"}\n")
	bad("deep-blocks", "A sidecar is nested 5,000 deep by indentation.", "config:\n  a:\n"+strings.Repeat(" ", 4)+strings.Repeat("- ", 5000)+"x\n")
	bad("large", "A sidecar has a byte more than 256 KiB.", "# "+strings.Repeat("x", 256<<10-2)+"\n")
	bad("huge", "A sidecar has 100 MB.", "")
	all[len(all)-1] = all[len(all)-1].with("runners/bomb.yaml", entry{size: 100 << 20})
	bad("duplicate", "A field comes twice.", "disabled: false\ndisabled: true\n")
	bad("duplicate-escaped", "A field comes twice, once with an escape.", "order: 1\n\"\\u006frder\": 2\n")
	bad("unknown", "A field is unknown.", "privileged: true\n")
	bad("unknown-controls", "An unknown field acts on a terminal.", `"\e[31mred\u202e\n\u009b": true`+"\n")
	bad("documents", "There are two documents.", "order: 1\n---\norder: 2\n")
	bad("array", "A sidecar is an array.", "- order: 1\n")
	bad("scalar", "A sidecar is a text.", "order\n")
	bad("text", "A sidecar is not UTF-8.", "order: \xff\xfe\n")
	bad("nul", "A sidecar has a NUL.", "order: 1\x00\n")
	bad("tab", "A sidecar is indented with tabs.", "limits:\n\tmemory: 64MiB\n")
	bad("tag", "A tag asks for what only some readers make of it.", "config: !!python/object/apply:os.system [id]\n")
	bad("merge", "A merge key hides a field.", "<<: {disabled: true}\n")
	bad("binary", "A value is binary.", "digest: !!binary c2hhMjU2\n")
	bad("directive", "A directive declares tags.", "%TAG ! tag:evil.example,2000:\n---\norder: 1\n")
	bad("order", "An order is over 64 bits.", "order: 99999999999999999999\n")
	bad("order-infinite", "An order is infinite.", "order: .inf\n")
	bad("digest-form", "A digest is none.", "digest: sha256:abc\n")
	bad("digest-algorithm", "A digest is of another algorithm.", "digest: md5:d41d8cd98f00b204e9800998ecf8427e\n")
	bad("limit-negative", "A limit is negative.", "limits: {memory: -1}\n")
	bad("limit-huge", "A limit is over what numbers hold.", "limits: {memory: 99999999999999GiB}\n")
	bad("limit-infinite", "A limit is infinite.", "limits: {ask: inf}\n")
	bad("limit-unknown", "A limit is unknown.", "limits: {cpu: 1}\n")
	bad("labels", "A label breaks the rules.", `labels: {"a\nb": "c\e[31m"}`+"\n")
	bad("config-large", "A configuration has 100 KB.", "config: {a: "+strings.Repeat("x", 100_000)+"}\n")
	bad("on-fault", "A word is none of two.", "onFault: explode\n")
	bad("env-pattern", "A pattern has its star in the middle.", "grants: {env: [\"A*B\"]}\n")
	bad("action", "An action is one that there isn't.", "grants: {actions: [shell]}\n")

	file := func(name, does string, e entry) {
		all = append(all, module("sidecar-"+name, does, sound).with("runners/bomb.yaml", e).rejected("sidecar"))
	}
	file("pipe", "A sidecar is a named pipe: opening it waits for a writer.", entry{kind: fs.ModeNamedPipe})
	file("folder", "A sidecar is a folder.", entry{kind: fs.ModeDir})
	file("zero", "A sidecar is a link to a device that never ends.", entry{link: "/dev/zero"})
	file("leaving", "A sidecar is a link that leaves the directory.", entry{link: "/etc/hostname"})
	file("dangling", "A sidecar is a link that leads nowhere, and so grants and limits of somebody are lost.", entry{link: "nowhere.yaml"})
	file("circular", "A sidecar is a link to itself.", entry{link: "bomb.yaml"})

	wrong := "sha256:" + strings.Repeat("0", 64)
	return append(all,
		module("sidecar-digest", "A sidecar pins another digest.", sound).sidecar("digest: "+wrong+"\n").rejected("digest"),
		module("sidecar-digest-right", "A sidecar pins the digest.", sound).sidecar("digest: "+digest(sound)+"\n").harmless(),
		module("sidecar-empty", "A sidecar is empty.", sound).sidecar("").harmless(),
		module("sidecar-disabled", "A sidecar disables a runner.", sound).sidecar("disabled: true\n").disabled(),
		module("sidecar-disabled-garbage", "A sidecar disables what is no module.", []byte("garbage")).
			sidecar("disabled: true\n").disabled(),
		module("sidecar-orphan", "A sidecar has no module.", sound).
			with("runners/other\x1b[31m.yaml", entry{data: []byte("garbage")}).harmless(),
	)
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// grantCases try to widen what the operator grants. What a guest says, in its manifest or its replies, only asks.
func grantCases() []Case {
	const secret = "s3cr3t-value"
	env := func(name, does, key, grants, want string) Case {
		c := running("grant-"+name, does, func(g *guest) {
			// The build says what env_get answered, as the status of one it may not have: -2 becomes 4.
			answer := g.call("env_get", g.text(key), i32(64), i32(64))
			g.build = seq(set(0, answer), when(both(opI32Eq, get(0), i32(-2)), i32(4), op(opReturn)),
				when(both(opI32Eq, get(0), i32(-1)), i32(3), op(opReturn)),
				g.call("reply", i32(64), get(0)), i32(2))
		}, "env_get").args("--env", "SECRET="+secret).sidecar(grants).unbuilt(want).shown()
		c.Hidden = secret
		return c
	}
	return []Case{
		env("none", "A variable is asked for that nobody granted.", "SECRET", "", "internal"),
		env("all", "All variables are asked for, and none is granted.", "", "", "internal"),
		env("other", "A variable is asked for, and another is granted.", "SECRET", "grants: {env: [OTHER]}\n", "internal"),
		env("pattern", "The key that is asked for is a pattern.", "*", "grants: {env: [OTHER]}\n", "internal"),
		env("own-path", "The host's own environment is asked for, which nobody lent.", "PATH", "grants: {env: [\"*\"]}\n", "missing_field"),
		env("nul", "The key has a NUL after a name that is granted.", "OTHER\x00SECRET", "grants: {env: [OTHER]}\n", "internal"),
		env("masked", "A granted value is told in an error, where it is masked.", "SECRET", "grants: {env: [SECRET]}\n", "invalid_task_spec"),
		env("manifest", "A manifest asks for a variable, which grants nothing.", "SECRET", "", "internal").
			manifest(`{"env":["*"],"actions":["process","wasm"]}`),
	}
}
