package process_test

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/soltihq/soltiwasm/run/process"
)

// split writes the pieces and returns the lines.
func split(t testing.TB, pieces ...string) (lines []process.Line) {
	t.Helper()
	w := process.NewLines(func(l process.Line) error {
		lines = append(lines, process.Line{Text: bytes.Clone(l.Text), Cut: l.Cut})
		return nil
	})
	for _, p := range pieces {
		if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
			t.Fatalf("Write = %d, %v", n, err)
		}
	}
	for range 2 { // a second Flush has nothing to do
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

func TestLines(t *testing.T) {
	full := strings.Repeat("x", process.MaxLine)
	const euro = "€" // three bytes
	for _, test := range []struct {
		name   string
		pieces []string
		want   []string // as people see them
	}{
		{"nothing", nil, nil},
		{"LF", []string{"a\nb\n"}, []string{"a", "b"}},
		{"CRLF", []string{"a\r\nb\r\n"}, []string{"a", "b"}},
		{"CRLF between writes", []string{"a\r", "\nb"}, []string{"a", "b"}},
		{"CR inside", []string{"10%\r20%\n"}, []string{"10%\r20%"}},
		{"CR at the end of all", []string{"a\r"}, []string{"a\r"}},
		{"empty lines", []string{"\n\r\n\n"}, []string{"", "", ""}},
		{"no end", []string{"a\nb"}, []string{"a", "b"}},
		{"pieces", []string{"a", "b", "", "c\nd", "\n"}, []string{"abc", "d"}},
		{"not UTF-8", []string{"\xff\xfe\n\x80"}, []string{"\xff\xfe", "\x80"}},
		{"longest", []string{full + "\n"}, []string{full}},
		{"longest, CRLF", []string{full + "\r\n"}, []string{full}},
		{"longest, CRLF between writes", []string{full, "\r", "\n"}, []string{full}},
		{"cut", []string{full + "y\nb\n"}, []string{full + "… [1 bytes cut]", "b"}},
		{"cut, CRLF", []string{full + "yz\r\n"}, []string{full + "… [2 bytes cut]"}},
		{"cut, no end", []string{full, full, "y"}, []string{full + "… [65537 bytes cut]"}},
		{"cut inside a rune", []string{full[2:] + euro + "\n"}, []string{full[2:] + "… [3 bytes cut]"}},
		{"cut after a rune", []string{full[3:] + euro + "y\n"}, []string{full[3:] + euro + "… [1 bytes cut]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, l := range split(t, test.pieces...) {
				got = append(got, l.String())
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("lines %.200q, want %.200q", got, test.want)
			}
		})
	}
}

func TestLinesPassErrorsOn(t *testing.T) {
	w := process.NewLines(func(process.Line) error { return iotest.ErrTimeout })
	if n, err := w.Write([]byte("ab\ncd\n")); n != 0 || !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("Write = %d, %v", n, err)
	}
	w.Write([]byte("ef"))
	if err := w.Flush(); !errors.Is(err, iotest.ErrTimeout) {
		t.Errorf("Flush = %v", err)
	}
}

func TestWholeLinesDoNotAllocate(t *testing.T) {
	w := process.NewLines(func(process.Line) error { return nil })
	text := []byte("one line\nanother one\r\nand a third\n")
	if n := testing.AllocsPerRun(100, func() { w.Write(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// FuzzLines: however the text is cut into writes the lines are the same, and of short lines nothing is lost.
func FuzzLines(f *testing.F) {
	f.Add("a\r\nb\n", "c", 1, 2)
	f.Add("\n", "\r\r\n", 2, 1)
	f.Add("€", "\nx", 30_000, 7000)
	f.Fuzz(func(t *testing.T, head, tail string, times, at int) {
		if times < 0 || times > 4*process.MaxLine || times*len(head) > 4*process.MaxLine {
			return
		}
		text := strings.Repeat(head, times) + tail
		at = min(max(at, 0), len(text))
		whole, parted := split(t, text), split(t, text[:at], text[at:])
		want := strings.Split(text, "\n")
		if want[len(want)-1] == "" {
			want = want[:len(want)-1]
		}
		if len(whole) != len(want) || len(parted) != len(want) {
			t.Fatalf("%d and %d lines, want %d", len(whole), len(parted), len(want))
		}
		for i, l := range whole {
			if p := parted[i]; !bytes.Equal(l.Text, p.Text) || l.Cut != p.Cut {
				t.Fatalf("line %d is %.100q+%d, and in parts %.100q+%d", i, l.Text, l.Cut, p.Text, p.Cut)
			}
			line := want[i]
			if i < len(want)-1 || strings.HasSuffix(text, "\n") {
				line = strings.TrimSuffix(line, "\r")
			}
			if len(l.Text) > process.MaxLine || !strings.HasPrefix(line, string(l.Text)) || len(l.Text)+int(l.Cut) != len(line) {
				t.Fatalf("line %d has %d bytes and %d cut, want %d", i, len(l.Text), l.Cut, len(line))
			}
		}
	})
}

func BenchmarkLines(b *testing.B) {
	w := process.NewLines(func(process.Line) error { return nil })
	text := bytes.Repeat([]byte("a line of output as programs write them\n"), 1600)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		w.Write(text)
	}
}

func ExampleLines() {
	lines := process.NewLines(func(l process.Line) error {
		fmt.Println("out:", l)
		return nil
	})
	fmt.Fprint(lines, "first\r\nsec")
	fmt.Fprint(lines, "ond\nno end")
	lines.Flush()
	// Output:
	// out: first
	// out: second
	// out: no end
}
