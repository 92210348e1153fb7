package author

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/sandbox"
)

func always(t *testing.T, path string) answerAlways {
	t.Helper()
	wasm, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	m, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
	if err != nil {
		t.Fatal(err)
	}
	return supportsAlways(wasm, m)
}

func TestSupportsAlways(t *testing.T) {
	for path, want := range map[string]answerAlways{
		"fixtures/ok.wasm": answersYes, "modules/catch-all.wasm": answersYes, "fixtures/no.wasm": answersNo,
		"fixtures/bad-supports.wasm": answersEither, "fixtures/pointer-long.wasm": answersEither, "fixtures/trap-supports.wasm": answersEither,
		"fixtures/loop-supports.wasm": answersEither, "modules/http-probe.wasm": answersEither, "modules/wasm.wasm": answersEither,
		"modules/subprocess.wasm": answersEither, "fixtures/only-other.wasm": answersYes,
	} {
		if got := always(t, filepath.Join("../../testdata", path)); got != want {
			t.Errorf("%s: %d, expected %d", path, got, want)
		}
	}
}

// Whatever the bytes are, nothing panics, and what is proven holds for the bytes of supports.
func FuzzSupportsAlways(f *testing.F) {
	files, err := filepath.Glob("../../testdata/fixtures/*.wasm")
	if err != nil || len(files) == 0 {
		f.Fatal("there are no fixtures", err)
	}
	for _, file := range files {
		wasm, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(wasm)
	}
	f.Fuzz(func(t *testing.T, wasm []byte) {
		m, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
		if err != nil {
			return
		}
		answer := supportsAlways(wasm, m)
		if answer == answersEither {
			return
		}
		constant := map[answerAlways]string{answersNo: "\x41\x00", answersYes: "\x41\x01"}[answer]
		if !strings.Contains(string(wasm), constant) {
			t.Errorf("the answer %d is not in the module", answer)
		}
		if e, ok := m.Export(abi.ExportSupports); !ok || e.Kind != sandbox.KindFunc {
			t.Errorf("an answer of %+v", e)
		}
	})
}
