package main

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
)

func write(t *testing.T, dir, name, content string) {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestDigests(t *testing.T) {
	dir := t.TempDir()
	write(t, dir, "b.wasm", "b")
	write(t, dir, "b.yaml", "a sidecar")
	write(t, dir, "src/a/a.c", "a")
	write(t, dir, "src/a/README.md", "text")
	write(t, dir, "src/target/release/a.wasm", "made")
	if _, err := digests("write", dir); err != nil {
		t.Fatal(err)
	}

	const record = `3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d  b.wasm
ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb  src/a/a.c
`
	if got, err := os.ReadFile(filepath.Join(dir, file)); err != nil || string(got) != record {
		t.Fatalf("recorded %q, %v, want %q", got, err, record)
	}
	check := func(want ...string) {
		t.Helper()
		got, err := digests("check", dir)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	check()
	write(t, dir, "b.yaml", "another sidecar")
	check()
	write(t, dir, "b.wasm", "c")
	write(t, dir, "new.wasm", "")
	if err := os.Remove(filepath.Join(dir, "src/a/a.c")); err != nil {
		t.Fatal(err)
	}
	check("b.wasm is not what was recorded", "new.wasm is not recorded", "src/a/a.c is recorded, but not there")
}

func TestDigestsRefuses(t *testing.T) {
	dir := t.TempDir()
	if _, err := digests("check", dir); err == nil {
		t.Error("a directory without a record was taken")
	}
	write(t, dir, file, "abc  b.wasm\n")
	if _, err := digests("check", dir); err == nil {
		t.Error("a record with a short digest was taken")
	}
}
