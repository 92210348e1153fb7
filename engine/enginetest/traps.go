package enginetest

import (
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func testTraps(t *testing.T, e engine.Engine) {
	m := load(t, open(t, e), "traps")
	for _, test := range []struct {
		export string
		kind   engine.TrapKind
	}{
		{"unreachable", engine.TrapUnreachable},
		{"load", engine.TrapOutOfBounds},
		{"store", engine.TrapOutOfBounds},
		{"fill", engine.TrapOutOfBounds},
		{"null", engine.TrapTable},
		{"beyond", engine.TrapTable},
		{"mismatch", engine.TrapIndirectType},
		{"divide", engine.TrapDivideByZero},
		{"remainder", engine.TrapDivideByZero},
		{"overflow", engine.TrapOverflow},
		{"too_large", engine.TrapOverflow},
		{"nan", engine.TrapConversion},
		{"recurse", engine.TrapStackOverflow},
	} {
		t.Run(test.export, func(t *testing.T) {
			in := instantiate(t, m, engine.InstanceConfig{})
			answer, trapping := find(t, in, "answer"), find(t, in, test.export)
			if got, err := answer.Call(t.Context()); got != 42 || err != nil {
				t.Fatalf("before the trap answer = %d, %v", got, err)
			}
			got, err := trapping.Call(t.Context())
			wantTrap(t, err, test.kind)
			if got != 0 {
				t.Errorf("a trapped call returned %d", got)
			}
			if text := err.Error(); !strings.Contains(text, string(test.kind)) || strings.Contains(text, "\n") {
				t.Errorf("the error reads %q: it should be one line that names the kind", text)
			}
			_, err = answer.Call(t.Context())
			wantTrap(t, err, engine.TrapClosed)
		})
	}
	t.Run("another instance lives on", func(t *testing.T) {
		in, other := instantiate(t, m, engine.InstanceConfig{}), instantiate(t, m, engine.InstanceConfig{})
		_, err := find(t, in, "unreachable").Call(t.Context())
		wantTrap(t, err, engine.TrapUnreachable)
		call(t, other, "answer", 42)
	})
}
