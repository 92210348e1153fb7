package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// section returns a custom section by hand; both lengths are below 128.
func section(name, content string) string {
	return string([]byte{0, byte(1 + len(name) + len(content)), byte(len(name))}) + name + content
}

func run(t *testing.T, module, manifest string, raw bool) (string, error) {
	t.Helper()
	dir := t.TempDir()
	m, j := filepath.Join(dir, "m.wasm"), filepath.Join(dir, "m.json")
	for path, content := range map[string]string{m: module, j: manifest} {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	err := embed(m, j, raw)
	got, readErr := os.ReadFile(m)
	if readErr != nil {
		t.Fatal(readErr)
	}
	return string(got), err
}

func TestEmbed(t *testing.T) {
	other := section("producers", "x")
	tests := []struct {
		name, module, manifest string
		raw                    bool
		want                   string
	}{
		{"appends", header + other, "{ \"version\": \"1.0.0\" }\n", false, header + other + section("solti.runner", `{"version":"1.0.0"}`)},
		{"replaces", header + section("solti.runner", "{}") + other, `{"kinds":["a"]}`, false, header + other + section("solti.runner", `{"kinds":["a"]}`)},
		{"raw adds anything", header + section("solti.runner", "{}"), "nope", true, header + section("solti.runner", "{}") + section("solti.runner", "nope")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := run(t, tt.module, tt.manifest, tt.raw)
			if err != nil || got != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestEmbedRefuses(t *testing.T) {
	tests := []struct{ name, module, manifest, want string }{
		{"no JSON", header, "nope", "m.json: invalid character"},
		{"unknown field", header, `{"kind":"a"}`, `unknown field "kind"`},
		{"wrong type", header, `{"kinds":"a"}`, "cannot unmarshal string"},
		{"two values", header, `{} {}`, "more than one JSON value"},
		{"too long", header, `{"description":"` + strings.Repeat("x", 64<<10) + `"}`, "at most 65536"},
		{"no module", "\x00asm\x0d\x00\x01\x00", "{}", "no core WebAssembly module"},
		{"cut short", header + "\x00\x05ab", "{}", "section at byte 8 is cut short"},
		{"without a length", header + "\x00", "{}", "section at byte 8 is cut short"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := run(t, tt.module, tt.manifest, false)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want %q", err, tt.want)
			}
			if !bytes.Equal([]byte(got), []byte(tt.module)) {
				t.Errorf("the module was changed to %q", got)
			}
		})
	}
}
