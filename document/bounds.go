package document

// Bounds say how much of a document is read. A field that is zero or negative means its default.
type Bounds struct {
	Bytes     int // one document's bytes; of YAML half its canonical form's, which aliases multiply; default 4 MiB
	Values    int // the values of one document, those that aliases repeat counted each time, an eighth of a stream's; default 250,000
	Stream    int // the bytes of a whole YAML stream; default 16 MiB
	Depth     int // how deep arrays and objects nest: a scalar is at 0, [] at 1; default 64
	Documents int // the documents of a YAML stream, empty ones not counted; default 10,000
}

func (b Bounds) withDefaults() Bounds {
	set := func(field *int, value int) {
		if *field <= 0 {
			*field = value
		}
	}
	set(&b.Bytes, 4<<20)
	set(&b.Stream, 16<<20)
	set(&b.Values, 250_000)
	set(&b.Depth, 64)
	set(&b.Documents, 10_000)
	return b
}
