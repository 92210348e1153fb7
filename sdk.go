package soltiwasm

import (
	"embed"
	"io/fs"
)

// The files are embedded where they are, so that there is one copy of each, and here because a package can embed only
// what is below it. The linker leaves them out of programs that don't call SDK.
//
//go:embed guest/*.go guest/guesttest/*.go abi/*.go metrics/*.go
//go:embed LICENSE guest/c/solti.h guest/assemblyscript/package.json guest/assemblyscript/assembly
//go:embed guest/rust/Cargo.toml guest/rust/src
var sdk embed.FS

// SDK returns the source files that runners are built with, by their paths in this module: those of the Go packages
// guest and guesttest and the packages of this module that they import, guest/c, guest/assemblyscript and guest/rust, with the
// LICENSE. Tests of the Go packages are among them. A program that makes the folders of new runners copies them from here.
func SDK() fs.FS { return sdk }
