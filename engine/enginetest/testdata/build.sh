#!/bin/sh
# Assembles every .wat beside this script; needs wat2wasm of wabt.
set -eu
cd "$(dirname "$0")"
for wat in *.wat; do
	wat2wasm "$wat" -o "${wat%.wat}.wasm"
done
