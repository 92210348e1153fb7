package document

import (
	"cmp"
	"iter"
	"strings"
	"unicode/utf8"
)

// part is one document of a YAML stream, with its markers and directives.
type part struct {
	text      string
	line      int  // the stream's line on which text begins
	marked    bool // a --- was seen
	version   int  // the offset in text of %YAML 1.1 or 1.2 at the beginning, or -1
	directive int  // the stream's line of the first line after that which begins with %, or 0
	begin     int  // the stream's line of the first content: no white space, comment or marker; 0 when there is none
	content   int  // the offset in text from which that line's content is
}

// see notes a line, or what is left of one after a marker, at an offset of the part's text.
func (p *part) see(text string, offset, line int) {
	if strings.HasPrefix(text, "%") {
		p.seeDirective(text, offset, line)
		return
	}
	text = strings.TrimLeft(text, " \t")
	if p.begin == 0 && text != "" && text[0] != '#' {
		p.begin, p.content = line, offset
	}
}

// seeDirective notes a line that begins with %. Wherever that is, the YAML library takes it for a directive.
func (p *part) seeDirective(text string, offset, line int) {
	words := strings.Fields(text)
	version := len(words) > 1 && words[0] == "%YAML" && (words[1] == "1.1" || words[1] == "1.2")
	if version && p.version < 0 && p.directive == 0 && !p.marked && p.begin == 0 {
		p.version = offset
		return
	}
	p.directive = cmp.Or(p.directive, line)
}

// empty says whether there is nothing in the part but markers, comments and white space.
func (p *part) empty() bool { return p.begin == 0 && p.directive == 0 && (p.marked || p.version < 0) }

// parts splits a YAML stream, and leaves out the empty parts. It goes by lines and needs no parser, so that a document that
// can't be read does not hide the others: a --- or ... at the beginning of a line, with white space or nothing after it, is
// a marker wherever it stands, even inside a quoted or block scalar (YAML 1.2.2, section 9.1.2).
func parts(stream string) iter.Seq[part] {
	return func(yield func(part) bool) {
		start, line := 0, 1
		p := part{line: line, version: -1}
		// end yields the part that ends at an offset, and begins the next there.
		end := func(offset, next int) bool {
			p.text = stream[start:offset]
			goOn := p.empty() || yield(p)
			start, p = offset, part{line: next, version: -1}
			return goOn
		}
		for at := 0; at < len(stream); line++ {
			text, next := cutLine(stream, at)
			switch {
			case isMarker(text, "---"):
				if (p.marked || p.begin > 0) && !end(at, line) {
					return
				}
				p.marked = true
				p.see(text[3:], at+3-start, line)
			case isMarker(text, "..."):
				if !end(next, line+1) {
					return
				}
			default:
				p.see(text, at-start, line)
			}
			at = next
		}
		end(len(stream), line)
	}
}

// isMarker says whether a line is a document marker.
func isMarker(line, marker string) bool {
	rest, ok := strings.CutPrefix(line, marker)
	return ok && (rest == "" || rest[0] == ' ' || rest[0] == '\t')
}

// cutLine is the line that begins at an offset, without its break (LF, CR LF or CR), and the offset of the next line.
func cutLine(text string, at int) (line string, next int) {
	i := strings.IndexAny(text[at:], "\r\n")
	if i < 0 {
		return text[at:], len(text)
	}
	next = at + i + 1
	if text[next-1] == '\r' && next < len(text) && text[next] == '\n' {
		next++
	}
	return text[at : at+i], next
}

// position is the line and column of an offset, both from 1, the column in characters.
func position(text string, offset int) (line, column int) {
	line, begin := 1, 0
	for i := range offset {
		c := text[i]
		if c == '\n' || c == '\r' && !strings.HasPrefix(text[i+1:], "\n") {
			line, begin = line+1, i+1
		}
	}
	return line, 1 + utf8.RuneCountInString(text[begin:offset])
}
