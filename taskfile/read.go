// Package taskfile is the file form of a [task.Spec]: it reads YAML and JSON from files, directories and standard input,
// and makes the document that guests see. Reading is strict, and an error says file, line, column, field and what was
// expected, for every fault of a document at once.
package taskfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// Item is one document, or one file without any.
type Item struct {
	// Source is the path as given, or that of a directory as given and the name of a file in it, or "-"; from a
	// file's second document on with "#2", "#3" and so on.
	Source string
	// Spec is valid and has its defaults filled in, unless Err is set.
	Spec task.Spec
	// Err is an [*InvalidError] or a [*ReadError].
	Err error
}

// Stdin is the argument of [Read] that stands for standard input.
const Stdin = "-"

// Read reads the documents of all args in their order. An argument is a file, a directory, whose *.yaml, *.yml and *.json
// files are read in the order of their names and not those of directories below it or those that begin with a dot, or
// [Stdin], once. YAML (of which JSON is a part) may hold several documents. Nothing that can't be read hides what else there
// is: it becomes an Item with an error.
//
// Only regular files are opened, since others may block for ever; what a pipe holds can come from standard input. A file is
// read up to abi.MaxSpecFile bytes, and one file at a time.
func Read(args []string, stdin io.Reader) []Item {
	var items []Item
	for i, arg := range args {
		if arg == Stdin && slices.Contains(args[:i], Stdin) {
			items = append(items, unread(arg, errReadBefore)...)
			continue
		}
		items = append(items, readArg(arg, stdin)...)
	}
	return items
}

var errReadBefore = errors.New("standard input was read before: give - once")

func readArg(arg string, stdin io.Reader) []Item {
	if arg == Stdin {
		return readFrom(Stdin, stdin)
	}
	info, err := os.Stat(arg)
	switch {
	case err != nil:
		return unread(arg, err)
	case info.IsDir():
		return readDir(arg)
	}
	return readFile(arg)
}

func readDir(dir string) []Item {
	entries, err := os.ReadDir(dir) // sorted by name
	if err != nil {
		return unread(dir, err)
	}
	var items []Item
	for _, entry := range entries {
		if strings.HasPrefix(entry.Name(), ".") { // an editor's, such as the lock .#a.yaml
			continue
		}
		switch filepath.Ext(entry.Name()) {
		case ".yaml", ".yml", ".json":
			items = append(items, readFile(join(dir, entry.Name()))...)
		}
	}
	if len(items) == 0 {
		return []Item{{Source: dir, Err: invalid(dir, errors.New("no *.yaml, *.yml or *.json file in this directory"))}}
	}
	return items
}

// join is [filepath.Join] without its cleaning, so that the directory stays as it was given.
func join(dir, name string) string {
	if os.IsPathSeparator(dir[len(dir)-1]) {
		return dir + name
	}
	return dir + string(filepath.Separator) + name
}

var (
	errNotRegular  = errors.New("not a regular file; pipe it to standard input and give - instead")
	errNotSearched = errors.New("a directory in a directory is not searched; give it by itself")
)

func readFile(path string) []Item {
	info, err := os.Stat(path)
	if err != nil {
		return unread(path, err)
	}
	if info.IsDir() {
		return unread(path, errNotSearched)
	}
	if !info.Mode().IsRegular() {
		return unread(path, errNotRegular)
	}
	file, err := os.Open(path)
	if err != nil {
		return unread(path, err)
	}
	defer file.Close()
	return readFrom(path, file)
}

func readFrom(source string, r io.Reader) []Item {
	data, err := io.ReadAll(io.LimitReader(r, abi.MaxSpecFile+1))
	if err != nil {
		return unread(source, err)
	}
	if len(data) > abi.MaxSpecFile {
		return []Item{{Source: source, Err: invalid(source, fmt.Errorf("over the limit of %d bytes", abi.MaxSpecFile))}}
	}
	return parse(source, data)
}

// unread is the Item of what can't be read. The path that the system's errors repeat is cut off.
func unread(source string, err error) []Item {
	var path *fs.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	return []Item{{Source: source, Err: &ReadError{Path: source, Err: err}}}
}

// parse reads the documents of one file.
func parse(source string, data []byte) []Item {
	docs, err := document.ParseYAML(data, document.Bounds{
		Bytes: abi.MaxSpec, Stream: abi.MaxSpecFile, Depth: abi.MaxDepth, Documents: abi.MaxDocuments,
	})
	if err == nil && len(docs) == 0 {
		err = errors.New("holds no document")
	}
	items := make([]Item, 0, len(docs)+1)
	for _, doc := range docs {
		items = append(items, read(source, doc))
	}
	if err != nil {
		items = append(items, Item{Source: numbered(source, len(docs)+1), Err: invalid(source, err)})
	}
	return items
}

func read(source string, doc document.Document) Item {
	item := Item{Source: numbered(source, doc.Number)}
	err := doc.Err
	if err == nil {
		item.Spec, err = Decode(doc.Root)
	}
	if err != nil {
		item.Err = invalid(source, err)
	}
	return item
}

// numbered is the Source of a file's n-th document.
func numbered(source string, n int) string {
	if n == 1 {
		return source
	}
	return source + "#" + strconv.Itoa(n)
}
