#!/bin/sh
# From nothing to a runner in Rust that tasks are routed to: sets Rust up (setup.sh, for Debian 12 as root), tests the SDK,
# then has soltiwasm make a runner, builds, checks and tests it, and tries it. try.log is what this printed last:
#
#	guest/rust/try.sh 2>&1 | tee guest/rust/try.log
set -eu
cd "$(dirname "$0")/../.."
root=$PWD
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
export PATH="$tmp:/usr/bin:$PATH" # Debian's Rust before another

# step COMMAND...: shows a command and what it prints, without the names of this machine's folders.
step() {
	printf '\n$ %s\n' "$*" | sed "s#$tmp/##g"
	"$@" >"$tmp/out" 2>&1 && code=0 || code=$?
	sed -e "s#$tmp/##g" -e "s#$root/##g" "$tmp/out"
	return "$code"
}

sh guest/rust/setup.sh >"$tmp/out" 2>&1 || { cat "$tmp/out"; exit 1; }
tail -n 1 "$tmp/out"
step rustc --version
step cargo --version

export CARGO_TARGET_DIR="$tmp/target"
step cargo test --locked --quiet --manifest-path guest/Cargo.toml
unset CARGO_TARGET_DIR
step go build -o "$tmp/soltiwasm" ./cmd/soltiwasm
cd "$tmp"
step soltiwasm new my-runner --lang rust
cd my-runner
step make
step make check
step make test
step make route
step make run

cd "$root"
printf '\nThe modules that are committed, built anew; those that have other bytes now are listed:\n'
ASC=none CLANG=none sh guest/conformance/build.sh >/dev/null
ASC=none CLANG=none sh guest/examples/build.sh >/dev/null
step git status --short guest/conformance/testdata guest/examples/testdata
step go test -count 1 -run 'TestConformance/rust|TestTasks/rust' ./guest/conformance ./guest/examples
