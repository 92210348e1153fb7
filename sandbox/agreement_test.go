package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
)

// TestInstructionsAgree holds the table of instructions against wazero's: both take the same
// codes and immediates.
func TestInstructionsAgree(t *testing.T) {
	rt := interpreter(t)
	try := func(instruction string) {
		// The zeros behind it are immediates of whatever length, and then instructions that make any stack valid.
		wasm := everything("\x00" + instruction + strings.Repeat("\x00", 20))
		_, err := sandbox.Inspect(wasm, sandbox.DefaultLimits())
		_, wazeroErr := rt.CompileModule(t.Context(), wasm)
		if (err == nil) != (wazeroErr == nil) {
			t.Errorf("% x: Inspect says %v, wazero %v", instruction, err, wazeroErr)
		}
	}
	for op := range 0xfc {
		try(string([]byte{byte(op)}))
	}
	for op := range 0x80 {
		try(string([]byte{0xfc, byte(op)}))
		try(string([]byte{0xfd, byte(op)}))
		try(string([]byte{0xfd, byte(op) | 0x80, 1}))
	}
	for _, instruction := range []string{
		"\x02\x40\x0b", "\x03\x40\x0b", "\x04\x40\x0b", "\x04\x40\x05\x0b", // blocks
		"\x02\x7b\x00\x0b", "\x02\x6f\x00\x0b", "\x02\x00\x0b", // with results
		"\xd0\x70", "\xd0\x6f", "\x1c\x01\x7f", "\x1c\x01\x7b",
	} {
		try(instruction)
	}
}

// everything is a module that has one of each thing, so that index 0 exists, with one function of the given body.
func everything(instructions string) []byte {
	return module(
		section(1, vector(typeVoid)),
		section(3, "\x01\x00"),
		section(4, "\x01\x70\x00\x01"),
		section(5, "\x01\x00\x01"),
		section(6, "\x01\x7f\x01\x41\x00\x0b"),
		section(9, "\x01\x01\x00\x01\x00"),
		"\x0c\x01\x01",
		section(10, vector(sized("\x01\x01\x7f"+instructions+"\x0b"))),
		section(11, "\x01\x01\x01a"),
	)
}

func interpreter(t testing.TB) wazero.Runtime {
	rt := wazero.NewRuntimeWithConfig(context.Background(), wazero.NewRuntimeConfigInterpreter().WithCoreFeatures(api.CoreFeaturesV2))
	t.Cleanup(func() { rt.Close(context.Background()) })
	return rt
}

// corpus returns the modules of testdata by path, and those of the folder that SANDBOX_MODULES names, if it is set.
func corpus(t testing.TB) map[string][]byte {
	modules := map[string][]byte{}
	patterns := []string{"testdata/*/*.wasm", "../testdata/modules/*.wasm"}
	if more := os.Getenv("SANDBOX_MODULES"); more != "" {
		patterns = append(patterns, filepath.Join(more, "*.wasm"))
	}
	for _, pattern := range patterns {
		paths, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			wasm, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			modules[path] = wasm
		}
	}
	if len(modules) < 20 {
		t.Fatalf("only %d modules in the corpus", len(modules))
	}
	return modules
}

func TestInspectAcceptsCorpus(t *testing.T) {
	for path, wasm := range corpus(t) {
		// Generators and collections of real modules also make what is not supported.
		more := os.Getenv("SANDBOX_MODULES")
		if _, err := sandbox.Inspect(wasm, sandbox.DefaultLimits()); err != nil && (more == "" || !strings.HasPrefix(path, more)) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestMutationsAgree changes bytes of valid modules. What wazero takes, Inspect takes, but for what it does not
// support and for encodings in which wazero is known to be lenient; and what Inspect takes costs wazero no more memory
// than a module of that size may.
func TestMutationsAgree(t *testing.T) {
	rt := interpreter(t)
	random := rand.New(rand.NewPCG(1, 2))
	accepted, refused := 0, 0
	modules := corpus(t)
	for _, path := range slices.Sorted(maps.Keys(modules)) {
		wasm := modules[path]
		if len(wasm) > 20_000 || !strings.HasPrefix(path, "testdata/") {
			continue
		}
		for range 60 {
			mutant := append([]byte(nil), wasm...)
			for range 1 + random.IntN(2) {
				mutant[8+random.IntN(len(wasm)-8)] = byte(random.Uint32())
			}
			_, err := sandbox.Inspect(mutant, sandbox.DefaultLimits())
			if err != nil && dangerous(err) {
				continue
			}
			allocated, wazeroErr := compileCost(t, rt, mutant)
			if err == nil {
				accepted++
				if bound := uint64(2<<20 + 400*len(wasm)); allocated > bound {
					t.Errorf("%s: wazero allocated %d bytes for an accepted mutant of %d", path, allocated, len(wasm))
				}
			} else {
				refused++
				if wazeroErr == nil && !stricter(err) {
					t.Errorf("%s: wazero takes a mutant that is refused: %v", path, err)
				}
			}
		}
	}
	t.Logf("%d mutants accepted, %d refused", accepted, refused)
	if accepted < 100 || refused < 100 {
		t.Error("the mutants are too much of one kind to show anything")
	}
}

// dangerous reports a refusal after which wazero must not see the bytes: it might kill the process.
func dangerous(err error) bool {
	var refusal *sandbox.Error
	errors.As(err, &refusal)
	return refusal.Class == sandbox.Limit || refusal.Code == sandbox.CodeCount || refusal.Code == sandbox.CodeUnexpectedEnd
}

// stricter reports a refusal where wazero is known to be lenient: it takes proposals that are always on in it, and
// encodings that the format does not have.
func stricter(err error) bool {
	var refusal *sandbox.Error
	errors.As(err, &refusal)
	switch refusal.Code {
	case sandbox.CodeGC, sandbox.CodeExceptions, sandbox.CodeOpcode, sandbox.CodeType:
		return true
	case sandbox.CodeLEB: // it leaves unused bits of signed integers alone
		return strings.Contains(refusal.Message, "a signed integer")
	}
	return false
}

// compileCost lets wazero decode and validate a module and says what it allocated.
func compileCost(t *testing.T, rt wazero.Runtime, wasm []byte) (allocated uint64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("wazero panicked: %v", p)
		}
		runtime.ReadMemStats(&after)
		allocated = after.TotalAlloc - before.TotalAlloc
	}()
	compiled, err := rt.CompileModule(t.Context(), wasm)
	if err == nil {
		err = compiled.Close(t.Context())
	}
	return 0, err
}
