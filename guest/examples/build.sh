#!/bin/sh
# Rebuilds the examples, each where its toolchain is: those of ../conformance/build.sh. `make digests` records the result.
# The one in Go is not committed. The test builds it, and "build.sh DIR" does, and copies the others beside it.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# finish DIR NAME: puts the manifest into the module that was built.
finish() {
	(cd ../.. && go run ./testdata/modules/src/embed "$tmp/$2.wasm" "guest/examples/$1/manifest.json")
	cat "$tmp/$2.wasm" >"testdata/$2.wasm"
}

clang=${CLANG:-clang}
ld=${WASM_LD:-wasm-ld}
if command -v "$clang" >/dev/null && command -v "$ld" >/dev/null; then
	"$clang" --target=wasm32-unknown-unknown -std=c11 -Wall -Wextra -Werror -ffreestanding -Os -mbulk-memory -I ../c \
		-c -o "$tmp/c.o" c/runner.c
	"$ld" --no-entry --strip-all -z stack-size=16384 --stack-first -o "$tmp/checksum.wasm" "$tmp/c.o"
	finish c checksum
else
	echo "c: skipped: no $clang or $ld"
fi

asc=${ASC:-$tmp/asc/node_modules/.bin/asc}
if [ -z "${ASC:-}" ] && command -v npm >/dev/null; then
	npm install --prefix "$tmp/asc" --no-audit --no-fund --loglevel=error assemblyscript@0.28.20 >"$tmp/npm.log" 2>&1 || cat "$tmp/npm.log"
fi
if command -v "$asc" >/dev/null; then
	"$asc" assemblyscript/index.ts -O3 --shrinkLevel 2 --noAssert --runtime incremental --use abort= -o "$tmp/notify.wasm"
	finish assemblyscript notify
else
	echo "assemblyscript: skipped: no asc, and npm installed none"
fi

# Debian's Rust: another makes other bytes, and has no library for the target unless it was added.
rustc=/usr/bin/rustc
if [ -d "$("$rustc" --print sysroot 2>/dev/null)/lib/rustlib/wasm32-unknown-unknown/lib" ]; then
	PATH="/usr/bin:$PATH" CARGO_TARGET_DIR=$tmp/rust \
		CARGO_ENCODED_RUSTFLAGS="--remap-path-prefix=$(cd .. && pwd)=guest" \
		cargo build --quiet --locked --release --target wasm32-unknown-unknown --manifest-path rust/Cargo.toml
	cp "$tmp/rust/wasm32-unknown-unknown/release/stats.wasm" "$tmp"
	finish rust stats
else
	echo "rust: skipped: no $rustc for wasm32-unknown-unknown; see ../rust/setup.sh"
fi

if [ $# -gt 0 ]; then
	GOOS=wasip1 GOARCH=wasm GOWASM='' GOFLAGS='' GOEXPERIMENT='' GOWORK=off go build -buildmode=c-shared -trimpath -ldflags='-s -w' \
		-buildvcs=false -o "$tmp/table.wasm" ./go
	(cd ../.. && go run ./testdata/modules/src/embed "$tmp/table.wasm" guest/examples/go/manifest.json)
	cp "$tmp/table.wasm" testdata/*.wasm testdata/*.yaml "$1"
fi
