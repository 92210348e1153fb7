#!/bin/sh
# Rebuilds the test commands. Needs clang with wasi-libc and LLD (the committed ones: Debian 12's, clang 14.0.6), and wat2wasm.
set -eu
cd "$(dirname "$0")"
# Linked in a step of its own, without -O: with it clang would run wasm-opt on machines that have it.
clang --target=wasm32-wasi -std=gnu11 -Wall -Wextra -Werror -Os -c -o probe.o probe.c
clang --target=wasm32-wasi -Wl,--strip-all -o probe.wasm probe.o
rm probe.o
chmod 644 probe.wasm
for f in *.wat; do
	wat2wasm -o "${f%.wat}.wasm" "$f"
done
