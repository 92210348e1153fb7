package process_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// asUser says that this run is the ordinary user's.
const asUser = "SOLTIWASM_TEST_AS_USER"

// TestAsOrdinaryUser runs this package's other tests again without root's rights.
func TestAsOrdinaryUser(t *testing.T) {
	switch {
	case os.Getenv(asUser) != "":
		t.Skip("this is the ordinary user's run")
	case os.Getuid() != 0:
		t.Skip("all tests are run by an ordinary user anyway")
	case testing.Short():
		t.Skip("short")
	}
	const nobody = 65534
	dir, err := os.MkdirTemp("", "soltiwasm-user-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	if err := os.Chown(dir, nobody, nobody); err != nil {
		t.Fatal(err)
	}
	exe := filepath.Join(dir, "process.test")
	copyProgram(t, exe)
	cmd := exec.Command(exe, "-test.short", "-test.v")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), asUser+"=1", "TMPDIR="+dir, "HOME="+dir)
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
	if n := strings.Count(string(out), "--- PASS: Test"); n < 30 {
		t.Errorf("only %d tests ran:\n%s", n, out)
	}
}

func copyProgram(t *testing.T, path string) {
	t.Helper()
	from, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	to, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(to, from); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
}
