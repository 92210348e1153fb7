package document

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Document is one document of a YAML stream.
type Document struct {
	Number int   // counts the documents of the stream that aren't empty, from 1
	Line   int   // the stream's line on which its content begins, from 1
	Root   *Node // nil when Err is set
	Err    error // a *SyntaxError or Faults, with lines of the stream
}

// ParseYAML reads a stream of YAML documents (YAML 1.2.2, and so JSON too), strictly, by the core schema:
//
//   - Documents are split at --- and ... before they are read: one that can't be read has its Err and does not hide the
//     others. Those with nothing in them are skipped and not counted. A byte order mark is allowed at the very beginning.
//   - Keys are strings and given once. Merge keys (<<) and tags other than !!str, !!int, !!float, !!bool, !!null, !!seq and
//     !!map are refused, infinite numbers and .nan too.
//   - yes, no, on, off and dates are strings; 0x and 0o are integers, and 010 is ten.
//   - Aliases are allowed. What they repeat counts against the bounds, and is shared in the tree.
//   - U+0085, U+2028 and U+2029, line breaks in YAML 1.1 and none in 1.2, and byte order marks inside are refused unless they are
//     escaped or the document is JSON.
//
// The error is a *[SyntaxError]: the stream is too big, has too many documents or values, or isn't UTF-8. The documents before
// the place of the error are returned with it where there are any.
func ParseYAML(data []byte, b Bounds) ([]Document, error) {
	b = b.withDefaults()
	if len(data) > b.Stream {
		return nil, &SyntaxError{Message: fmt.Sprintf("a stream of %d bytes, over the limit of %d", len(data), b.Stream)}
	}
	stream := strings.TrimPrefix(string(data), "\uFEFF")
	if err := checkUTF8(stream); err != nil {
		return nil, err
	}
	var docs []Document
	values := 0
	for p := range parts(stream) {
		switch {
		case len(docs) == b.Documents:
			return docs, &SyntaxError{Line: p.line, Message: fmt.Sprintf("more than %d documents", b.Documents)}
		case values > maxValuesFactor*b.Values:
			return docs, &SyntaxError{Line: p.line, Message: fmt.Sprintf("more than %d values in all documents", maxValuesFactor*b.Values)}
		}
		doc := Document{Number: len(docs) + 1, Line: max(p.begin, p.line)}
		doc.Root, doc.Err = p.parse(b)
		values += doc.Root.count()
		docs = append(docs, doc)
	}
	return docs, nil
}

// maxValuesFactor times Bounds.Values is the bound of a stream: a value of two bytes is a Node of a hundred.
const maxValuesFactor = 8

// count is the number of values of a tree.
func (n *Node) count() int {
	if n == nil {
		return 0
	}
	count := 1
	for _, item := range n.Items {
		count += item.count()
	}
	for _, f := range n.Fields {
		count += f.Value.count()
	}
	return count
}

// parse reads one document, within bounds that are known before the YAML library sees a byte.
func (p *part) parse(b Bounds) (*Node, error) {
	if len(p.text) > b.Bytes {
		return nil, &SyntaxError{Line: p.line, Message: fmt.Sprintf("a document of %d bytes, over the limit of %d", len(p.text), b.Bytes)}
	}
	if content := p.text[p.content:]; strings.HasPrefix(content, "{") || strings.HasPrefix(content, "[") {
		// Most documents that begin like this are JSON, which our own reader reads much faster.
		reader := newJSONParser(content, p.begin, b)
		if root, err := reader.parse(); reader.limited || !errors.As(err, new(*SyntaxError)) {
			return root, err
		}
	}
	if err := p.check(b); err != nil {
		return nil, err
	}
	root, err := p.load(b.Depth)
	if err != nil {
		return nil, err
	}
	return convert(root, p.line-1, b)
}

// limits stop the YAML library when collections nest too deep: its composer calls itself for each level.
type limits struct{ depth int }

func (l limits) CheckDepth(depth int, _ *yaml.DepthContext) error {
	if depth > l.depth {
		return fmt.Errorf("nested deeper than %d", l.depth)
	}
	return nil
}

// CheckAlias allows every alias: the library only composes nodes and expands none; convert counts them.
func (l limits) CheckAlias(int, int) error { return nil }

// load has the YAML library make its tree of the part. The library panics on some internal errors; hostile bytes that find one
// must cost their own document only, so a panic becomes a SyntaxError. (Endless recursion can't be recovered: limits and
// check see to that.)
func (p *part) load(depth int) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, &SyntaxError{Line: p.begin, Message: fmt.Sprintf("the YAML library failed: %v", r)}
		}
	}()
	text := p.text
	if p.version >= 0 { // the library refuses 1.2; check has seen it, so it may as well be a comment
		text = text[:p.version] + "#" + text[p.version+1:]
	}
	loader, err := yaml.NewLoader(strings.NewReader(text), yaml.WithPlugin(limits{depth}))
	if err != nil {
		return nil, fmt.Errorf("document: the options of the YAML library: %w", err)
	}
	root = new(yaml.Node)
	if err := loader.Load(root); err != nil {
		return nil, p.syntaxError(err)
	}
	switch err := loader.Load(new(yaml.Node)); {
	case errors.Is(err, io.EOF):
		return root, nil
	case err != nil:
		return nil, p.syntaxError(err)
	}
	return nil, &SyntaxError{Line: p.begin, Message: "content after the end of the document"}
}

// syntaxError is an error of the YAML library with its line in the stream.
func (p *part) syntaxError(err error) error {
	var load *yaml.LoadError
	if !errors.As(err, &load) {
		return &SyntaxError{Line: p.begin, Message: clip(err.Error(), maxPath)}
	}
	e := &SyntaxError{Line: p.begin, Message: clip(load.Message, maxPath)}
	if load.Message == "did not find expected <document start>" { // as in a file with a JSON document a line
		e.Message = "expected the end of the document, or --- before another one"
	}
	if load.Mark.Line > 0 {
		e.Line, e.Column = p.line-1+load.Mark.Line, load.Mark.Column
	}
	if strings.HasPrefix(strings.TrimLeft(p.lineText(load.Mark.Line), " "), "\t") {
		e.Message += " (indent with spaces, not with tabs)"
	}
	if load.ContextMsg != "" {
		e.Message += ", " + load.ContextMsg
	}
	if from := load.ContextMark.Line; from > 0 && from != load.Mark.Line {
		e.Message += fmt.Sprintf(" that begins on line %d", p.line-1+from)
	}
	return e
}

// lineText is the number-th line of the part, from 1, or nothing.
func (p *part) lineText(number int) string {
	line, at := "", 0
	for range number {
		line, at = cutLine(p.text, at)
	}
	return line
}
