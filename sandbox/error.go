package sandbox

import "fmt"

// Class says whose fault a refusal is.
type Class string

const (
	// Malformed is a module that is not what the binary format, or the part of it that is supported, allows.
	Malformed Class = "malformed"
	// Limit is a module that may be well formed and asks for more than the limits grant.
	Limit Class = "limit"
)

// Code is a stable word for one cause of refusal. Codes of limits are "limit_" and the limit's name as in
// [Module.Figures]; all others are listed here.
type Code string

// What breaks the format's structure.
const (
	CodeMagic           Code = "magic"            // not a WebAssembly binary
	CodeVersion         Code = "version"          // a version other than 1
	CodeUnexpectedEnd   Code = "unexpected_end"   // the bytes end inside an item
	CodeLEB             Code = "malformed_leb"    // an integer that is too long or too large
	CodeCount           Code = "count"            // a vector longer than the bytes that are left
	CodeUTF8            Code = "utf8"             // a name that is not UTF-8
	CodeSectionID       Code = "section_id"       // an unknown section
	CodeSectionOrder    Code = "section_order"    // a section out of order or twice
	CodeSectionSize     Code = "section_size"     // a section whose contents end before its size
	CodeType            Code = "type"             // an unknown type, or a byte that is none
	CodeKind            Code = "kind"             // an unknown kind of import, export or segment
	CodeIndex           Code = "index"            // a reference to something that does not exist
	CodeRange           Code = "range"            // a size outside of what the format allows, or a minimum over a maximum
	CodeDuplicateExport Code = "duplicate_export" // two exports of one name
	CodeConstExpr       Code = "const_expr"       // an initialiser that is no constant expression
	CodeFunctionCount   Code = "function_count"   // as many types as bodies are wanted
	CodeDataCount       Code = "data_count"       // the data count section is missing or wrong
	CodeBodySize        Code = "body_size"        // a body that ends before or after its size
	CodeNesting         Code = "nesting"          // else, end or a label without its block
	CodeOpcode          Code = "opcode"           // an unknown instruction, or one encoded as engines do not read it
	CodeImmediate       Code = "immediate"        // an instruction's operand outside of its range
	CodeReservedName    Code = "reserved_name"    // an import or export that only the meter may add
)

// What belongs to a version of WebAssembly, or a proposal, that is not supported.
const (
	CodeComponent      Code = "component"       // a component, not a core module
	CodeMemory64       Code = "memory64"        // 64-bit memories and tables
	CodeThreads        Code = "threads"         // shared memories and atomic instructions
	CodeMultiMemory    Code = "multi_memory"    // more than one memory
	CodePageSize       Code = "page_size"       // pages of another size than 64 KiB
	CodeTailCalls      Code = "tail_calls"      // return_call
	CodeExceptions     Code = "exceptions"      // tags, throw and try
	CodeGC             Code = "gc"              // structs, arrays and typed references
	CodeRelaxedSIMD    Code = "relaxed_simd"    // SIMD that differs by machine
	CodeExtendedConst  Code = "extended_const"  // arithmetic in constant expressions
	CodeStackSwitching Code = "stack_switching" // continuations
	CodeWideArithmetic Code = "wide_arithmetic" // 128-bit integer arithmetic
)

// Error is a refusal: what is wrong with a module and where. Text from the module is quoted in it.
type Error struct {
	Code    Code
	Class   Class
	Offset  int // of the byte at fault, from the file's start
	Message string
}

// Error says the message and the offset.
func (e *Error) Error() string { return fmt.Sprintf("%s (at offset %#x)", e.Message, e.Offset) }
