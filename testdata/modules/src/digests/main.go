// Command digests records the SHA-256 of the test modules and of the sources that they are built from, and checks that
// both are still what was recorded. So a source that changed without its module shows, and the other way round.
//
//	go run ./testdata/modules/src/digests write|check [DIR...]
//
// Each DIR has a file DIGESTS, in the format of sha256sum, of all files below it but sidecars, Markdown, logs and what
// cargo makes. Without a DIR these are all that have one, in the directory that the command runs in. A check that finds a
// difference exits 1.
package main

import (
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
)

func main() {
	if len(os.Args) < 2 || os.Args[1] != "write" && os.Args[1] != "check" {
		fmt.Fprintln(os.Stderr, "usage: digests write|check [DIR...]")
		os.Exit(2)
	}
	dirs := os.Args[2:]
	if len(dirs) == 0 {
		dirs = []string{
			"testdata/modules", "testdata/fixtures", "testdata/broken",
			"guest/c", "guest/assemblyscript", "guest/rust", "guest/conformance", "guest/examples",
			"bench/guests",
		}
	}
	code := 0
	for _, dir := range dirs {
		differences, err := digests(os.Args[1], dir)
		if err != nil {
			fmt.Fprintln(os.Stderr, "digests:", err)
			os.Exit(1)
		}
		for _, d := range differences {
			fmt.Fprintf(os.Stderr, "%s: %s\n", dir, d)
			code = 1
		}
	}
	if code != 0 {
		fmt.Fprintln(os.Stderr, "digests: rebuild with `make modules fixtures`, then record with `make digests`")
	}
	os.Exit(code)
}

// file is the name of the record, in its directory.
const file = "DIGESTS"

// digests writes the record of dir, or says how dir differs from it.
func digests(mode, dir string) (differences []string, err error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	found, err := sum(root.FS())
	if err != nil {
		return nil, err
	}
	if mode == "write" {
		return nil, root.WriteFile(file, []byte(format(found)), 0o644)
	}
	text, err := root.ReadFile(file)
	if err != nil {
		return nil, err
	}
	recorded, err := parse(string(text))
	if err != nil {
		return nil, err
	}
	return compare(recorded, found), nil
}

// sum returns the digest of every file, by path.
func sum(fsys fs.FS) (map[string]string, error) {
	sums := map[string]string{}
	err := fs.WalkDir(fsys, ".", func(name string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() && entry.Name() == "target" {
			return fs.SkipDir
		}
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		switch ext := path.Ext(name); {
		case name == file, ext == ".yaml", ext == ".md", ext == ".log":
			return nil
		}
		content, err := fs.ReadFile(fsys, name)
		if err != nil {
			return err
		}
		sums[name] = fmt.Sprintf("%x", sha256.Sum256(content))
		return nil
	})
	return sums, err
}

func format(sums map[string]string) string {
	var b strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		fmt.Fprintf(&b, "%s  %s\n", sums[name], name)
	}
	return b.String()
}

func parse(text string) (map[string]string, error) {
	sums := map[string]string{}
	for i, line := range slices.Collect(strings.Lines(text)) {
		digest, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		if !ok || len(digest) != 2*sha256.Size {
			return nil, fmt.Errorf("%s:%d: expected a SHA-256 in hex, two spaces and a path", file, i+1)
		}
		sums[name] = digest
	}
	return sums, nil
}

// compare says, in the order of paths, what is not as it was recorded.
func compare(recorded, found map[string]string) []string {
	all := maps.Clone(recorded)
	maps.Copy(all, found)
	var differences []string
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch {
		case recorded[name] == "":
			differences = append(differences, name+" is not recorded")
		case found[name] == "":
			differences = append(differences, name+" is recorded, but not there")
		case recorded[name] != found[name]:
			differences = append(differences, name+" is not what was recorded")
		}
	}
	return differences
}
