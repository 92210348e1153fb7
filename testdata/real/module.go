//go:build linux

package main

import (
	"encoding/json"
	"os"
	"path/filepath"
)

// Module is a real module. The file modules.json of a directory that was fetched is an array of them, which the test
// TestRealModules of package sandbox reads.
type Module struct {
	Name    string `json:"name"` // of its file, without .wasm
	What    string `json:"what"`
	Package string `json:"package"` // on npm; empty for what is built here
	Version string `json:"version"` // of the package, or of Go
	File    string `json:"file"`    // in the package
	// Admitted says what package sandbox makes of it with its default limits: "in process", "with a compiler" for a score
	// above the limit, or the code of the refusal.
	Admitted string `json:"admitted"`
}

const (
	inProcess    = "in process"
	withCompiler = "with a compiler"
)

// modules are all of them, by the outcome and then by size.
var modules = []Module{
	{"lz4", "LZ4, C", "@foxglove/wasm-lz4", "1.0.2", "dist/wasm-lz4.wasm", inProcess},
	{"webp", "libwebp's decoder, C", "@cwasm/webp", "0.1.5", "webp.wasm", inProcess},
	{"tree-sitter", "tree-sitter, C", "web-tree-sitter", "0.27.1", "web-tree-sitter.wasm", inProcess},
	{"zstd", "Zstandard, C", "@bokuweb/zstd-wasm", "0.0.27", "dist/common/zstd.wasm", inProcess},
	{"micropython", "MicroPython, C", "@micropython/micropython-webassembly-pyscript", "1.27.0", "micropython.wasm", inProcess},
	{"quickjs-emscripten", "QuickJS, C", "@jitl/quickjs-wasmfile-release-sync", "0.32.0", "dist/emscripten-module.wasm", inProcess},
	{"dprint-json", "dprint's JSON formatter, Rust", "@dprint/json", "0.24.0", "plugin.wasm", inProcess},
	{"quickjs", "QuickJS, C", "quickjs-wasi", "3.6.2", "quickjs.wasm", inProcess},
	{"sqlite", "SQLite, C", "sql.js", "1.16.0", "dist/sql-wasm.wasm", inProcess},
	{"dprint-markdown", "dprint's Markdown formatter, Rust", "@dprint/markdown", "0.28.1", "plugin.wasm", inProcess},
	{"sqlite3", "SQLite, C", "@sqlite.org/sqlite-wasm", "3.54.1-build1", "dist/sqlite3.wasm", inProcess},
	{"re2", "RE2, C++", "@adguard/re2-wasm", "1.2.0", "build/wasm/re2.wasm", inProcess},
	{"zxing", "ZXing's reader, C++", "zxing-wasm", "3.1.4", "dist/reader/zxing_reader.wasm", inProcess},
	{"brotli", "Brotli, Rust", "brotli-wasm", "3.0.1", "pkg.web/brotli_wasm_bg.wasm", inProcess},
	{"javy", "Javy's QuickJS plugin, Rust and C", "@chainlink/cre-sdk-javy-plugin", "1.7.0", "dist/javy-chainlink-sdk.plugin.wasm", inProcess},
	{"qpdf", "qpdf, C++", "@neslinesli93/qpdf-wasm", "0.3.0", "dist/qpdf.wasm", inProcess},
	{"7zz", "7-Zip, C++", "7z-wasm", "1.2.0", "7zz.wasm", inProcess},
	{"go-json", "a Go guest that parses JSON", "", "", "", inProcess},
	{"resvg", "resvg, Rust", "@resvg/resvg-wasm", "2.6.2", "index_bg.wasm", inProcess},
	{"dprint-typescript", "dprint's TypeScript formatter, Rust", "@dprint/typescript", "0.96.1", "plugin.wasm", inProcess},

	{"esbuild", "esbuild, Go", "esbuild-wasm", "0.28.2", "esbuild.wasm", withCompiler},
	{"ruby", "CRuby, C", "@ruby/3.4-wasm-wasi", "2.10.1", "dist/ruby.wasm", withCompiler},

	{"minify-html", "minify-html, Rust", "@minify-html/wasm", "0.18.1", "index_bg.wasm", "gc"},
	{"pyodide", "CPython, C", "pyodide", "314.0.7", "pyodide.asm.wasm", "limit_mutable"},
	{"magick", "ImageMagick, C", "@imagemagick/magick-wasm", "0.0.43", "dist/x86/magick.wasm", "threads"},
	{"duckdb", "DuckDB, C++", "@duckdb/duckdb-wasm", "1.32.0", "dist/duckdb-mvp.wasm", "limit_bytes"},
	{"biome", "Biome, Rust", "@biomejs/wasm-nodejs", "2.5.14", "biome_wasm_bg.wasm", "limit_bytes"},
}

// path is where a module lies in a directory that was fetched.
func (m *Module) path(dir string) string { return filepath.Join(dir, m.Name+".wasm") }

// spec names a package with its version as the npm client wants it.
func (m *Module) spec() string { return m.Package + "@" + m.Version }

const listFile = "modules.json"

func writeList(dir string, list []Module) error {
	text, err := json.MarshalIndent(list, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, listFile), append(text, '\n'), 0o644)
}

func readList(dir string) ([]Module, error) {
	text, err := os.ReadFile(filepath.Join(dir, listFile))
	if err != nil {
		return nil, err
	}
	var list []Module
	return list, json.Unmarshal(text, &list)
}
