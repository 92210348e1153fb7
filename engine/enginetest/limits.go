package enginetest

import (
	leb "encoding/binary"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

// testLimits holds what every engine can do at least, and what one was found to do otherwise than another.
func testLimits(t *testing.T, e engine.Engine) {
	r := open(t, e)
	t.Run("a thousand nested calls", func(t *testing.T) {
		call(t, instantiate(t, load(t, r, "deep"), engine.InstanceConfig{}), "deep", 1000)
	})
	t.Run("long name", func(t *testing.T) {
		name := strings.Repeat("n", 65_535)
		m, err := r.Compile(t.Context(), namedExport(name))
		if err != nil {
			t.Fatal(err)
		}
		call(t, instantiate(t, m, engine.InstanceConfig{}), name, 1)
	})
	t.Run("last load", func(t *testing.T) { testLastLoad(t, load(t, r, "last_load")) })
}

// namedExport is a module with one function, which returns 1, of a name.
func namedExport(name string) []byte {
	export := slices.Concat([]byte{1}, leb.AppendUvarint(nil, uint64(len(name))), []byte(name), []byte{0, 0})
	return slices.Concat([]byte("\x00asm\x01\x00\x00\x00\x01\x05\x01\x60\x00\x01\x7f\x03\x02\x01\x00\x07"),
		leb.AppendUvarint(nil, uint64(len(export))), export, []byte("\x0a\x06\x01\x04\x00\x41\x01\x0b"))
}

// testLastLoad holds that a load from the memory's last bytes has the right value. Compilers were found that load more than
// was asked for; to trap then is wrong, and does no harm.
func testLastLoad(t *testing.T, m engine.Module) {
	for _, name := range []string{"sign of another", "sign for another", "splat", "sum", "root", "conversion"} {
		got, err := find(t, instantiate(t, m, engine.InstanceConfig{}), name).Call(t.Context())
		if err != nil && strings.Contains(err.Error(), string(engine.TrapOutOfBounds)) {
			t.Logf("%s: the engine loads more than it is told to", name)
			continue
		}
		if err != nil || got != 1 {
			t.Errorf("%s = %d, %v", name, got, err)
		}
	}
}
