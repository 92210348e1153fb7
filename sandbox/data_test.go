package sandbox_test

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
	"github.com/tetratelabs/wazero"
)

// TestDataEndsUpTheSame instantiates modules of random data segments, near one another, on top of one another, out of
// order and past the memory's end, with and without the meter.
func TestDataEndsUpTheSame(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	engine := interpreter(t)
	export(t, engine, sandbox.ImportModule, sandbox.YieldImport, yield)
	failures := 0
	for range 400 {
		segments := make([]string, random.IntN(12))
		at := 0
		for i := range segments {
			if random.IntN(4) == 0 {
				at = random.IntN(300)
			}
			if random.IntN(200) == 0 {
				at = 1<<16 - random.IntN(20)
			}
			content := make([]byte, random.IntN(20))
			for k := range content {
				content[k] = byte(1 + random.IntN(255))
			}
			segments[i] = active(at, string(content))
			if random.IntN(10) == 0 {
				segments[i] = "\x01" + sized(string(content)) // passive
			}
			at += len(content) + []int{0, 0, 5, 31, 32, 33, 34}[random.IntN(7)]
		}
		wasm := module(oneMemory, section(7, "\x01\x06memory\x02\x00"), section(11, vector(segments...)))
		p, err := sandbox.Protect(wasm, sandbox.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		var memories [2][]byte
		for i, wasm := range [][]byte{wasm, p.Wasm} {
			instance, err := engine.InstantiateWithConfig(t.Context(), wasm, wazero.NewModuleConfig().WithName(""))
			if err != nil {
				failures++
				continue
			}
			memory, _ := instance.Memory().Read(0, 1<<16)
			memories[i] = bytes.Clone(memory)
			instance.Close(t.Context())
		}
		if !bytes.Equal(memories[0], memories[1]) {
			t.Fatalf("the memory differs for %q", segments)
		}
	}
	if failures == 0 || failures%2 == 1 {
		t.Errorf("%d instances could not be made", failures)
	}
}

// active is a data segment for a constant place.
func active(at int, content string) string {
	return "\x00\x41" + signed(at) + "\x0b" + sized(content)
}

// TestDataIsJoined counts bytes: joined segments lose their headers.
func TestDataIsJoined(t *testing.T) {
	var segments []string
	for i := range 1000 {
		segments = append(segments, active(i*20, "0123456789abcdef"))
	}
	size := func(sections ...string) int {
		p, err := sandbox.Protect(module(sections...), sandbox.DefaultLimits())
		if err != nil {
			t.Fatal(err)
		}
		return len(p.Wasm)
	}
	joined := size(oneMemory, section(11, vector(segments...)))
	if joined > 1000*20+500 {
		t.Errorf("the module of joined segments has %d bytes", joined)
	}
	// The same, where a data.drop names a segment by its number.
	if kept := size(oneVoidFunc, oneMemory, "\x0c\x02"+leb(1000), code("\xfc\x09\x00"), section(11, vector(segments...))); kept < 1000*22 {
		t.Errorf("the module of segments that are named has %d bytes", kept)
	}
}
