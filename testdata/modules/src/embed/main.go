// Command embed puts a manifest into a module, as its only custom section "solti.runner".
//
//	go run ./testdata/modules/src/embed [-raw] MODULE MANIFEST
//
// The manifest's fields and their types are checked first; the host checks their values. With -raw nothing is checked
// and nothing replaced: the bytes are added as one more section, which makes modules for tests.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"

	"github.com/soltihq/soltiwasm/abi"
)

func main() {
	raw := flag.Bool("raw", false, "add the bytes as they are, beside any manifest that is there")
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: embed [-raw] MODULE MANIFEST")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() != 2 {
		flag.Usage()
		os.Exit(2)
	}
	if err := embed(flag.Arg(0), flag.Arg(1), *raw); err != nil {
		fmt.Fprintln(os.Stderr, "embed:", err)
		os.Exit(1)
	}
}

func embed(modulePath, manifestPath string, raw bool) error {
	module, err := os.ReadFile(modulePath)
	if err != nil {
		return err
	}
	manifest, err := os.ReadFile(manifestPath)
	if err != nil {
		return err
	}
	if !raw {
		if manifest, err = check(manifest); err != nil {
			return fmt.Errorf("%s: %w", manifestPath, err)
		}
		if module, err = without(module, abi.ManifestSection); err != nil {
			return fmt.Errorf("%s: %w", modulePath, err)
		}
	}
	return os.WriteFile(modulePath, appendSection(module, abi.ManifestSection, manifest), 0o644)
}

// check reads a manifest strictly and returns it without white space.
func check(manifest []byte) ([]byte, error) {
	var fields struct {
		Version     string            `json:"version"`
		Description string            `json:"description"`
		Kinds       []string          `json:"kinds"`
		Labels      map[string]string `json:"labels"`
		Env         []string          `json:"env"`
		Actions     []string          `json:"actions"`
		Metrics     []struct {
			Name    string    `json:"name"`
			Type    string    `json:"type"`
			Help    string    `json:"help"`
			Labels  []string  `json:"labels"`
			Buckets []float64 `json:"buckets"`
		} `json:"metrics"`
	}
	d := json.NewDecoder(bytes.NewReader(manifest))
	d.DisallowUnknownFields()
	if err := d.Decode(&fields); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, errors.New("there is more than one JSON value")
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, manifest); err != nil {
		return nil, err
	}
	if compact.Len() > abi.MaxManifest {
		return nil, fmt.Errorf("is %d bytes long; a manifest has at most %d", compact.Len(), abi.MaxManifest)
	}
	return compact.Bytes(), nil
}

// header is the magic number and the version of a core module.
const header = "\x00asm\x01\x00\x00\x00"

// without returns the module less its custom sections of that name.
func without(module []byte, name string) ([]byte, error) {
	rest, ok := bytes.CutPrefix(module, []byte(header))
	if !ok {
		return nil, errors.New("is no core WebAssembly module")
	}
	out := []byte(header)
	for len(rest) > 0 {
		size, n := binary.Uvarint(rest[1:])
		if n <= 0 || size > uint64(len(rest)-1-n) {
			return nil, fmt.Errorf("the section at byte %d is cut short", len(module)-len(rest))
		}
		section, content := rest[:1+n+int(size)], rest[1+n:1+n+int(size)]
		rest = rest[len(section):]
		if section[0] == 0 && bytes.HasPrefix(content, appendName(nil, name)) {
			continue
		}
		out = append(out, section...)
	}
	return out, nil
}

func appendSection(module []byte, name string, content []byte) []byte {
	body := append(appendName(nil, name), content...)
	module = append(module, 0)
	module = binary.AppendUvarint(module, uint64(len(body)))
	return append(module, body...)
}

func appendName(b []byte, name string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(name))), name...)
}
