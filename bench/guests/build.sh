#!/bin/sh
# Rebuilds the guests that are committed: wabt for the .wat, clang 14 with lld for the .c; and, where protoc is, the code of
# the service in knqyf. Guests in Go are built when they are measured.
set -eu
cd "$(dirname "$0")"
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

for name in yes no own spin bare; do
	"${WAT2WASM:-wat2wasm}" "$name.wat" -o "$name.wasm"
done
for name in scan lazy extism; do
	"${CLANG:-clang}" --target=wasm32-unknown-unknown -std=c11 -Wall -Wextra -Werror -ffreestanding -O2 -mbulk-memory \
		-fno-builtin -I ../../guest/c -c -o "$tmp/$name.o" "$name.c"
	"${WASM_LD:-wasm-ld}" --no-entry --strip-all -z stack-size=4096 --stack-first -o "$name.wasm" "$tmp/$name.o"
done

if command -v protoc >/dev/null; then
	GOBIN=$tmp go install github.com/knqyf263/go-plugin/cmd/protoc-gen-go-plugin@v0.9.0
	(cd knqyf && PATH="$tmp:$PATH" protoc --go-plugin_out=. --go-plugin_opt=paths=source_relative supports.proto)
fi
