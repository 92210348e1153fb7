package registry

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
)

// facts are one with everything in it, and one with nothing.
func facts() []fact {
	manifest := abi.Manifest{
		Version: "1.2.0", Description: "says so", Kinds: []string{"a", "b"}, Labels: map[string]string{"zone": "eu", "": "none"},
		Env: []string{"PATH", "APP_*"}, Actions: []string{abi.ActionProcess},
		Metrics: []abi.Metric{{Name: "n", Type: "counter", Help: "h", Labels: []string{"l"}}, {Name: "m", Type: "histogram", Buckets: []float64{-0.5, 1e300}}},
	}
	return []fact{
		{
			module: "a.wasm", stamp: "\x00\xff", limits: "{1 2}", digest: "sha256:00", name: "a", manifest: encodeManifest(manifest),
			wasm: "\x00asm", hasRun: true, score: 1 << 40, memory: -1,
		},
		{module: "b.wasm", manifest: encodeManifest(abi.Manifest{})},
	}
}

func TestFactsAreReadAsTheyWereWritten(t *testing.T) {
	want := facts()
	data := string(encodeFacts([]fact{want[1], want[0]}))
	if got := decodeFacts(data); !reflect.DeepEqual(got, want) {
		t.Fatalf("read %+v, wrote %+v", got, want)
	}
	for i, x := range want {
		m, ok := decodeManifest(x.manifest)
		if !ok || encodeManifest(m) != x.manifest {
			t.Errorf("the manifest %d is read as %+v, %t", i, m, ok)
		}
		if _, ok := decodeManifest(x.manifest + "\x00"); ok {
			t.Errorf("the manifest %d is read with something behind it", i)
		}
	}
	if m, _ := decodeManifest(want[0].manifest); m.Labels["zone"] != "eu" || m.Metrics[1].Buckets[1] != 1e300 || m.Env[1] != "APP_*" {
		t.Errorf("the manifest is read as %+v", m)
	}
	for n := range len(data) {
		if got := decodeFacts(data[:n]); len(got) > 1 {
			t.Errorf("of %d bytes %d facts are read", n, len(got))
		}
	}
}

// TestManifestOfACountAlone: a manifest that ends behind a large count of metrics makes none of them.
func TestManifestOfACountAlone(t *testing.T) {
	const claimed = 100_000
	var w writer
	w.data = make([]byte, 6) // all before them is empty
	w.number(claimed)
	w.data = append(w.data, bytes.Repeat([]byte{0xff}, claimed)...)
	m, ok := decodeManifest(string(w.data))
	if ok || len(m.Metrics) > 1 {
		t.Errorf("%d metrics are read, %t", len(m.Metrics), ok)
	}
}

// FuzzFacts: whatever bytes there are, nothing panics and nothing is allocated on the word of a count.
func FuzzFacts(f *testing.F) {
	f.Add(string(encodeFacts(facts())))
	f.Add("\x02a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Fuzz(func(t *testing.T, data string) {
		read := decodeFacts(data)
		if again := decodeFacts(string(encodeFacts(read))); len(again) != len(read) {
			t.Errorf("%d facts are %d when they are written and read", len(read), len(again))
		}
		if m, ok := decodeManifest(data); ok && encodeManifest(m) == "" {
			t.Error("a manifest is nothing when it is written")
		}
	})
}
