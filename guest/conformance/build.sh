#!/bin/sh
# Rebuilds the conformance runners that are committed, each where its toolchain is: clang 14 with lld,
# assemblyscript 0.28.20 (ASC names an asc that is there already), and Rust as ../rust/setup.sh sets it up. The one in Go is
# built by the test. `make digests` records the result.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

clang=${CLANG:-clang}
ld=${WASM_LD:-wasm-ld}
if command -v "$clang" >/dev/null && command -v "$ld" >/dev/null; then
	"$clang" --target=wasm32-unknown-unknown -std=c11 -Wall -Wextra -Werror -ffreestanding -Os -mbulk-memory -I ../c \
		-c -o "$tmp/c.o" c/conformance.c
	"$ld" --no-entry --strip-all -z stack-size=16384 --stack-first -o "$tmp/c.wasm" "$tmp/c.o"
	cat "$tmp/c.wasm" >testdata/c.wasm
else
	echo "c: skipped: no $clang or $ld"
fi

asc=${ASC:-$tmp/asc/node_modules/.bin/asc}
if [ -z "${ASC:-}" ] && command -v npm >/dev/null; then
	npm install --prefix "$tmp/asc" --no-audit --no-fund --loglevel=error assemblyscript@0.28.20 >"$tmp/npm.log" 2>&1 || cat "$tmp/npm.log"
fi
if command -v "$asc" >/dev/null; then
	"$asc" assemblyscript/conformance.ts -O3 --shrinkLevel 2 --noAssert --runtime incremental --use abort= -o testdata/assemblyscript.wasm
else
	echo "assemblyscript: skipped: no asc, and npm installed none"
fi

# Debian's Rust: another makes other bytes, and has no library for the target unless it was added.
rustc=/usr/bin/rustc
if [ -d "$("$rustc" --print sysroot 2>/dev/null)/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
	PATH="/usr/bin:$PATH" CARGO_TARGET_DIR=$tmp/rust \
		CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=$(cd .. && pwd)=guest" \
		cargo build --quiet --locked --release --target wasm32-unknown-unknown --manifest-path rust/Cargo.toml
	cat "$tmp/rust/wasm32-unknown-unknown/release/conformance.wasm" >testdata/rust.wasm
else
	echo "rust: skipped: no $rustc for wasm32-unknown-unknown; see ../rust/setup.sh"
fi
