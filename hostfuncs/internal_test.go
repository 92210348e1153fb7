package hostfuncs

import (
	"fmt"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
)

func TestRememberIsBounded(t *testing.T) {
	var m map[string]int
	for n := range 10 * maxRemembered {
		key := fmt.Sprint(n)
		remember(&m, key, n)
		if len(m) > maxRemembered || m[key] != n {
			t.Fatalf("after %s: %d entries, the last is %d", key, len(m), m[key])
		}
	}
}

func TestFaultsAreEscapedAndCut(t *testing.T) {
	f := faultf("spec_get", "bad %s", "\x1b[2J\u202e\n")
	if want := `spec_get: bad \x1b[2J\u202e\n`; f.Error() != want {
		t.Errorf("got %q, want %q", f, want)
	}
	if f := faultf("spec_get", "%s", strings.Repeat("\x1b", abi.MaxMessage)); len(f.Message) != abi.MaxMessage {
		t.Errorf("the message has %d bytes", len(f.Message))
	}
}
