package registry

import (
	"encoding/binary"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
)

// fact is what is known of one module.
type fact struct {
	module                      string // the file's base name
	stamp, limits, digest, name string
	manifest                    string // as encodeManifest wrote it
	wasm                        string // the metered module, if it is small; otherwise it has its own entry in the cache alone
	hasRun                      bool
	score, memory               int64
}

// leastFact is how many bytes a fact takes at least.
const leastFact = 10

// encodeFacts writes facts in the order of their modules.
func encodeFacts(facts []fact) []byte {
	slices.SortFunc(facts, func(a, b fact) int { return strings.Compare(a.module, b.module) })
	var w writer
	w.number(int64(len(facts)))
	for _, f := range facts {
		for _, s := range []string{f.module, f.stamp, f.limits, f.digest, f.name, f.manifest, f.wasm} {
			w.text(s)
		}
		run := int64(0)
		if f.hasRun {
			run = 1
		}
		w.number(run)
		w.number(f.score)
		w.number(f.memory)
	}
	return w.data
}

// decodeFacts reads what encodeFacts wrote, up to the first byte that is none of it. The facts share the memory of data.
func decodeFacts(data string) []fact {
	r := reader{data: data}
	n := r.count()
	facts := make([]fact, 0, min(n, len(r.data)/leastFact))
	for r.data != "" {
		f := fact{
			module: r.text(), stamp: r.text(), limits: r.text(), digest: r.text(), name: r.text(), manifest: r.text(), wasm: r.text(),
			hasRun: r.number() != 0, score: r.number(), memory: r.number(),
		}
		if !r.bad {
			facts = append(facts, f)
		}
	}
	return facts
}

// encodeManifest writes a manifest in a form that is read much faster than JSON.
func encodeManifest(m abi.Manifest) string {
	var w writer
	w.text(m.Version)
	w.text(m.Description)
	w.texts(m.Kinds)
	w.number(int64(len(m.Labels)))
	for _, key := range slices.Sorted(maps.Keys(m.Labels)) {
		w.text(key)
		w.text(m.Labels[key])
	}
	w.texts(m.Env)
	w.texts(m.Actions)
	w.number(int64(len(m.Metrics)))
	for _, x := range m.Metrics {
		w.text(x.Name)
		w.text(x.Type)
		w.text(x.Help)
		w.texts(x.Labels)
		w.number(int64(len(x.Buckets)))
		for _, b := range x.Buckets {
			w.number(int64(math.Float64bits(b)))
		}
	}
	return string(w.data)
}

// decodeManifest reads what encodeManifest wrote, and says whether it was that. The manifest shares the memory of data.
func decodeManifest(data string) (m abi.Manifest, ok bool) {
	r := reader{data: data}
	m.Version, m.Description, m.Kinds = r.text(), r.text(), r.texts()
	if n := r.count(); n > 0 {
		m.Labels = make(map[string]string, n)
		for range n {
			key := r.text()
			m.Labels[key] = r.text()
		}
	}
	m.Env, m.Actions = r.texts(), r.texts()
	for n := r.count(); n > 0 && !r.bad; n-- {
		x := abi.Metric{Name: r.text(), Type: r.text(), Help: r.text(), Labels: r.texts()}
		for range r.count() {
			x.Buckets = append(x.Buckets, math.Float64frombits(uint64(r.number())))
		}
		m.Metrics = append(m.Metrics, x)
	}
	return m, !r.bad && r.data == ""
}

// writer writes numbers as varints, and texts as their lengths and bytes.
type writer struct{ data []byte }

func (w *writer) number(n int64) { w.data = binary.AppendVarint(w.data, n) }

func (w *writer) text(s string) {
	w.number(int64(len(s)))
	w.data = append(w.data, s...)
}

func (w *writer) texts(list []string) {
	w.number(int64(len(list)))
	for _, s := range list {
		w.text(s)
	}
}

// reader reads what a writer wrote. It is bad, and at its end, once it has met something else.
type reader struct {
	data string
	bad  bool
}

func (r *reader) number() int64 {
	var buf [binary.MaxVarintLen64]byte
	n, size := binary.Varint(buf[:copy(buf[:], r.data)])
	if size <= 0 {
		r.bad, r.data = true, ""
		return 0
	}
	r.data = r.data[size:]
	return n
}

// count reads a number of things of which each has a byte at least.
func (r *reader) count() int {
	n := r.number()
	if n < 0 || n > int64(len(r.data)) {
		r.bad, r.data = true, ""
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.count()
	s := r.data[:n]
	r.data = r.data[n:]
	return s
}

func (r *reader) texts() []string {
	n := r.count()
	if n == 0 {
		return nil
	}
	list := make([]string, n)
	for i := range list {
		list[i] = r.text()
	}
	return list
}
