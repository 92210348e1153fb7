package task

import (
	"slices"
	"strings"
)

// minMasked is the length from which a value is masked inside a longer text. Shorter ones, such as "1", would turn any
// text into stars and hide nothing.
const minMasked = 3

const stars = "***"

// Mask hides values inside texts, as CI systems do with their secrets. A nil Mask hides nothing. A Mask is not changed
// once it is made; any number of goroutines may use it.
type Mask struct {
	short map[string]bool              // hidden where they are the whole text
	first [256]bool                    // the first bytes of long
	long  map[[minMasked]byte][]string // by their first bytes, longest first

	longest int // bytes of the longest value
}

// NewMask returns a Mask for values. Besides each value it hides each of its lines, since output is shown by lines. Empty
// values are ignored; a value or a line under 3 bytes is hidden only where a value is a whole text.
func NewMask(values []string) *Mask {
	m := &Mask{short: map[string]bool{}, long: map[[minMasked]byte][]string{}}
	for _, value := range values {
		m.add(value)
		for line := range strings.SplitSeq(value, "\n") {
			if line = strings.TrimSuffix(line, "\r"); len(line) >= minMasked {
				m.add(line)
			}
		}
	}
	for head, list := range m.long {
		slices.SortFunc(list, func(a, b string) int {
			if len(a) != len(b) {
				return len(b) - len(a)
			}
			return strings.Compare(a, b)
		})
		m.long[head] = slices.Compact(list)
	}
	return m
}

// Longest is the length of the longest hidden value in bytes; 0 where there is none.
func (m *Mask) Longest() int {
	if m == nil {
		return 0
	}
	return m.longest
}

func (m *Mask) add(value string) {
	m.longest = max(m.longest, len(value))
	switch {
	case value == "":
	case len(value) < minMasked:
		m.short[value] = true
	default:
		head := [minMasked]byte([]byte(value[:minMasked]))
		m.first[value[0]] = true
		m.long[head] = append(m.long[head], value)
	}
}

// Text returns s with each hidden value replaced by "***"; values that overlap in s are replaced as one, so that no
// part of either shows. It must see the text before anything escapes or quotes it. It doesn't allocate when s holds
// none of the values.
func (m *Mask) Text(s string) string {
	if m == nil {
		return s
	}
	if m.short[s] {
		return stars
	}
	var b strings.Builder
	end := 0 // of the last value found; what is before it has been written
	for i := 0; i+minMasked <= len(s); i++ {
		n := m.match(s[i:])
		if n == 0 {
			continue
		}
		if i >= end {
			b.WriteString(s[end:i])
			b.WriteString(stars)
		}
		end = max(end, i+n)
	}
	if end == 0 {
		return s
	}
	b.WriteString(s[end:])
	return b.String()
}

// CutText is Text for a text whose end was cut off: what may be the beginning of a value there, of 3 bytes or more, is
// hidden too.
func (m *Mask) CutText(s string) string {
	s = m.Text(s)
	if m == nil {
		return s
	}
	for i := 0; i+minMasked <= len(s); i++ {
		for _, value := range m.long[[minMasked]byte{s[i], s[i+1], s[i+2]}] {
			if strings.HasPrefix(value, s[i:]) {
				return s[:i] + stars
			}
		}
	}
	return s
}

// match returns the length of the longest value at the start of s, which has at least minMasked bytes.
func (m *Mask) match(s string) int {
	if !m.first[s[0]] {
		return 0
	}
	for _, value := range m.long[[minMasked]byte{s[0], s[1], s[2]}] {
		if strings.HasPrefix(s, value) {
			return len(value)
		}
	}
	return 0
}
