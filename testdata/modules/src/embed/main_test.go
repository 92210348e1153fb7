package main

import (
	"os"
	"path/filepath"
	"testing"
)

const header = "\x00asm\x01\x00\x00\x00"

// section returns a custom section by hand; both lengths are below 128.
func section(content string) string {
	const name = "solti.runner"
	return string([]byte{0, byte(1 + len(name) + len(content)), byte(len(name))}) + name + content
}

func TestEmbed(t *testing.T) {
	tests := []struct {
		name, module, manifest string
		raw                    bool
		want                   string // empty for an error
	}{
		{"replaces", header + section("{}"), "{ \"version\": \"1.0.0\" }\n", false, header + section(`{"version":"1.0.0"}`)},
		{"refuses", header + section("{}"), `{"kind":"a"}`, false, ""},
		{"raw adds anything", header + section("{}"), "nope", true, header + section("{}") + section("nope")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			module, manifest := filepath.Join(dir, "m.wasm"), filepath.Join(dir, "m.json")
			for path, content := range map[string]string{module: tt.module, manifest: tt.manifest} {
				if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			err := embed(module, manifest, tt.raw)
			got, readErr := os.ReadFile(module)
			if readErr != nil {
				t.Fatal(readErr)
			}
			want := tt.want
			if want == "" {
				want = tt.module
			}
			if string(got) != want || (err != nil) != (tt.want == "") {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		})
	}
}
