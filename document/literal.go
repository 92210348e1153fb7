package document

import (
	"regexp"
	"strings"
	"sync"
)

// literals finds the lines of a part that are the content of block scalars (YAML 1.2.2, section 8.1), in which nothing is a
// token. It has to be sure of that: what it takes for content isn't counted. So it knows only headers that end a line after
// a plain key or a dash, without an indentation of their own, and gives up for the rest of a part after a line that might
// leave a quote or a flow collection open.
type literals struct {
	lost   bool
	header int // the column of the key or dash of a header just seen, from 0, or -1
	indent int // of the content being read, or 0 outside
}

var (
	// alone is a line that ends in block context if it begins there: all its quotes and brackets are those of one value.
	alone = pattern(`^ *(?:- +)*(?:[\w./-]+: +)?(?:"[^"\\]*"|'[^']*'|\[` + flowItems + `\]|\{\})[ \t]*$`)
	// heads is the header of a block scalar.
	heads = pattern(`^( *(?:- +)*)(?:[\w./-]+: +|- +)[|>][+-]?[ \t]*$`)
)

// pattern compiles at first use: most programs see no YAML that needs it.
func pattern(text string) func() *regexp.Regexp {
	return sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(text) })
}

const (
	flowItem  = ` *(?:"[^"\\]*"|'[^']*'|[\w./=-]+(?: +[\w./=-]+)*) *`
	flowItems = `(?:` + flowItem + `(?:,` + flowItem + `)*)?`
)

// content says whether the next line is content of a block scalar.
func (l *literals) content(line string) bool {
	if l.lost {
		return false
	}
	indent := len(line) - len(strings.TrimLeft(line, " "))
	blank := indent == len(line)
	if l.header >= 0 {
		switch {
		case line == "":
			return true
		case blank || indent <= l.header: // leading spaces would set the content's indentation
			l.header = -1
		default:
			l.header, l.indent = -1, indent
		}
	}
	if l.indent > 0 && (blank || indent >= l.indent) {
		return true
	}
	l.indent = 0
	if strings.ContainsAny(line, "|>") {
		if match := heads().FindStringSubmatch(line); match != nil {
			l.header = len(match[1])
			return false
		}
	}
	l.lost = strings.ContainsAny(line, "[]{}\"'") && !alone().MatchString(line)
	return false
}
