//go:build amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x

package wazero

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/soltihq/soltiwasm/engine"
)

// TestImagesAreGivenBack: an image takes what its memory held, and nothing when its module is closed.
func TestImagesAreGivenBack(t *testing.T) {
	m := compileTest(t, Engine{}, "memory_large")
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	view, _ := in.Memory().View(0, 10*wasmPage)
	for i := 2 * wasmPage; i < 5*wasmPage; i++ {
		view[i] = 1
	}
	kept := &m.(*module).runtime.images
	for n := range 3 {
		if _, err := in.Image(); err != nil {
			t.Fatal(err)
		}
		if got, want := fileBytes(t, kept), int64(n+1)*3*wasmPage; got != want {
			t.Errorf("%d images take %d bytes, want %d", n+1, got, want)
		}
	}
	if err := in.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := m.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := fileBytes(t, kept); got != 0 {
		t.Errorf("%d bytes are left", got)
	}
}

func fileBytes(t *testing.T, s *images) int64 {
	var stat unix.Stat_t
	if err := unix.Fstat(int(s.file.Fd()), &stat); err != nil {
		t.Fatal(err)
	}
	return stat.Blocks * 512
}

// TestImageThatCannotBeMapped: a memory whose place may belong to others by now is never touched again.
func TestImageThatCannotBeMapped(t *testing.T) {
	m := compileTest(t, Engine{}, "memory")
	in, err := m.Instantiate(t.Context(), engine.InstanceConfig{})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := in.Image()
	if err != nil {
		t.Fatal(err)
	}
	kept.(*image).offset++ // no multiple of the page size, which the system refuses
	if in, err := m.Instantiate(t.Context(), engine.InstanceConfig{Image: kept}); err == nil {
		t.Errorf("Instantiate = %v", in)
	}
	kept.(*image).offset--
	again, err := m.Instantiate(t.Context(), engine.InstanceConfig{Image: kept})
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range []engine.Instance{in, again} {
		if err := one.Close(t.Context()); err != nil {
			t.Error(err)
		}
	}
}
