package task_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

func TestMask(t *testing.T) {
	pem := "-----BEGIN-----\r\nMIIB\nab\n\n-----END-----\n"
	tests := []struct {
		name   string
		values []string
		text   string
		want   string
	}{
		{"inside", []string{"secret"}, "my secret!", "my ***!"},
		{"whole", []string{"secret"}, "secret", "***"},
		{"every one", []string{"secret"}, "secretsecret secret", "****** ***"},
		{"none", []string{"secret"}, "secre tsecre", "secre tsecre"},
		{"empty text", []string{"secret", ""}, "", ""},
		{"empty value", []string{""}, "text", "text"},
		{"several", []string{"one", "two"}, "one, two, three", "***, ***, three"},
		{"longest first", []string{"pass", "password"}, "password pass", "*** ***"},
		{"at the end", []string{"abc"}, "xabc", "x***"},
		{"cut off", []string{"abcd"}, "xabc", "xabc"},
		{"same beginning", []string{"abcd", "abce"}, "abce abcf", "*** abcf"},
		{"overlap", []string{"abcd", "cdefgh"}, "xabcdefghx", "x***x"},
		{"overlap with itself", []string{"aba"}, "xababax", "x***x"},
		{"one within another", []string{"abcdef", "cde"}, "abcdef cde", "*** ***"},
		{"short value inside", []string{"1"}, "port 1", "port 1"},
		{"short value alone", []string{"1", "ab"}, "1", "***"},
		{"two bytes alone", []string{"ab"}, "ab", "***"},
		{"short text", []string{"abc"}, "ab", "ab"},
		{"stars", []string{"***"}, "a***b", "a***b"},
		{"value in several lines", []string{pem}, pem, "***"},
		{"line by line", []string{pem}, "MIIB", "***"},
		{"line without its end", []string{pem}, "> -----BEGIN-----", "> ***"},
		{"short line", []string{pem}, "ab", "ab"},
		{"not ASCII", []string{"пароль"}, "мой пароль", "мой ***"},
		{"twice the same value", []string{"abc", "abc"}, "abc", "***"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := task.NewMask(test.values).Text(test.text); got != test.want {
				t.Errorf("Text(%q) = %q, want %q", test.text, got, test.want)
			}
		})
	}
}

func TestMaskWithoutValues(t *testing.T) {
	var none *task.Mask
	for name, m := range map[string]*task.Mask{"nil": none, "of nothing": task.NewMask(nil)} {
		if got := m.Text("a text"); got != "a text" {
			t.Errorf("mask %s: Text = %q", name, got)
		}
	}
}

func TestMaskAllocatesOnlyForMatches(t *testing.T) {
	m := task.NewMask([]string{"secret", "s3cr3t", "x"})
	text := strings.Repeat("some secre text, ", 100)
	if n := testing.AllocsPerRun(100, func() { m.Text(text) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// No byte of a value's occurrence is left, whatever the values and the text.
func FuzzMask(f *testing.F) {
	f.Add("secret", "pass\nword", "a secret password")
	f.Add("aba", "bab", "xabababx")
	f.Add("a", "", "a")
	f.Add("0", "bab\r", "bab")
	f.Fuzz(func(t *testing.T, a, b, text string) {
		got := task.NewMask([]string{a, b}).Text(text)
		hidden := make([]bool, len(text))
		for _, value := range values(a, b) {
			for i := range len(text) - len(value) + 1 {
				if len(value) >= 3 && text[i:i+len(value)] == value {
					for j := range value {
						hidden[i+j] = true
					}
				}
			}
		}
		var shown []byte
		for i := range len(text) {
			if !hidden[i] {
				shown = append(shown, text[i])
			}
		}
		if len(text) < 3 {
			if text != "" && (text == a || text == b) && got != "***" {
				t.Errorf("Text(%q) = %q", text, got)
			}
			return
		}
		if !onlyStarsAdded(got, string(shown)) {
			t.Errorf("values %q, %q: Text(%q) = %q, but %q is not hidden", a, b, text, got, shown)
		}
	})
}

func values(list ...string) []string {
	var all []string
	for _, value := range list {
		all = append(all, value)
		for _, line := range strings.Split(value, "\n") {
			all = append(all, strings.TrimSuffix(line, "\r"))
		}
	}
	return all
}

// onlyStarsAdded reports whether masked is shown with runs of three stars put in.
func onlyStarsAdded(masked, shown string) bool {
	strip := func(s string) string { return strings.ReplaceAll(s, "*", "") }
	return strip(masked) == strip(shown)
}

func BenchmarkMaskMiss(b *testing.B) {
	m := task.NewMask([]string{"hunter2hunter2", "postgres://user:pass@host/db", "AKIAXXXXXXXX"})
	line := strings.Repeat("building package foo/bar ", 8)
	b.SetBytes(int64(len(line)))
	b.ReportAllocs()
	for b.Loop() {
		m.Text(line)
	}
}

func ExampleMask_Text() {
	env := task.Env{{Key: "TOKEN", Value: "s3cr3t"}, {Key: "RETRIES", Value: "3"}}
	mask := task.NewMask(env.Values())
	fmt.Println(mask.Text("3 tries with token s3cr3t"))
	fmt.Println(mask.Text("3"))
	// Output:
	// 3 tries with token ***
	// ***
}

func TestMaskCutText(t *testing.T) {
	m := task.NewMask([]string{"secret", "se"})
	for text, want := range map[string]string{
		"a secret, a secr": "a ***, a ***",
		"a sec":            "a ***",
		"a se":             "a se", // too little to tell
		"a secre!":         "a secre!",
		"secsec":           "sec***",
		"":                 "",
	} {
		if got := m.CutText(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := (*task.Mask)(nil).CutText("a"); got != "a" {
		t.Errorf("a nil mask: got %q", got)
	}
}
