package task

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Fault is one breach of the rules for a Spec.
type Fault struct {
	// Path is the field as files name it: "kind.subprocess.mode.script.body", `labels["example.io/x"]`,
	// "runnerSelector.matchExpressions[0].values". It is empty where no single field is at fault.
	Path string
	// Message says what was expected and what was found. It holds no environment values.
	Message string
}

// String returns "path: message".
func (f Fault) String() string {
	if f.Path == "" {
		return f.Message
	}
	return cut(f.Path, 200) + ": " + f.Message
}

// Faults are all breaches that a check found, in the order of the file form's fields. As an error they print one a line.
type Faults []Fault

// Error returns the faults, one a line.
func (f Faults) Error() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = fault.String()
	}
	return strings.Join(lines, "\n")
}

// MaxFaults bounds the faults that one check lists, since a hostile document may hold a million of them. The rest is
// only counted, in a last Fault without a path.
const MaxFaults = 100

// checker collects faults.
type checker struct {
	faults Faults
	more   int
}

func (c *checker) add(path, format string, args ...any) {
	if len(c.faults) == MaxFaults {
		c.more++
		return
	}
	c.faults = append(c.faults, Fault{Path: path, Message: fmt.Sprintf(format, args...)})
}

// err returns the faults as an error, nil if there are none.
func (c *checker) err() error {
	if len(c.faults) == 0 {
		return nil
	}
	if c.more > 0 {
		return append(c.faults, Fault{Message: fmt.Sprintf("%d more faults are not listed", c.more)})
	}
	return c.faults
}

// text refuses what can't be handed to a guest (text is UTF-8) or to a process (a NUL ends it).
func (c *checker) text(path, s string) {
	switch {
	case !utf8.ValidString(s):
		c.add(path, "must be valid UTF-8")
	case strings.IndexByte(s, 0) >= 0:
		c.add(path, "must not contain a NUL byte")
	}
}

// name is text that must not be blank; what says what is missing.
func (c *checker) name(path, what, s string) {
	if strings.TrimSpace(s) == "" {
		c.add(path, "%s must not be empty", what)
		return
	}
	c.text(path, s)
}

func (c *checker) texts(path string, list []string) {
	for i, s := range list {
		if !plainText(s) {
			c.text(index(path, i), s)
		}
	}
}

// plainText spares building the path of an item that has no fault.
func plainText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }

// member returns the path of an object's member. Paths are those of package document, whose floor this package shares.
func member(path, key string) string {
	if !plainKey(key) {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

func plainKey(key string) bool {
	for i := range len(key) {
		digit := key[i] == '-' || key[i] >= '0' && key[i] <= '9'
		if digit && i == 0 || !digit && key[i] != '_' && !alphanumeric(key[i]) {
			return false
		}
	}
	return key != ""
}

// index returns the path of an array's item.
func index(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// quote shows text of a spec inside a message.
func quote(s string) string { return strconv.Quote(cut(s, 80)) }

// cut shortens s to about n bytes, between two runes.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n] + "…"
}
