package wazero

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	goruntime "runtime"
	"strings"

	wz "github.com/tetratelabs/wazero"

	"github.com/soltihq/soltiwasm/engine"
)

// stage stands between wazero's own cache and ours. wazero v1.12.0 keeps one file for each module, which it writes to a
// temporary name, syncs and renames, so that it appears whole. But when it reads one it checks little: the magic number
// and its own version; a CRC-32 over the machine code, but not over the function offsets before it nor the source map and
// catch clauses after it. A damaged offset is jumped to, a damaged count is allocated, a damaged magic number fails the compilation,
// as does a full disk. And from outside no one can tell which file belongs to which module.
//
// So wazero gets a directory of its own for each runtime, empty but for the one entry that it is to find, taken from
// engine.Cache, which checks every bit of it. What wazero writes there is moved to engine.Cache. That takes one compilation at a
// time; the workers inside it use more cores.
type stage struct {
	cache  *engine.Cache
	maker  string
	wazero wz.CompilationCache
	top    string        // the directory that is ours to remove
	dir    string        // inside top, where wazero keeps its files
	busy   chan struct{} // holds one token while someone compiles
}

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
	}
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

// compile calls do, which compiles wasm, with the cache's entry for it in place, and keeps the entry that it made if there
// was none. An entry that is missing, damaged or can't be written only costs time. Compiling fails for the cache's sake when
// wazero can't even look for a file, as when the program has no file descriptors left.
func (s *stage) compile(ctx context.Context, wasm []byte, do func() (wz.CompiledModule, error)) (wz.CompiledModule, error) {
	select {
	case s.busy <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-s.busy }()
	s.clear()
	defer s.clear()

	key := engine.CacheKey{Maker: s.maker, Module: sha256.Sum256(wasm)}
	placed := s.place(key)
	compiled, err := do()
	if err != nil && isCacheError(err) {
		// Without the entry it compiles. What it compiled but couldn't write is in its memory, so that this is quick.
		s.cache.Failed(fmt.Errorf("wazero can't use its part of the cache: %w", err))
		s.clear()
		compiled, err = do()
	}
	if err == nil {
		s.collect(key, placed)
	}
	return compiled, err
}

// An entry of ours is wazero's file and then the file's name, which tells what only wazero knows (such as the processor's
// features). When it isn't the name that wazero looks for, wazero compiles, and the entry is replaced. wazero doesn't read
// on behind what it knows.
const nameSize = 2 * sha256.Size

// place puts the entry where wazero looks for it, and returns the file, or nil if there is none.
func (s *stage) place(key engine.CacheKey) fs.FileInfo {
	data, ok := s.cache.Load(key)
	if !ok || len(data) < nameSize {
		return nil
	}
	content, name := data[:len(data)-nameSize], string(data[len(data)-nameSize:])
	if _, err := hex.DecodeString(name); err != nil {
		return nil
	}
	path := filepath.Join(s.dir, name)
	if err := os.Link(s.cache.Path(key), path); err != nil { // not every file system has links
		if err := os.WriteFile(path, content, 0o600); err != nil {
			s.cache.Failed(fmt.Errorf("hand a cache entry to wazero: %w", err))
			s.clear() // half an entry is worse than none
			return nil
		}
	}
	placed, err := os.Lstat(path)
	if err != nil {
		return nil
	}
	return placed
}

// collect moves what wazero wrote to the cache: every file but the one that was placed and is still the same.
func (s *stage) collect(key engine.CacheKey, placed fs.FileInfo) {
	files, err := os.ReadDir(s.dir)
	for _, f := range files {
		var info fs.FileInfo
		if info, err = f.Info(); err != nil {
			break
		}
		untouched := os.SameFile(info, placed) && info.ModTime().Equal(placed.ModTime())
		if untouched || len(f.Name()) != nameSize {
			continue
		}
		path := filepath.Join(s.dir, f.Name())
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

// clear leaves wazero an empty directory, and makes it again if someone removed it.
func (s *stage) clear() {
	files, err := os.ReadDir(s.dir)
	for _, f := range files {
		err = errors.Join(err, os.Remove(filepath.Join(s.dir, f.Name())))
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
