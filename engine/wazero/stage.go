package wazero

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"
	"sync"

	wz "github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/soltihq/soltiwasm/engine"
)

// stage stands between wazero's own cache and ours. wazero v1.12.0 keeps one file for each module, which it writes to a
// temporary name, syncs and renames, so that it appears whole. But when it reads one it checks little: the magic number
// and its own version; a CRC-32 over the machine code, but not over the function offsets before it nor the source map and
// catch clauses after it. A damaged offset is jumped to, a damaged count is allocated, a damaged magic number fails the compilation,
// as does a full disk. And from outside no one can tell which file belongs to which module.
//
// So wazero gets a directory of its own for each runtime, in which it is to find entries of engine.Cache that were checked, every
// bit of them, a moment ago. What wazero writes there is moved to engine.Cache. That takes one compilation at a time; the workers
// inside it use more cores. Loading goes on meanwhile.
//
// The entries are links, and stay there for the next program, so that nothing is written while modules are loaded: on a file
// system that is busy, writing a name can take longer than all the rest. A link that is found counts when it is still
// to the entry that was checked. When a module is compiled, whose file nobody knows yet, there is no link that wasn't.
type stage struct {
	cache   *engine.Cache
	maker   string
	wazero  wz.CompilationCache
	workers any           // the key under which wazero asks a context how many workers may compile
	top     string        // the directory that is ours to remove
	dir     string        // inside top, where wazero keeps its files
	busy    chan struct{} // holds one token while someone compiles

	mu     sync.Mutex                          // held while files are placed, removed and collected
	placed map[string]bool                     // the entries in dir that were placed, and whether one is being loaded
	taken  map[[sha256.Size]byte]chan struct{} // the modules that somebody loads or compiles; closed when he has done so
}

// compileFunc has wazero compile a module, unless it finds it in dir.
type compileFunc func(ctx context.Context, wasm []byte) (wz.CompiledModule, error)

func newStage(cache *engine.Cache, v versions) (_ *stage, err error) {
	if v.wazero == "" { // test binaries and some build systems: another build of the program is another maker then
		if v.wazero, err = engine.ProgramID(); err != nil {
			return nil, fmt.Errorf("use a compile cache: this program doesn't carry the version of wazero: %w", err)
		}
	}
	s := &stage{
		cache: cache,
		maker: fmt.Sprintf("wazero %s%s %s %s/%s", v.fork, v.wazero, v.golang, goruntime.GOOS, v.goarch),
		busy:  make(chan struct{}, 1),

		placed: map[string]bool{},
		taken:  map[[sha256.Size]byte]chan struct{}{},
	}
	experimental.GetCompilationWorkers(keyOf{key: &s.workers})
	if s.top, err = cache.TempDir(); err != nil {
		return nil, fmt.Errorf("use a compile cache: %w", err)
	}
	if err := s.enter(); err != nil {
		return nil, errors.Join(fmt.Errorf("use a compile cache: %w", err), os.RemoveAll(s.top))
	}
	return s, nil
}

// enter has wazero make its directory inside top, whose name holds its version, and finds out which it is. Another version
// may have left its own there.
func (s *stage) enter() error {
	for range 2 {
		var err error
		if s.wazero, err = wz.NewCompilationCacheWithDir(s.top); err != nil {
			return err
		}
		made, err := os.ReadDir(s.top)
		if err != nil {
			return err
		}
		if len(made) == 1 && made[0].IsDir() {
			s.dir = filepath.Join(s.top, made[0].Name())
			return nil
		}
		if err := os.RemoveAll(s.top); err != nil {
			return err
		}
	}
	return errors.New("this wazero lays its cache out in a way that isn't known")
}

// compile calls do, and keeps the entry that it made. An entry that can't be written only costs time. Compiling fails for the
// cache's sake when wazero can't even look for a file, as when the program has no file descriptors left.
func (s *stage) compile(ctx context.Context, wasm []byte, do compileFunc) (wz.CompiledModule, error) {
	key := s.key(wasm)
	if err := s.take(ctx, key.Module); err != nil {
		return nil, err
	}
	defer s.leave(key.Module)
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.busy }()
	s.clear()
	compiled, err := do(ctx, wasm)
	if err != nil && isCacheError(err) {
		// What it compiled but couldn't write is in its memory, so that this is quick.
		s.cache.Failed(fmt.Errorf("wazero can't use its part of the cache: %w", err))
		s.clear()
		compiled, err = do(ctx, wasm)
	}
	s.collect(key, err == nil)
	return compiled, err
}

func (s *stage) key(wasm []byte) engine.CacheKey {
	return engine.CacheKey{Maker: s.maker, Module: sha256.Sum256(wasm)}
}

// An entry of ours is wazero's file and then the file's name, which tells what only wazero knows (such as the processor's
// features). When it isn't the name that wazero looks for, wazero compiles, and the entry is replaced. wazero doesn't read
// on behind what it knows.
const nameSize = 2 * sha256.Size

// place sees to it that wazero finds the entry until [stage.done], and returns the file's name; empty if there is no entry.
func (s *stage) place(key engine.CacheKey) string {
	entry, ok := s.cache.Find(key, nameSize)
	name := string(entry.Last)
	if _, err := hex.DecodeString(name); !ok || len(name) < nameSize || err != nil {
		return ""
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.link(entry, name); err != nil {
		if !errors.Is(err, fs.ErrNotExist) { // it was pruned a moment ago
			s.cache.Failed(fmt.Errorf("hand a cache entry to wazero: %w", err))
		}
		return ""
	}
	s.placed[name] = true
	return name
}

// link gives an entry's file another name in dir, or copies it there: not every file system has links.
func (s *stage) link(entry engine.Found, name string) error {
	path := filepath.Join(s.dir, name)
	if there, err := os.Lstat(path); err == nil {
		if os.SameFile(entry.Info, there) {
			return nil
		}
		_ = os.Remove(path)
	}
	err := os.Link(entry.Path, path)
	if errors.Is(err, fs.ErrNotExist) { // another process has pruned the directory
		_ = os.MkdirAll(s.dir, 0o700)
		err = os.Link(entry.Path, path)
	}
	if err == nil {
		return nil
	}
	content, err := os.ReadFile(entry.Path)
	if err == nil {
		err = os.WriteFile(path, content, 0o600)
	}
	if err != nil {
		_ = os.Remove(path) // half an entry is worse than none
	}
	return err
}

// done ends the loading of what place put there, if it did.
func (s *stage) done(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, placed := s.placed[name]; placed {
		s.placed[name] = false
	}
}

// collect moves what wazero wrote to the cache, if it is good, and removes what else wazero left.
func (s *stage) collect(key engine.CacheKey, good bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	files, err := os.ReadDir(s.dir)
	for _, f := range files {
		if _, placed := s.placed[f.Name()]; placed {
			continue
		}
		path := filepath.Join(s.dir, f.Name())
		if !good || len(f.Name()) != nameSize {
			_ = os.Remove(path) // or clear does
			continue
		}
		if err = appendText(path, f.Name()); err != nil {
			break
		}
		s.cache.Adopt(key, path)
	}
	if err != nil {
		s.cache.Failed(fmt.Errorf("take a cache entry from wazero: %w", err))
	}
}

func appendText(path, text string) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	return errors.Join(err, f.Close())
}

// clear leaves nothing in wazero's directory but what is being loaded, and makes it again if someone removed it.
func (s *stage) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	maps.DeleteFunc(s.placed, func(_ string, loading bool) bool { return !loading })
	files, err := os.ReadDir(s.dir)
	for _, f := range files {
		if !s.placed[f.Name()] {
			err = errors.Join(err, os.Remove(filepath.Join(s.dir, f.Name())))
		}
	}
	if err != nil {
		// If even this fails, wazero can't write there either, which compile bears.
		_ = os.RemoveAll(s.top)
		_ = os.MkdirAll(s.dir, 0o700)
	}
}

// isCacheError tells wazero's failures to read or write its cache from those of a module.
func isCacheError(err error) bool {
	var path *fs.PathError
	var link *os.LinkError
	return errors.As(err, &path) || errors.As(err, &link) || strings.HasPrefix(err.Error(), "compilationcache: ")
}

// close ends wazero's cache and gives the directory back.
func (s *stage) close(ctx context.Context) error {
	return errors.Join(s.wazero.Close(ctx), s.cache.ReturnTempDir(s.top))
}
