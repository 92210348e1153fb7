#!/bin/sh
# Sets up Rust for runners on Debian 12, as root, once. Elsewhere this is all that is needed:
#
#	rustup target add wasm32-unknown-unknown
#
# Debian has no standard library for that target. It has the library's source, from which this builds it: some minutes.
set -eu
target=wasm32-unknown-unknown
export PATH="/usr/bin:$PATH" # before another Rust that may be there

apt-get install -y --no-install-recommends rustc-web cargo-web libstd-rust-web-dev rust-web-src lld

# The linker, by the name and at the place where Rust looks for the one for this target.
sysroot=$(rustc --print sysroot)
tools=$sysroot/lib/rustlib/$(rustc --version --verbose | sed -n 's/^host: //p')/bin
mkdir -p "$tools"
ln -sf "$(command -v lld)" "$tools/rust-lld"

out=$sysroot/lib/rustlib/$target/lib
if ls "$out"/libstd-*.rlib >/dev/null 2>&1; then
	echo "$target: there already"
	exit
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir .cargo src
touch src/lib.rs
cat >Cargo.toml <<END
[package]
name = "stdbuild"
version = "0.0.0"
edition = "2021"
END
cat >.cargo/config.toml <<END
[source.crates-io]
replace-with = "vendored"
[source.vendored]
directory = "$sysroot/lib/rustlib/src/rust/library/vendor"
END
# Bitcode is what lets a runner be optimized together with the library. RUSTC_BOOTSTRAP admits -Z, and is for this alone.
RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Cembed-bitcode=yes cargo build --offline --release -Zbuild-std=std,panic_abort --target "$target"
mkdir -p "$out"
for library in target/"$target"/release/deps/*.rlib; do
	case $library in
	*/libstdbuild-*) ;;
	*) cp "$library" "$out" ;;
	esac
done
echo "$target: built"
