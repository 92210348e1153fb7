#!/bin/sh
# Rebuilds the broken modules. WAT2WASM names another program than the wat2wasm found by PATH.
set -eu
cd "$(dirname "$0")/../.."
dir=testdata/broken
wat2wasm=${WAT2WASM:-wat2wasm}
if ! command -v "$wat2wasm" >/dev/null 2>&1; then
	echo "broken: skipped: no $wat2wasm"
	exit 0
fi
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
go build -o "$tmp/embed" ./testdata/modules/src/embed

same=0
for wat in "$dir"/*.wat; do
	name=$(basename "$wat" .wat)
	flags=
	case $name in
	tail-call | multi-memory | exceptions | extended-const | relaxed-simd) flags=--enable-$name ;;
	esac
	"$wat2wasm" $flags "$wat" -o "$tmp/$name.wasm"
	manifest=$dir/$name.manifest.json
	if [ -e "$manifest" ]; then
		"$tmp/embed" -raw "$tmp/$name.wasm" "$manifest"
	fi
	if cmp -s "$tmp/$name.wasm" "$dir/$name.wasm"; then
		same=$((same + 1))
	else
		cp "$tmp/$name.wasm" "$dir/$name.wasm"
		echo "broken: $name DIFFERS: replaced"
	fi
done
echo "broken: $same match"
