package sandbox

import "strings"

// valueType is the type of a value, as the format encodes it.
type valueType byte

const (
	i32       valueType = 0x7f
	i64       valueType = 0x7e
	f32       valueType = 0x7d
	f64       valueType = 0x7c
	v128      valueType = 0x7b
	funcref   valueType = 0x70
	externref valueType = 0x6f
)

// String names the type as the text format does; empty for a byte that is no type.
func (t valueType) String() string {
	switch t {
	case i32:
		return "i32"
	case i64:
		return "i64"
	case f32:
		return "f32"
	case f64:
		return "f64"
	case v128:
		return "v128"
	case funcref:
		return "funcref"
	case externref:
		return "externref"
	}
	return ""
}

// isRef reports whether values of the type are references.
func (t valueType) isRef() bool { return t == funcref || t == externref }

// valueType reads the type of a value.
func (r *reader) valueType() valueType {
	start := r.pos
	t := valueType(r.byte())
	if t.String() == "" {
		r.failType(byte(t), start)
	}
	return t
}

// refType reads the type of a reference.
func (r *reader) refType() valueType {
	start := r.pos
	t := valueType(r.byte())
	if !t.isRef() {
		r.failType(byte(t), start)
	}
	return t
}

// failType says why a byte is no type, or not one that may stand here.
func (r *reader) failType(b byte, offset int) {
	switch {
	case b == 0x69 || b == 0x74:
		r.fail(CodeExceptions, offset, "exception references are not supported")
	case b >= 0x63 && b <= 0x73 && !valueType(b).isRef():
		r.fail(CodeGC, offset, "typed references and garbage-collected types are not supported")
	default:
		r.fail(CodeType, offset, "%#02x is not a type that may stand here", b)
	}
}

// funcType is the type of a function.
type funcType struct {
	params  []valueType
	results []valueType
}

// String writes the type as every package of this module does: "(i32, i32) -> i32", "() -> ()", "() -> (i32, i64)".
func (t *funcType) String() string {
	var b strings.Builder
	list := func(types []valueType) {
		b.WriteByte('(')
		for i, v := range types {
			if i > 0 {
				b.WriteString(", ")
			}
			b.WriteString(v.String())
		}
		b.WriteByte(')')
	}
	list(t.params)
	b.WriteString(" -> ")
	if len(t.results) == 1 {
		b.WriteString(t.results[0].String())
	} else {
		list(t.results)
	}
	return b.String()
}

// values is the number of parameters and results.
func (t *funcType) values() int64 { return int64(len(t.params) + len(t.results)) }
