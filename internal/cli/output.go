package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/soltihq/soltiwasm/document"
)

// row is one object of a command's answer. Its JSON form is the type's own; line is its form in a table.
type row interface {
	line() line
}

// output prints rows: JSON and YAML at once, a table when it is complete, since its columns depend on every row.
type output struct {
	w      io.Writer
	format string
	style  style
	table  table
	count  int
}

// answer makes the output for a command's answer, on standard output.
func (a *app) answer(header ...string) *output { return a.outputTo(a.console.stdout(), header...) }

func (a *app) outputTo(s *stream, header ...string) *output {
	return &output{w: s, format: a.flags.format, style: style(s.colours), table: table{header: header}}
}

// print prints one row.
func (o *output) print(r row) error {
	if o.streams() {
		text, err := encode(r, o.format, o.count == 0)
		if err != nil {
			return err
		}
		o.count++
		_, err = o.w.Write(text)
		return err
	}
	o.table.lines = append(o.table.lines, r.line())
	return nil
}

// printObject prints an answer of one object, of which t is the form for people.
func (a *app) printObject(v any, t *table) error {
	if a.flags.format == formatJSON || a.flags.format == formatYAML {
		text, err := encode(v, a.flags.format, true)
		if err != nil {
			return err
		}
		_, err = a.console.stdout().Write(text)
		return err
	}
	stdout := a.console.stdout()
	var b strings.Builder
	t.draw(&b, style(stdout.colours), "")
	_, err := io.WriteString(stdout, b.String())
	return err
}

// encode is v as one line of JSON or as one YAML document, with what divides it from one before it.
func encode(v any, format string, first bool) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, fmt.Errorf("printing JSON: %w", err)
	}
	text := plainJSON(b.Bytes())
	if format == formatJSON {
		return text, nil
	}
	// The answer is the program's own, so it may have whatever size and shape it has.
	node, err := document.ParseJSON(text, document.Bounds{Bytes: len(text), Values: len(text), Depth: len(text)})
	if err != nil {
		return nil, fmt.Errorf("printing YAML: %w", err)
	}
	if first {
		return node.AppendYAML(nil), nil
	}
	return node.AppendYAML([]byte("---\n")), nil
}

// streams says whether rows are printed at once.
func (o *output) streams() bool { return o.format == formatJSON || o.format == formatYAML }

// flush prints the table.
func (o *output) flush() error {
	if o.streams() {
		return nil
	}
	var b strings.Builder
	o.table.draw(&b, o.style, "")
	_, err := io.WriteString(o.w, b.String())
	return err
}
