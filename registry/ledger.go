package registry

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/sandbox"
)

// ledger is what the modules of a directory were found to be when they were last loaded, kept in the compile cache from
// one process to the next: whoever has a good ledger reads no module, and compiles none that nobody asks. A module that
// was rejected is not in it.
//
// What it says of a file holds for the file's stamp, and for the limits under which the module was admitted. The code that
// runs in the end is found by the digest, so that a stamp that lies can't bring other code under a pinned digest. A nil
// *ledger knows nothing and learns nothing.
type ledger struct {
	cache *engine.Cache
	key   engine.CacheKey

	mu      sync.Mutex
	known   map[string]fact // by file name, from the last time
	now     map[string]fact // what is so at present
	changed bool
}

// fact is what is known of one module.
type fact struct {
	stamp, limits, digest, name string
	manifest                    []byte // as the module has it; empty without
	hasRun                      bool
	score, memory               int64
}

// ledgerVersion changes with everything that a fact depends on and no other part of the key tells.
const ledgerVersion = 1

// openLedger reads a directory's ledger.
func (g *Registry) openLedger(dir string) *ledger {
	if g.config.Cache == nil {
		return nil
	}
	path, err := filepath.Abs(dir)
	if err != nil {
		return nil
	}
	l := &ledger{
		cache: g.config.Cache, now: map[string]fact{},
		key: engine.CacheKey{Maker: g.maker("ledger", ledgerVersion), Module: sha256.Sum256([]byte(path))},
	}
	if data, ok := l.cache.Load(l.key); ok {
		l.known = decodeFacts(data)
	}
	return l
}

// maker is the key's part for what this program makes: another build doesn't use it.
func (g *Registry) maker(what string, version int64) string {
	return fmt.Sprintf("registry %s %d meter %d program %s", what, version, sandbox.MeterVersion, g.config.Program)
}

// tell makes r what is known of a file, if it is.
func (l *ledger) tell(f file, r *Runner, now time.Time) bool {
	if l == nil {
		return false
	}
	x, ok := l.known[f.name]
	if !ok || x.limits != limitsText(r.limits) {
		return false
	}
	info, err := f.root.Stat(f.name)
	if err != nil || !info.Mode().IsRegular() || stampOf(info, now) != x.stamp {
		return false
	}
	if len(x.manifest) > 0 {
		if r.manifest, err = ParseManifest(x.manifest); err != nil {
			return false
		}
	}
	l.mu.Lock()
	l.now[f.name] = x
	l.mu.Unlock()
	r.digest, r.stamp, r.hasRun, r.score, r.memory = x.digest, x.stamp, x.hasRun, x.score, x.memory
	r.labels = r.sidecar.labels(r.manifest.Labels)
	if !r.sidecar.Disabled {
		r.name = x.name
	}
	return true
}

// learn notes what a runner was found to be.
func (l *ledger) learn(r *Runner, manifest []byte) {
	if l == nil || r.stamp == "" {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.changed = true
	l.now[r.module] = fact{
		stamp: r.stamp, limits: limitsText(r.limits), digest: r.digest, name: r.name,
		manifest: bytes.Clone(manifest), hasRun: r.hasRun, score: r.score, memory: r.memory,
	}
}

// save keeps the ledger, unless everything is as it was.
func (l *ledger) save() {
	if l != nil && (l.changed || len(l.now) != len(l.known)) {
		l.cache.Store(l.key, encodeFacts(l.now))
	}
}

// limitsText are limits as a fact has them.
func limitsText(l abi.Limits) string { return fmt.Sprint(l) }

// keep puts a metered module where recall finds it.
func (g *Registry) keep(r *Runner, wasm []byte) {
	if key, ok := g.meteredKey(r); ok {
		g.config.Cache.Store(key, wasm)
	}
}

func (g *Registry) recall(r *Runner) ([]byte, bool) {
	key, ok := g.meteredKey(r)
	if !ok {
		return nil, false
	}
	return g.config.Cache.Load(key)
}

// meteredKey is of the module and of the limit that the meter writes into it.
func (g *Registry) meteredKey(r *Runner) (engine.CacheKey, bool) {
	return engine.CacheKey{
		Maker: g.maker("metered", r.limits.Memory), Module: sha256.Sum256([]byte(r.digest)),
	}, g.config.Cache != nil
}

// encodeFacts writes numbers as varints, and texts as their lengths and bytes.
func encodeFacts(facts map[string]fact) (data []byte) {
	text := func(s string) {
		data = binary.AppendUvarint(data, uint64(len(s)))
		data = append(data, s...)
	}
	for _, module := range slices.Sorted(maps.Keys(facts)) {
		f := facts[module]
		for _, s := range []string{module, f.stamp, f.limits, f.digest, f.name, string(f.manifest)} {
			text(s)
		}
		run := int64(0)
		if f.hasRun {
			run = 1
		}
		for _, n := range []int64{run, f.score, f.memory} {
			data = binary.AppendVarint(data, n)
		}
	}
	return data
}

// decodeFacts reads what encodeFacts wrote, up to the first byte that is none of it.
func decodeFacts(data []byte) map[string]fact {
	facts := map[string]fact{}
	good := true
	text := func() string {
		n, size := binary.Uvarint(data)
		if size <= 0 || n > uint64(len(data)-size) {
			good, data = false, nil
			return ""
		}
		s := string(data[size : size+int(n)])
		data = data[size+int(n):]
		return s
	}
	number := func() int64 {
		n, size := binary.Varint(data)
		if size <= 0 {
			good, data = false, nil
			return 0
		}
		data = data[size:]
		return n
	}
	for len(data) > 0 {
		module := text()
		f := fact{stamp: text(), limits: text(), digest: text(), name: text(), manifest: []byte(text()), hasRun: number() != 0, score: number(), memory: number()}
		if good {
			facts[module] = f
		}
	}
	return facts
}
