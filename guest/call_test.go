package guest_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/guest"
)

// lengthHost has values of as many bytes as their keys say; the bytes differ from key to key.
type lengthHost struct{ constantHost }

func (lengthHost) Get(_ guest.Source, key string, buf []byte) int32 {
	return constantHost(lengthText(key)).Get(0, key, buf)
}

func lengthText(key string) string {
	n, err := strconv.Atoi(key)
	if err != nil {
		return "12345678901234567890" // what is read and not kept
	}
	return strings.Repeat(string(rune('a'+n%26)), n)
}

// A string is the reader's for good, whatever is read after it, in this call and in later ones.
func TestTextsLast(t *testing.T) {
	kept := map[string]string{}
	round := 0
	e := guest.NewExports(builder(func(c *guest.BuildCall) (guest.Task, error) {
		for n := range 60 {
			for _, n := range []int{n, 7*n + round, 4080 + n, 600 * (n % 9), 0} {
				key := strconv.Itoa(n)
				text, ok := c.Spec.Text(key)
				if !ok {
					t.Errorf("%s: no text", key)
				}
				kept[strconv.Itoa(round)+" "+key] = text
				value, state := c.Env.Lookup(key)
				if state != guest.Set {
					t.Errorf("%s: state %d", key, state)
				}
				kept["env "+key] = value
				c.Spec.Int("int")
				c.Config.Bool("bool")
			}
		}
		return guest.Task{}, nil
	}), lengthHost{})
	for round = range 20 {
		if status := e.Build(); status != 0 {
			t.Fatalf("status %d", status)
		}
	}
	for key, text := range kept {
		_, n, _ := strings.Cut(key, " ")
		if want := lengthText(n); text != want {
			t.Errorf("%s is now %d bytes, %.20q…, not %.20q…", key, len(text), text, want)
		}
	}
}
