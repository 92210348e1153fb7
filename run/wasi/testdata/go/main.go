// This command, for wasip1, goes through what Go's library asks of WASI. It prints one line a finding.
package main

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

func main() {
	fmt.Println("args:", os.Args[1:], "env:", os.Environ())
	input, err := io.ReadAll(os.Stdin)
	fmt.Printf("stdin: %q %v\n", input, err)
	start := time.Now()
	var sleepers sync.WaitGroup
	for range 3 {
		sleepers.Go(func() { time.Sleep(20 * time.Millisecond) })
	}
	sleepers.Wait()
	fmt.Println("slept:", time.Since(start) >= 20*time.Millisecond)
	n, err := rand.Read(make([]byte, 100))
	fmt.Println("random:", n, err)
	files()
	fmt.Fprintln(os.Stderr, "to stderr")
	defer panic("as asked")
	if len(os.Args) > 1 && os.Args[1] == "exit" {
		os.Exit(5)
	}
}

// files works in /data.
func files() {
	dir := "/data/deep/er"
	fmt.Println("mkdir:", os.MkdirAll(dir, 0o777))
	name := filepath.Join(dir, "file")
	fmt.Println("write:", os.WriteFile(name, []byte(strings.Repeat("0123456789", 10_000)), 0o666))
	f, err := os.OpenFile(name, os.O_APPEND|os.O_WRONLY, 0)
	fmt.Println("append:", err)
	_, err = f.WriteString("end")
	fmt.Println("append:", err, f.Close())
	text, err := os.ReadFile(name)
	fmt.Println("read:", len(text), err)
	fmt.Println("symlink:", os.Symlink("file", filepath.Join(dir, "link")))
	fmt.Println("chtimes:", os.Chtimes(name, time.Unix(5, 0), time.Unix(6, 0)))
	info, err := os.Stat(filepath.Join(dir, "link"))
	if err == nil {
		fmt.Println("stat:", info.Mode().IsRegular(), info.Size(), info.ModTime().Unix())
	}
	fmt.Println("truncate:", os.Truncate(name, 7))
	fmt.Println("rename:", os.Rename(name, "/data/file"))
	err = filepath.WalkDir("/data", func(path string, d fs.DirEntry, err error) error {
		fmt.Println("walk:", path, d.IsDir(), err)
		return err
	})
	fmt.Println("walk:", err)
	temp, err := os.CreateTemp("/data", "x*")
	if err == nil {
		_, err = temp.WriteAt([]byte("x"), 100)
		fmt.Println("temp:", err, temp.Sync(), temp.Close())
	}
	fmt.Println("outside:", errors.Is(second(os.ReadFile("/etc/passwd")), fs.ErrNotExist), second(os.ReadFile("/data/../../etc/passwd")) != nil)
	fmt.Println("removeall:", os.RemoveAll("/data/deep"), os.Remove(temp.Name()), os.Remove("/data/file"))
}

func second(_ []byte, err error) error { return err }
