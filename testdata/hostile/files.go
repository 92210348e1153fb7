//go:build unix

package main

import (
	"fmt"
	"io/fs"
)

// fileCases have something in the runners directory that is no module's file. What is no regular file inside of the
// directory is never opened: opening may block, and reading may never end.
func fileCases() []Case {
	sound := newGuest().bytes()
	is := func(name, does string, e entry) Case {
		return module("file-"+name, does, nil).with("runners/"+bombFile, e).rejected("not_a_file").shown()
	}
	named := func(name, does, file string) Case {
		c := module("file-"+name, does, nil).with("runners/"+file, entry{data: []byte("garbage")})
		delete(c.files, "runners/"+bombFile)
		c.Module = file
		return c.rejected("malformed").shown()
	}
	all := []Case{
		is("folder", "A folder is named like a module.", entry{kind: fs.ModeDir}),
		is("pipe", "A named pipe is named like a module: opening it waits for a writer.", entry{kind: fs.ModeNamedPipe}),
		is("socket", "A socket is named like a module.", entry{kind: fs.ModeSocket}),
		is("zero", "A link leads to a device that never ends.", entry{link: "/dev/zero"}),
		is("random", "A link leads to a device that never ends.", entry{link: "/dev/urandom"}),
		is("tty", "A link leads to the terminal.", entry{link: "/dev/tty"}),
		is("stdin", "A link leads to the process's own input.", entry{link: "/dev/stdin"}),
		is("leaving", "A link leads out of the directory, to a sound module.", entry{link: "../outside.wasm"}).
			with("outside.wasm", entry{data: sound}),
		is("leaving-absolute", "A link leads to a file of the system.", entry{link: "/etc/passwd"}),
		is("leaving-parent", "A link leads out of the directory through a folder in it.", entry{link: "inside/../../outside.wasm"}).
			with("outside.wasm", entry{data: sound}).with("runners/inside/x", entry{}),
		is("dangling", "A link leads nowhere.", entry{link: "nowhere.wasm"}),
		is("circular", "A link leads to itself.", entry{link: bombFile}),
		is("proc", "A link leads to the process's own memory.", entry{link: "/proc/self/mem"}),
		is("pipe-link", "A link leads to a named pipe beside it.", entry{link: "pipe"}).
			with("runners/pipe", entry{kind: fs.ModeNamedPipe}),
		module("file-link", "A link leads to a sound module beside it, which is fine.", nil).
			with("runners/"+bombFile, entry{link: "module"}).with("runners/module", entry{data: sound}).harmless(),
		module("file-huge", "A file has a terabyte, all of it a hole.", nil).
			with("runners/"+bombFile, entry{size: 1 << 40}).rejected("limit"),
		module("file-large", "A file has a byte more than its limit.", nil).
			with("runners/"+bombFile, entry{size: 32<<20 + 1}).rejected("limit"),
		module("file-hole", "A file has 32 MiB of zeros.", nil).
			with("runners/"+bombFile, entry{size: 32 << 20}).rejected("malformed"),
		named("name-escape", "A file's name has a terminal's escape sequence.", "\x1b[31mred\x1b[0m.wasm"),
		named("name-newline", "A file's name has line breaks.", "a\nmodule: ok.wasm\r.wasm"),
		named("name-direction", "A file's name turns the direction of writing, and has controls of C1.", "a\u202egnp\u009b31m\u2028\x7f.wasm"),
		named("name-dash", "A file's name begins like a flag.", "--strict.wasm"),
		named("name-only", "A file's name is nothing but the extension.", ".wasm"),
	}
	locked := is("unreadable", "Nobody may read the file.", entry{data: sound, locked: true})
	locked.Unrooted = true
	many := module("file-many", "There are 3,000 modules that are none.", nil).rejected("malformed")
	for i := range 3000 {
		many.files[fmt.Sprintf("runners/m%04d.wasm", i)] = entry{}
	}
	return append(all, locked, many)
}
