//go:build unix

package main

import "slices"

// The ids of sections.
const (
	secCustom = iota
	secType
	secImport
	secFunction
	secTable
	secMemory
	secGlobal
	secExport
	secStart
	secElement
	secCode
	secData
	secDataCount
	sections
)

// order is that of the sections in a file.
func order() []byte {
	return []byte{
		secType, secImport, secFunction, secTable, secMemory, secGlobal, secExport, secStart, secElement, secDataCount,
		secCode, secData, secCustom,
	}
}

// wasm is a module in the making: the items of each section, encoded. Those of the start and data count sections are
// their contents, and each of the custom section is a section of its own.
type wasm struct {
	items [sections][][]byte
}

// add adds an item to a section and returns its index there.
func (w *wasm) add(section int, item ...byte) uint32 {
	w.items[section] = append(w.items[section], item)
	return uint32(len(w.items[section]) - 1)
}

// header is what a module begins with.
func header() []byte { return []byte("\x00asm\x01\x00\x00\x00") }

// bytes encodes the module.
func (w *wasm) bytes() []byte {
	out := header()
	for _, id := range order() {
		items := w.items[id]
		switch {
		case len(items) == 0:
		case id == secCustom:
			for _, item := range items {
				out = append(out, section(id, item)...)
			}
		case id == secStart || id == secDataCount:
			out = append(out, section(id, items[0])...)
		default:
			out = append(out, section(id, vec(items...))...)
		}
	}
	return out
}

// raw is a module of the given sections, right or wrong.
func raw(sections ...[]byte) []byte { return slices.Concat(header(), slices.Concat(sections...)) }

func section(id byte, content []byte) []byte {
	return slices.Concat([]byte{id}, uleb(uint64(len(content))), content)
}

func vec(items ...[]byte) []byte { return append(uleb(uint64(len(items))), slices.Concat(items...)...) }

// str is a vector of bytes.
func str[T ~string | ~[]byte](s T) []byte { return append(uleb(uint64(len(s))), s...) }

func uleb(n uint64) []byte {
	var out []byte
	for n >= 0x80 {
		out = append(out, byte(n)|0x80)
		n >>= 7
	}
	return append(out, byte(n))
}

func sleb(n int64) []byte {
	var out []byte
	for n < -64 || n >= 64 {
		out = append(out, byte(n)|0x80)
		n >>= 7
	}
	return append(out, byte(n)&0x7f)
}

// The types of values, and what may be said of a size or a global.
const (
	tI32     = 0x7f
	tI64     = 0x7e
	tF64     = 0x7c
	tV128    = 0x7b
	tFuncref = 0x70
	tEmpty   = 0x40
)

// funcType encodes a type written as "ii:I": i is i32, I is i64, F is f64.
func funcType(text string) []byte {
	letters := map[rune]byte{'i': tI32, 'I': tI64, 'F': tF64}
	var lists [2][]byte
	at := 0
	for _, c := range text {
		if c == ':' {
			at = 1
			continue
		}
		lists[at] = append(lists[at], letters[c])
	}
	return slices.Concat([]byte{0x60}, str(lists[0]), str(lists[1]))
}

// body encodes a function: n locals of type i32 and its instructions, to which the end is added.
func body(n int, c code) []byte {
	groups := []byte{0}
	if n > 0 {
		groups = slices.Concat([]byte{1}, uleb(uint64(n)), []byte{tI32})
	}
	return str(slices.Concat(groups, c, code{opEnd}))
}

// custom is the content of a custom section.
func custom(name string, content []byte) []byte { return append(str(name), content...) }

// segment is an active segment of data at an offset.
func segment(at uint32, data []byte) []byte {
	return slices.Concat([]byte{0}, i32(int64(at)), code{opEnd}, str(data))
}

// exported is an export. The kinds are 0 to 3: function, table, memory, global.
func exported(name string, kind byte, index uint32) []byte {
	return slices.Concat(str(name), []byte{kind}, uleb(uint64(index)))
}

// imported is an import of a kind, with what the kind asks for.
func imported(module, name string, kind byte, what []byte) []byte {
	return slices.Concat(str(module), str(name), []byte{kind}, what)
}
