package cli

import (
	"cmp"
	"strings"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/hostfuncs"
)

// cell is one field of a table. Its text may come from anywhere: it is escaped when it is drawn.
type cell struct {
	text   string
	colour string
}

// plain makes cells without colour.
func plain(texts ...string) []cell {
	cells := make([]cell, len(texts))
	for i, text := range texts {
		cells[i].text = text
	}
	return cells
}

// line is a row of a table, with what stands below it.
type line struct {
	cells []cell
	notes []cell // one a line; a text of several lines is several notes
	table *table // indented below the notes; may be nil
}

// table is text in columns, the last of which may be of any width.
type table struct {
	header []string // may be nil
	lines  []line
}

// add adds a line of a name and its value, unless there is none.
func (t *table) add(name, value string) {
	if value != "" {
		t.lines = append(t.lines, line{cells: plain(name, value)})
	}
}

// addTable adds a named part, unless it is empty. About says something of it in one word.
func (t *table) addTable(name, about string, part *table) {
	if len(part.lines) > 0 {
		t.lines = append(t.lines, line{cells: plain(name, about), table: part})
	}
}

const gap = "  "

// draw writes the table, each line after indent. An empty cell is shown as a dash. A line with a table below it is set off
// by an empty line from what follows.
func (t *table) draw(b *strings.Builder, s style, indent string) {
	if len(t.lines) == 0 {
		return
	}
	var widths []int
	var header []cell
	if t.header != nil {
		header = plain(t.header...)
		for i := range header {
			header[i].colour = bold
		}
		widths = measure(widths, header)
	}
	for _, l := range t.lines {
		for i := range l.cells {
			l.cells[i].text = cmp.Or(hostfuncs.Escape(l.cells[i].text), "-")
		}
		widths = measure(widths, l.cells)
	}
	if header != nil {
		drawCells(b, s, indent, header, widths)
	}
	for i, l := range t.lines {
		drawCells(b, s, indent, l.cells, widths)
		for _, note := range l.notes {
			for text := range strings.SplitSeq(note.text, "\n") {
				b.WriteString(indent + gap + s.paint(note.colour, hostfuncs.Escape(text)) + "\n")
			}
		}
		if l.table == nil {
			continue
		}
		l.table.draw(b, s, indent+gap)
		if i < len(t.lines)-1 {
			b.WriteByte('\n')
		}
	}
}

// measure widens the columns for cells.
func measure(widths []int, cells []cell) []int {
	for i, c := range cells {
		if i == len(widths) {
			widths = append(widths, 0)
		}
		widths[i] = max(widths[i], utf8.RuneCountInString(c.text))
	}
	return widths
}

// drawCells writes one line. The last cell isn't filled up, so that no line ends in spaces.
func drawCells(b *strings.Builder, s style, indent string, cells []cell, widths []int) {
	b.WriteString(indent)
	for i, c := range cells {
		b.WriteString(s.paint(c.colour, c.text))
		if i < len(cells)-1 {
			b.WriteString(strings.Repeat(" ", widths[i]-utf8.RuneCountInString(c.text)) + gap)
		}
	}
	b.WriteByte('\n')
}
