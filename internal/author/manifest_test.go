package author_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/sandbox"
)

const header = "\x00asm\x01\x00\x00\x00"

// custom returns a custom section by hand; both lengths are below 128.
func custom(name, content string) string {
	return string([]byte{0, byte(1 + len(name) + len(content)), byte(len(name))}) + name + content
}

func manifestSection(content string) string { return custom(abi.ManifestSection, content) }

func TestEmbedManifest(t *testing.T) {
	memory := "\x05\x03\x01\x00\x01"
	other := custom("producers", "x")
	padded := "\x00\x8f\x80\x00\x0c" + abi.ManifestSection + "{}" // its size takes three bytes
	tests := []struct{ name, module, manifest, want string }{
		{"appends", header + memory + other, "{ \"version\": \"1.0.0\" }\n", header + memory + other + manifestSection(`{"version":"1.0.0"}`)},
		{"replaces", header + manifestSection("{}") + memory + other, `{"kinds":["a"]}`, header + memory + other + manifestSection(`{"kinds":["a"]}`)},
		{"replaces what is broken", header + manifestSection("nope"), "{}", header + manifestSection("{}")},
		{"replaces several", header + manifestSection("{}") + other + manifestSection("{}"), "{}", header + other + manifestSection("{}")},
		{"replaces a padded one", header + padded, "{}", header + manifestSection("{}")},
		{"keeps the order of fields", header, `{"version":"1.0.0","kinds":["a"]}`, header + manifestSection(`{"version":"1.0.0","kinds":["a"]}`)},
		{"leaves a name that begins so", header + custom(abi.ManifestSection+"s", ""), "{}", header + custom(abi.ManifestSection+"s", "") + manifestSection("{}")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before := strings.Clone(tt.module)
			got, err := author.EmbedManifest([]byte(tt.module), []byte(tt.manifest))
			if err != nil || string(got) != tt.want {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
			if tt.module != before {
				t.Error("the module was changed")
			}
		})
	}
}

func TestEmbedManifestRefuses(t *testing.T) {
	tests := []struct{ name, module, manifest, want string }{
		{"no JSON", header, "nope", "line 1, column 1: expected a value"},
		{"unknown field", header, "{\n \"kind\":\"a\"}", `line 2, column 2: unknown field "kind", did you mean "kinds"?`},
		{"wrong type", header, `{"kinds":"a"}`, "kinds: expected an array of strings, found a string"},
		{"wrong value", header, `{"version":"1"}`, "version: expected a semantic version"},
		{"two values", header, `{} {}`, "line 1, column 4"},
		{"twice", header, `{"env":[],"env":[]}`, `duplicate field "env"`},
		{"too long", header, `{"description":"` + strings.Repeat("x", abi.MaxManifest) + `"}`, "65536"},
		{"no module", "\x00asm\x0d\x00\x01\x00", "{}", "no module: this is a component"},
		{"cut short", header + "\x00\x05ab", "{}", "no module: 5 bytes of a section are announced"},
		{"without a length", header + "\x00", "{}", "no module: the file ends inside an item"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := author.EmbedManifest([]byte(tt.module), []byte(tt.manifest))
			if err == nil || !strings.Contains(err.Error(), tt.want) || got != nil {
				t.Errorf("got %q, %v, want %q", got, err, tt.want)
			}
		})
	}
}

func TestReadManifest(t *testing.T) {
	tests := []struct{ name, module, want, err string }{
		{"one", header + manifestSection(`{"version":"1.0.0","kinds":["a"]}`), `{"kinds":["a"],"version":"1.0.0"}`, ""},
		{"none", header, "", author.ErrNoManifest.Error()},
		{"two", header + manifestSection("{}") + manifestSection("{}"), "", "2 custom sections"},
		{"broken", header + manifestSection("[]"), "", "expected an object, found an array"},
		{"no module", "{}", "", "no module: "},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, _, err := author.ReadManifest([]byte(tt.module))
			if string(got) != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}

// FuzzEmbedManifest: whatever the bytes, a module with a manifest put in has that one, and all else as before.
func FuzzEmbedManifest(f *testing.F) {
	for _, module := range []string{"ok", "manifest", "two-manifests", "truncated", "garbage", "empty", "component"} {
		wasm, err := os.ReadFile(filepath.Join(fixtures, module+".wasm"))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wasm, []byte(`{"version":"1.0.0"}`))
	}
	f.Add([]byte(header+"\x00\x8f\x80\x00\x0c"+abi.ManifestSection+"{}"), []byte(" {} "))
	f.Fuzz(func(t *testing.T, module, manifest []byte) {
		before := slices.Clone(module)
		got, err := author.EmbedManifest(module, manifest)
		if !bytes.Equal(module, before) {
			t.Fatal("the module was changed")
		}
		if err != nil {
			return
		}
		if _, _, err := author.ReadManifest(got); err != nil {
			t.Fatalf("what was put in can't be read: %v", err)
		}
		if was, is := others(t, module), others(t, got); !slices.Equal(was, is) {
			t.Errorf("the rest was %v and is %v", was, is)
		}
		again, err := author.EmbedManifest(got, manifest)
		if err != nil || !bytes.Equal(again, got) {
			t.Errorf("a second time gives %q, %v", again, err)
		}
	})
}

// others are the sections of a module but its manifests, each with its contents.
func others(t *testing.T, wasm []byte) []string {
	m, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Skip("over the limits of other modules")
	}
	var list []string
	for _, s := range m.Sections {
		list = append(list, s.Name+" "+string(wasm[s.Offset:s.Offset+s.Size]))
	}
	for _, c := range m.Customs {
		if c.Name != abi.ManifestSection {
			list = append(list, "custom "+c.Name+" "+string(c.Payload))
		}
	}
	return list
}

func TestEmbedFile(t *testing.T) {
	dir := t.TempDir()
	module, link, manifest := filepath.Join(dir, "m.wasm"), filepath.Join(dir, "link.wasm"), filepath.Join(dir, "m.json")
	write := func(path, text string, mode os.FileMode) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
	}
	write(module, header, 0o640)
	write(manifest, "{}", 0o600)
	if err := os.Symlink("m.wasm", link); err != nil {
		t.Skip(err)
	}
	size, err := author.EmbedFile(link, manifest, link, 1<<20)
	if err != nil || size != len(header+manifestSection("{}")) {
		t.Fatalf("%d, %v", size, err)
	}
	info, err := os.Lstat(link)
	if err != nil || info.Mode()&os.ModeSymlink == 0 {
		t.Errorf("the link is %v, %v", info, err)
	}
	if info, err = os.Stat(module); err != nil || info.Mode().Perm() != 0o640 {
		t.Errorf("the module is %v, %v", info, err)
	}
	write(manifest, `{"a":1,"b":2}`, 0o600)
	if _, err = author.EmbedFile(module, manifest, module, 1<<20); err == nil || strings.Count(err.Error(), "manifest "+manifest+": line 1") != 2 {
		t.Errorf("the faults of a manifest: %v", err)
	}
	for _, bad := range []struct{ module, manifest, output string }{
		{dir, manifest, module}, {module, dir, module}, {filepath.Join(dir, "none"), manifest, module}, {module, filepath.Join(dir, "none"), module},
	} {
		if _, err := author.EmbedFile(bad.module, bad.manifest, bad.output, 1<<20); err == nil {
			t.Errorf("%v went well", bad)
		}
	}
	write(manifest, "{}", 0o600)
	if _, err := author.EmbedFile(module, manifest, dir, 1<<20); err == nil {
		t.Error("a directory was written")
	}
	if _, err := author.EmbedFile(module, manifest, module, 10); err == nil {
		t.Error("a module over the limit was read")
	}
	if left, err := filepath.Glob(filepath.Join(dir, ".*")); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// A file that is kept from being changed stays as it is.
func TestEmbedFileReadOnly(t *testing.T) {
	dir := t.TempDir()
	module, manifest := filepath.Join(dir, "m.wasm"), filepath.Join(dir, "m.json")
	for path, text := range map[string]string{module: header, manifest: "{}"} {
		if err := os.WriteFile(path, []byte(text), 0o444); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := author.EmbedFile(module, manifest, module, 1<<20); err == nil || !strings.Contains(err.Error(), "m.wasm: the file is read-only") {
		t.Errorf("%v", err)
	}
	if text, err := os.ReadFile(module); err != nil || string(text) != header {
		t.Errorf("it was changed: %q, %v", text, err)
	}
	if _, err := author.EmbedFile(module, manifest, filepath.Join(dir, "new.wasm"), 1<<20); err != nil {
		t.Errorf("to another file: %v", err)
	}
}

func ExampleEmbedManifest() {
	wasm, err := os.ReadFile(filepath.Join(fixtures, "ok.wasm"))
	if err != nil {
		panic(err)
	}
	_, _, err = author.ReadManifest(wasm)
	fmt.Println(errors.Is(err, author.ErrNoManifest))
	wasm, err = author.EmbedManifest(wasm, []byte(`{"version": "1.0.0", "kinds": ["hello"]}`))
	if err != nil {
		panic(err)
	}
	text, manifest, err := author.ReadManifest(wasm)
	fmt.Println(string(text), manifest.Version, err)
	// Output:
	// true
	// {"kinds":["hello"],"version":"1.0.0"} 1.0.0 <nil>
}
