package author

import (
	"cmp"
	"encoding/binary"
	"slices"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/sandbox"
)

// SectionSize is the size of one section of a module.
type SectionSize struct {
	Name  string // of a custom section "custom" and its own name
	Bytes int    // of its contents
	Items int    // 0 for a custom section
}

// FunctionSize is the size of one function of a module.
type FunctionSize struct {
	Index int    // among all functions, imported ones first
	Name  string // from the module's name section; empty if that doesn't tell
	Bytes int    // of its body
}

// maxFunctions is how many functions are told, and maxFunctionName how many bytes of their names.
const (
	maxFunctions    = 10
	maxFunctionName = 128
)

// sectionSizes are the sections of a module, largest first.
func sectionSizes(m *sandbox.Module) []SectionSize {
	var sizes []SectionSize
	for _, s := range m.Sections {
		sizes = append(sizes, SectionSize{Name: s.Name, Bytes: s.Size, Items: s.Count})
	}
	for _, c := range m.Customs {
		sizes = append(sizes, SectionSize{Name: "custom " + show(c.Name), Bytes: len(c.Payload)})
	}
	slices.SortStableFunc(sizes, func(a, b SectionSize) int { return cmp.Compare(b.Bytes, a.Bytes) })
	return sizes
}

// largestFunctions are the largest functions of a module whose structure is known to be sound.
func largestFunctions(wasm []byte, m *sandbox.Module) []FunctionSize {
	imported := 0
	for _, i := range m.Imports {
		if i.Kind == sandbox.KindFunc {
			imported++
		}
	}
	var all []FunctionSize
	for _, s := range m.Sections {
		if s.Name != "code" {
			continue
		}
		bodies := lebs{wasm[s.Offset : s.Offset+s.Size]}
		for n := range bodies.number() {
			size := bodies.number()
			bodies.bytes(size)
			all = append(all, FunctionSize{Index: imported + n, Bytes: size})
		}
	}
	slices.SortStableFunc(all, func(a, b FunctionSize) int { return cmp.Compare(b.Bytes, a.Bytes) })
	all = all[:min(len(all), maxFunctions)]
	nameFunctions(all, m)
	return all
}

// nameFunctions fills in the names that the first name section has. Nothing of it is known to be sound: reading ends where
// it isn't.
func nameFunctions(functions []FunctionSize, m *sandbox.Module) {
	sections := m.Custom("name")
	if len(sections) == 0 {
		return
	}
	const ofFunctions = 1
	for r := (lebs{sections[0].Payload}); len(r.rest) > 0; {
		id := r.bytes(1)
		part := lebs{r.bytes(r.number())}
		if id[0] != ofFunctions {
			continue
		}
		for left := part.number(); left > 0 && len(part.rest) > 0; left-- {
			index := part.number()
			name := part.bytes(part.number())
			at := slices.IndexFunc(functions, func(f FunctionSize) bool { return f.Index == index })
			if at >= 0 && utf8.Valid(name) {
				functions[at].Name = string(name[:min(len(name), maxFunctionName)])
			}
		}
	}
}

// lebs reads numbers and bytes. What is not there is 0 and nothing, and ends the reading.
type lebs struct{ rest []byte }

// number reads an unsigned number of at most 32 bits.
func (l *lebs) number() int {
	n, size := binary.Uvarint(l.rest)
	if size <= 0 || n > 1<<32-1 {
		l.rest = nil
		return 0
	}
	l.rest = l.rest[size:]
	return int(n)
}

// bytes reads n bytes, or as many as there are.
func (l *lebs) bytes(n int) []byte {
	n = min(n, len(l.rest))
	b := l.rest[:n]
	l.rest = l.rest[n:]
	return b
}
