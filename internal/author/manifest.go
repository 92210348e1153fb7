package author

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/sandbox"
)

// ErrNoManifest is what [ReadManifest] returns of a module without one.
var ErrNoManifest = errors.New("the module has no manifest: soltiwasm manifest embed puts one in")

// ReadManifest returns a module's manifest as canonical JSON and as it reads. An error is [ErrNoManifest], what is wrong
// with the module, or all that is wrong with the manifest.
func ReadManifest(wasm []byte) ([]byte, abi.Manifest, error) {
	m, err := sandbox.Inspect(wasm, generous())
	if err != nil {
		return nil, abi.Manifest{}, fmt.Errorf("no module: %w", err)
	}
	sections := m.Custom(abi.ManifestSection)
	switch len(sections) {
	case 0:
		return nil, abi.Manifest{}, ErrNoManifest
	case 1:
	default:
		return nil, abi.Manifest{}, fmt.Errorf("%d custom sections are named %s, and there may be one", len(sections), abi.ManifestSection)
	}
	manifest, err := registry.ParseManifest(sections[0].Payload)
	if err != nil {
		return nil, abi.Manifest{}, fmt.Errorf("the custom section %s: %s", abi.ManifestSection, oneLine(err))
	}
	root, err := document.ParseJSON(sections[0].Payload, document.Bounds{})
	if err != nil {
		return nil, abi.Manifest{}, err
	}
	return root.AppendJSON(nil), manifest, nil
}

// EmbedManifest returns a copy of a module that has the manifest, a JSON document, as its last section, and no other one.
// All else of the module is the same, byte for byte. The error says what is wrong with the module, or is what
// [registry.ParseManifest] returns.
func EmbedManifest(wasm, manifest []byte) ([]byte, error) {
	if _, err := registry.ParseManifest(manifest); err != nil {
		return nil, err
	}
	if _, err := sandbox.Inspect(wasm, generous()); err != nil {
		return nil, fmt.Errorf("no module: %w", err)
	}
	var text bytes.Buffer // without white space, and its fields in their order
	if err := json.Compact(&text, manifest); err != nil {
		return nil, err
	}
	return AppendSection(withoutManifests(wasm), abi.ManifestSection, text.Bytes()), nil
}

// withoutManifests returns a copy of a module, whose structure is known to be sound, less its manifests.
func withoutManifests(wasm []byte) []byte {
	const header = 8
	out := append([]byte{}, wasm[:header]...)
	for at := header; at < len(wasm); {
		size, n := binary.Uvarint(wasm[at+1:])
		end := at + 1 + n + int(size)
		if wasm[at] != 0 || sectionName(wasm[at+1+n:end]) != abi.ManifestSection {
			out = append(out, wasm[at:end]...)
		}
		at = end
	}
	return out
}

// sectionName is the name of a custom section with these contents.
func sectionName(contents []byte) string {
	size, n := binary.Uvarint(contents)
	return string(contents[n : n+int(size)])
}

// AppendSection appends a custom section to a module.
func AppendSection(wasm []byte, name string, payload []byte) []byte {
	contents := append(binary.AppendUvarint(nil, uint64(len(name))), name...)
	contents = append(contents, payload...)
	wasm = binary.AppendUvarint(append(wasm, 0), uint64(len(contents)))
	return append(wasm, contents...)
}
