#!/bin/sh
# Rebuilds the runner modules from their sources, each where its toolchain is, and says whether the bytes are still those
# that are committed. A module that differs is replaced. BUILD.md names the versions that make the same bytes.
#
# CLANG, WASM_LD, WAT2WASM and ASC name other programs than those found by PATH.
set -eu
cd "$(dirname "$0")/../../.."
src=testdata/modules/src
out=testdata/modules
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# need NAME TOOL: without TOOL module NAME is skipped.
need() {
	command -v "$2" >/dev/null 2>&1 && return
	echo "$1: skipped: no $2"
	return 1
}

# finish NAME: embeds the manifest into what was built, and compares.
finish() {
	go run "./$src/embed" "$tmp/$1.wasm" "$src/$1/manifest.json"
	if cmp -s "$tmp/$1.wasm" "$out/$1.wasm"; then
		echo "$1: match"
	else
		cat "$tmp/$1.wasm" >"$out/$1.wasm"
		echo "$1: DIFFERS: replaced"
	fi
}

build_subprocess() {
	GOOS=wasip1 GOARCH=wasm GOWASM='' GOFLAGS='' GOEXPERIMENT='' GOWORK=off go build -buildmode=c-shared -trimpath \
		-ldflags='-s -w' -buildvcs=false -o "$tmp/subprocess.wasm" "./$src/subprocess"
	finish subprocess
}

# Linked by hand: clang itself would run wasm-opt over the module on machines that have it, and on others not.
build_wasm() {
	clang=${CLANG:-clang}
	ld=${WASM_LD:-wasm-ld}
	need wasm "$clang" && need wasm "$ld" || return 0
	"$clang" --target=wasm32-unknown-unknown -std=c11 -Wall -Wextra -Werror -ffreestanding -Os -mbulk-memory \
		-c -o "$tmp/wasm.o" "$src/wasm/runner.c"
	"$ld" --no-entry --strip-all -z stack-size=16384 --stack-first -o "$tmp/wasm.wasm" "$tmp/wasm.o"
	finish wasm
}

build_http_probe() {
	asc=${ASC:-}
	if [ -z "$asc" ]; then
		need http-probe npm || return 0
		if ! npm install --prefix "$tmp/asc" --no-audit --no-fund --loglevel=error assemblyscript@0.28.20 >"$tmp/npm.log" 2>&1; then
			echo "http-probe: skipped: npm did not install assemblyscript"
			return 0
		fi
		asc=$tmp/asc/node_modules/.bin/asc
	fi
	"$asc" "$src/http-probe/index.ts" -O3 --shrinkLevel 2 --noAssert --runtime incremental --use abort= -o "$tmp/http-probe.wasm"
	finish http-probe
}

build_catch_all() {
	wat2wasm=${WAT2WASM:-wat2wasm}
	need catch-all "$wat2wasm" || return 0
	"$wat2wasm" "$src/catch-all/runner.wat" -o "$tmp/catch-all.wasm"
	finish catch-all
}

build_subprocess
build_wasm
build_http_probe
build_catch_all
