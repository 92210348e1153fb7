#!/bin/sh
# Prints the rows of README.md's table of figures: builds the examples and measures each with its task.
set -eu
cd "$(dirname "$0")/../.."
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir "$tmp/runners"
sh guest/examples/build.sh "$tmp/runners" >&2
go build -o "$tmp/soltiwasm" ./cmd/soltiwasm
for example in table:go checksum:c notify:assemblyscript stats:rust; do
	runner=${example%:*} language=${example#*:}
	"$tmp/soltiwasm" bench "$tmp/runners/$runner.wasm" "guest/examples/$language/task.yaml" >"$tmp/out" 2>"$tmp/err" || { cat "$tmp/err" >&2; exit 1; }
	awk -v runner="$runner" '
		$1 == "size" { size = $2 " " $3; sub(",", "", size) }
		$1 == "compile" { compile = $2 }
		$1 == "start" && !start { start = $2 } # there is a section of that name, too
		$1 == "supports" { time = $2; fuel = $4 }
		END { print "| " runner " | " size " | " compile " | " start " | " time " | " fuel " |" }
	' "$tmp/out"
done
