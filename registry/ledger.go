package registry

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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
// runs in the end is found by the digest, or was written beside it when it is small, so that a stamp that lies can't bring
// other code under a pinned digest. A nil *ledger knows nothing and learns nothing.
type ledger struct {
	cache *engine.Cache
	key   engine.CacheKey

	limits     abi.Limits // the host's
	limitsText string

	known []fact // by file name, from the last time
	kept  []bool // which of them are so at present; each is written by who looks at that file

	mu      sync.Mutex
	learned []fact
}

// ledgerVersion changes with everything that a fact depends on and no other part of the key tells.
const ledgerVersion = 3

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
		cache:  g.config.Cache,
		key:    engine.CacheKey{Maker: g.maker("ledger", ledgerVersion), Module: sha256.Sum256([]byte(path))},
		limits: g.config.Limits, limitsText: fmt.Sprint(g.config.Limits),
	}
	if data, ok := l.cache.Load(l.key); ok {
		l.known = decodeFacts(string(data))
		l.kept = make([]bool, len(l.known))
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
	at, ok := slices.BinarySearchFunc(l.known, f.name, func(x fact, name string) int { return strings.Compare(x.module, name) })
	if !ok {
		return false
	}
	x := &l.known[at]
	if x.limits != l.text(r.limits) {
		return false
	}
	info, err := f.root.Stat(f.name)
	if err != nil || !info.Mode().IsRegular() || x.stamp != stampOf(info, now) {
		return false
	}
	if r.manifest, ok = decodeManifest(x.manifest); !ok {
		return false
	}
	l.kept[at] = true
	r.digest, r.stamp, r.wasm, r.hasRun, r.score, r.memory = x.digest, x.stamp, x.wasm, x.hasRun, x.score, x.memory
	r.labels = r.sidecar.labels(r.manifest.Labels)
	if !r.sidecar.Disabled {
		r.name = x.name
	}
	return true
}

// A ledger has metered modules of a kibibyte at most, which saves looking for each in the cache, and up to a mebibyte of them:
// they are in memory as long as the runners are, asked or not.
const (
	smallModule  = 1 << 10
	smallModules = 1 << 20
)

// learn notes what a runner was found to be.
func (l *ledger) learn(r *Runner, wasm []byte) {
	if l == nil || r.stamp == "" {
		return
	}
	x := fact{
		module: r.module, stamp: r.stamp, limits: l.text(r.limits), digest: r.digest, name: r.name,
		manifest: encodeManifest(r.manifest), hasRun: r.hasRun, score: r.score, memory: r.memory,
	}
	if len(wasm) <= smallModule {
		x.wasm = string(wasm)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.learned = append(l.learned, x)
}

// save keeps the ledger, unless everything is as it was.
func (l *ledger) save() {
	if l == nil || len(l.learned) == 0 && !slices.Contains(l.kept, false) {
		return
	}
	for i, x := range l.known {
		if l.kept[i] {
			l.learned = append(l.learned, x)
		}
	}
	room := smallModules
	for i := range l.learned {
		if room -= len(l.learned[i].wasm); room < 0 {
			l.learned[i].wasm = ""
		}
	}
	l.cache.Store(l.key, encodeFacts(l.learned))
}

// text are limits as a fact has them.
func (l *ledger) text(limits abi.Limits) string {
	if limits == l.limits { // as a rule
		return l.limitsText
	}
	return fmt.Sprint(limits)
}

// keep puts a metered module where metered finds it.
func (g *Registry) keep(r *Runner, wasm []byte) {
	if key, ok := g.meteredKey(r); ok {
		g.config.Cache.Store(key, wasm)
	}
}

func (g *Registry) metered(r *Runner) ([]byte, bool) {
	if r.wasm != "" {
		return []byte(r.wasm), true
	}
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
