package cli

import (
	"bytes"
	"errors"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

// masked writes the pieces and returns what came out.
func masked(t testing.TB, values []string, pieces ...string) string {
	t.Helper()
	var out bytes.Buffer
	w := newMaskWriter(&out, task.NewMask(values))
	for _, piece := range pieces {
		if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	if err := w.flush(false); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMaskWriter(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		pieces []string
		want   string
	}{
		{"no values", nil, []string{"a\nb"}, "a\nb"},
		{"in one piece", []string{"secret"}, []string{"a secret b\n"}, "a *** b\n"},
		{"cut between two writes", []string{"secret"}, []string{"a sec", "ret b\n"}, "a *** b\n"},
		{"byte by byte", []string{"secret"}, strings.Split("x secret\ny", ""), "x ***\ny"},
		{"at the end without a newline", []string{"secret"}, []string{"secret"}, "***"},
		{"a short value is hidden as a whole line", []string{"7"}, []string{"7\n", "17\n", "7\r\n"}, "***\n17\n***\r\n"},
		{"every line of a value", []string{"first\nsecond"}, []string{"first\nsecond\n"}, "***\n***\n"},
		{"bytes that are not UTF-8 stay", []string{"secret"}, []string{"\xff\x00secret\xfe\n"}, "\xff\x00***\xfe\n"},
		{"empty lines stay", []string{"secret"}, []string{"\n\n", "\n"}, "\n\n\n"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := masked(t, test.values, test.pieces...); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

// A line that is too long to be held back is cut, and never inside a value.
func TestMaskWriterLongLine(t *testing.T) {
	const secret = "a-secret-of-some-length"
	values := []string{secret, "another"}
	random := rand.New(rand.NewPCG(1, 2))
	for range 40 {
		at := maxLine - 2*len(secret) + random.IntN(4*len(secret))
		text := strings.Repeat("x", at) + secret + strings.Repeat("y", maxLine) + secret + strings.Repeat("z", 3*maxLine)
		var pieces []string
		for rest := text; rest != ""; {
			n := min(1+random.IntN(maxLine), len(rest))
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		want := strings.ReplaceAll(text, secret, "***")
		if got := masked(t, values, pieces...); got != want {
			t.Fatalf("a value at %d: got %d bytes, want %d; a part of it shows: %v", at, len(got), len(want), strings.Contains(got, "secret"))
		}
	}
}

func TestMaskWriterIsBounded(t *testing.T) {
	w := newMaskWriter(&bytes.Buffer{}, task.NewMask([]string{"secret"}))
	piece := bytes.Repeat([]byte("x"), 1<<20)
	for range 20 {
		if _, err := w.Write(piece); err != nil {
			t.Fatal(err)
		}
		if len(w.buf) > 2*maxLine {
			t.Fatalf("%d bytes are held back", len(w.buf))
		}
	}
}

func TestMaskWriterHoldsBackOneLineOnly(t *testing.T) {
	var out bytes.Buffer
	w := newMaskWriter(&out, task.NewMask([]string{"secret"}))
	if _, err := w.Write([]byte("shown at once\nheld")); err != nil {
		t.Fatal(err)
	}
	if out.String() != "shown at once\n" {
		t.Errorf("before the flush: %q", out.String())
	}
}

// Where lines are wanted, unfinished ones are held back even if there is nothing to be masked.
func TestMaskWriterHolds(t *testing.T) {
	var writes []string
	w := newMaskWriter(writerFunc(func(p []byte) { writes = append(writes, string(p)) }), nil)
	w.hold = true
	for _, piece := range []string{"a", "b\nc", "\nd", "e"} {
		if _, err := w.Write([]byte(piece)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.flush(false); err != nil {
		t.Fatal(err)
	}
	if want := []string{"ab\n", "c\n", "de"}; !slices.Equal(writes, want) {
		t.Errorf("got %q, want %q", writes, want)
	}
}

type writerFunc func([]byte)

func (f writerFunc) Write(p []byte) (int, error) {
	f(p)
	return len(p), nil
}

type brokenWriter struct{ err error }

func (w brokenWriter) Write([]byte) (int, error) { return 0, w.err }

func TestMaskWriterReportsErrors(t *testing.T) {
	broken := errors.New("broken")
	w := newMaskWriter(brokenWriter{broken}, task.NewMask([]string{"secret"}))
	if _, err := w.Write([]byte("line\n")); !errors.Is(err, broken) {
		t.Errorf("Write: %v", err)
	}
	if _, err := w.Write([]byte("rest")); err != nil {
		t.Errorf("Write of an unfinished line: %v", err)
	}
	if err := w.flush(false); !errors.Is(err, broken) {
		t.Errorf("flush: %v", err)
	}
}

// However text is cut into writes, the result is that of masking its lines.
func FuzzMaskWriter(f *testing.F) {
	f.Add("a secret b\nsecret", "secret", uint8(3))
	f.Add("aaaaaaaa\n\naaaa", "aaa", uint8(1))
	f.Add("1\r\n11\r\n", "1", uint8(2))
	f.Fuzz(func(t *testing.T, text, value string, step uint8) {
		if value == "" {
			return
		}
		var pieces []string
		for rest := text; rest != ""; {
			n := min(int(step)+1, len(rest))
			pieces = append(pieces, rest[:n])
			rest = rest[n:]
		}
		mask := task.NewMask([]string{value})
		var want strings.Builder
		for l := range strings.Lines(text) {
			body := strings.TrimRight(l, "\r\n")
			want.WriteString(mask.Text(body) + l[len(body):])
		}
		if got := masked(t, []string{value}, pieces...); len(text) < maxLine && got != want.String() {
			t.Errorf("got %q, want %q", got, want.String())
		}
	})
}

func TestTaskJSON(t *testing.T) {
	mask := task.NewMask([]string{"secret", "9"})
	got, err := taskJSON(mask, task.Task{
		Description: "tells the secret",
		Action: task.ProcessAction{
			Command: "echo", Args: []string{"secret", "9", "29"}, Env: map[string]string{"secret": "a secret"}, Script: []byte("secret"),
			ScriptSpec: "/kind",
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `{"action":{"process":{"args":["***","***","29"],"command":"echo","env":{"secret":"a ***"},` +
		`"failOnNonZero":true,"script":{"spec":"/kind"}}},"description":"tells the ***"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	got, err = taskJSON(mask, task.Task{Action: task.RunAction{Fields: []byte(`{"n":9,"deep":[{"k":["secret"]}],"no":null}`)}})
	if err != nil {
		t.Fatal(err)
	}
	if want := `{"action":{"run":{"deep":[{"k":["***"]}],"n":9,"no":null}}}`; string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
