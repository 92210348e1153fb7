package sandbox_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
)

// bodyAt is the offset of the first instruction of what function makes.
const bodyAt = 8 + len(oneVoidFunc) + len(oneTable) + len(oneMemory) + 5

func TestInspectRefusesMalformed(t *testing.T) {
	long := strings.Repeat("\x80", 5)
	tests := []struct {
		name   string
		wasm   []byte
		code   sandbox.Code
		offset int
	}{
		{"empty", nil, sandbox.CodeMagic, 0},
		{"text", []byte("#!/bin/sh\n"), sandbox.CodeMagic, 0},
		{"magic only", []byte("\x00asm"), sandbox.CodeUnexpectedEnd, 4},
		{"version 2", []byte("\x00asm\x02\x00\x00\x00"), sandbox.CodeVersion, 4},
		{"component", []byte("\x00asm\x0d\x00\x01\x00"), sandbox.CodeComponent, 4},

		{"unknown section", module("\x0e\x00"), sandbox.CodeSectionID, 8},
		{"section size missing", module("\x01"), sandbox.CodeUnexpectedEnd, 9},
		{"section size too long", module("\x01" + long), sandbox.CodeLEB, 9},
		{"section size too large", module("\x01\xff\xff\xff\xff\x1f"), sandbox.CodeLEB, 9},
		{"section over the file", module("\x01\x05\x00"), sandbox.CodeCount, 9},
		{"section too short", module("\x01\x01\x01"), sandbox.CodeCount, 10},
		{"section too long", module("\x01\x02\x00\x00"), sandbox.CodeSectionSize, 11},
		{"section twice", module("\x01\x01\x00", "\x01\x01\x00"), sandbox.CodeSectionOrder, 11},
		{"sections out of order", module("\x03\x01\x00", "\x01\x01\x00"), sandbox.CodeSectionOrder, 11},
		{"data count after code", module("\x0a\x01\x00", "\x0c\x01\x00"), sandbox.CodeSectionOrder, 11},
		{"custom name over its section", module("\x00\x02\x05a"), sandbox.CodeCount, 10},
		{"custom name not UTF-8", module(section(0, sized("\xff"))), sandbox.CodeUTF8, 10},

		{"types announced", module(section(1, "\xff\xff\xff\xff\x0f")), sandbox.CodeCount, 10},
		{"type form", module(section(1, "\x01\x61\x00\x00")), sandbox.CodeType, 11},
		{"value type", module(section(1, "\x01\x60\x01\x01\x00")), sandbox.CodeType, 13},
		{"parameters announced", module(section(1, "\x01\x60\xff\x01\x00")), sandbox.CodeCount, 12},
		{"recursive type", module(section(1, "\x01\x4e\x00\x00")), sandbox.CodeGC, 11},
		{"typed reference", module(section(1, "\x01\x60\x01\x64\x00\x00")), sandbox.CodeGC, 13},
		{"exception reference", module(section(1, "\x01\x60\x01\x69\x00")), sandbox.CodeExceptions, 13},

		{"imports announced", module(section(2, "\xff\xff\x03")), sandbox.CodeCount, 10},
		{"import's type", module(section(2, "\x01\x01a\x01b\x00\x00")), sandbox.CodeIndex, 16},
		{"import's kind", module(section(2, "\x01\x01a\x01b\x05\x00")), sandbox.CodeKind, 15},
		{"import's name", module(section(2, "\x01\x01\xc0\x01b\x00\x00")), sandbox.CodeUTF8, 11},
		{"tag import", module(section(2, "\x01\x01a\x01b\x04\x00")), sandbox.CodeExceptions, 15},
		{"import of the meter", module(section(2, vector(sized(sandbox.ImportModule)+"\x01f\x03\x7f\x00"))), sandbox.CodeReservedName, 11},
		{"shared memory", module(section(2, "\x01\x01a\x01b\x02\x03\x01\x01")), sandbox.CodeThreads, 16},
		{"64-bit memory", module(section(5, "\x01\x04\x01")), sandbox.CodeMemory64, 11},
		{"64-bit table", module(section(4, "\x01\x70\x05\x01\x01")), sandbox.CodeMemory64, 12},
		{"small pages", module(section(5, "\x01\x08\x01\x00")), sandbox.CodePageSize, 11},
		{"unknown memory flags", module(section(5, "\x01\x10\x01")), sandbox.CodeRange, 11},
		{"two memories", module(section(5, "\x02\x00\x01\x00\x01")), sandbox.CodeMultiMemory, 13},
		{"memory over 4 GiB", module(section(5, "\x01\x00\x81\x80\x04")), sandbox.CodeRange, 11},
		{"memory's maximum", module(section(5, "\x01\x01\x02\x01")), sandbox.CodeRange, 11},
		{"table's maximum", module(section(4, "\x01\x70\x01\x02\x01")), sandbox.CodeRange, 12},
		{"table's type", module(section(4, "\x01\x7f\x00\x01")), sandbox.CodeType, 11},
		{"table's initialiser", module(section(4, "\x01\x40\x00\x70\x00\x01\xd0\x70\x0b")), sandbox.CodeGC, 11},

		{"function's type", module(section(3, "\x01\x00")), sandbox.CodeIndex, 11},
		{"function without body", module(oneVoidFunc), sandbox.CodeFunctionCount, 18},
		{"body without function", module(code("")), sandbox.CodeFunctionCount, 10},
		{"global's mutability", module(section(6, "\x01\x7f\x02\x41\x00\x0b")), sandbox.CodeRange, 12},
		{"global's type", module(section(6, "\x01\x00\x00\x41\x00\x0b")), sandbox.CodeType, 11},
		{"initialiser that calls", module(section(6, "\x01\x7f\x00\x10\x00\x0b")), sandbox.CodeConstExpr, 13},
		{"initialiser without end", module(section(6, "\x01\x7f\x00\x41\x00")), sandbox.CodeUnexpectedEnd, 15},
		{"initialiser that adds", module(section(6, "\x01\x7f\x00\x41\x00\x41\x00\x6a\x0b")), sandbox.CodeExtendedConst, 15},
		{"initialiser from its own global", module(section(6, "\x01\x7f\x00\x23\x00\x0b")), sandbox.CodeIndex, 14},
		{"initialiser from no function", module(section(6, "\x01\x70\x00\xd2\x00\x0b")), sandbox.CodeIndex, 14},

		{"export's kind", module(section(7, "\x01\x01a\x07\x00")), sandbox.CodeKind, 13},
		{"export's index", module(section(7, "\x01\x01a\x00\x00")), sandbox.CodeIndex, 14},
		{"export of no memory", module(section(7, "\x01\x01a\x02\x00")), sandbox.CodeIndex, 14},
		{"exports of one name", module(oneMemory, section(7, "\x02\x01a\x02\x00\x01a\x02\x00")), sandbox.CodeDuplicateExport, 20},
		{"export of the meter", module(oneMemory, section(7, vector(sized(sandbox.FuelExport)+"\x02\x00"))), sandbox.CodeReservedName, 16},
		{"start's index", module(section(8, "\x00")), sandbox.CodeIndex, 10},
		{"start's type", module(section(1, vector(typeBinary)), "\x03\x02\x01\x00", "\x08\x01\x00", code("\x00")), sandbox.CodeType, 23},
		{"tags", module("\x0d\x01\x00"), sandbox.CodeExceptions, 8},

		{"element's kind", module(oneTable, section(9, "\x01\x08\x00\x00")), sandbox.CodeKind, 17},
		{"element's table", module(section(9, "\x01\x00\x41\x00\x0b\x00")), sandbox.CodeIndex, 11},
		{"element's second table", module(oneTable, section(9, "\x01\x02\x01\x41\x00\x0b\x00\x00")), sandbox.CodeIndex, 18},
		{"element's function", module(oneTable, section(9, "\x01\x00\x41\x00\x0b\x01\x00")), sandbox.CodeIndex, 22},
		{"elements announced", module(oneTable, section(9, "\x01\x00\x41\x00\x0b\x7f")), sandbox.CodeCount, 21},
		{"data's kind", module(oneMemory, section(11, "\x01\x03\x00")), sandbox.CodeKind, 16},
		{"data's memory", module(section(11, "\x01\x00\x41\x00\x0b\x00")), sandbox.CodeIndex, 11},
		{"data announced", module(oneMemory, section(11, "\x01\x00\x41\x00\x0b\x05a")), sandbox.CodeCount, 20},
		{"data counted wrongly", module(oneMemory, "\x0c\x01\x02", section(11, "\x01\x01\x00")), sandbox.CodeDataCount, 15},

		{"body over its section", module(oneVoidFunc, section(10, "\x01\x05\x00\x0b")), sandbox.CodeCount, 21},
		{"body without end", module(oneVoidFunc, section(10, "\x01\x02\x00\x01")), sandbox.CodeUnexpectedEnd, 24},
		{"body behind its end", function("\x0b"), sandbox.CodeBodySize, bodyAt + 1},
		{"locals announced", module(oneVoidFunc, section(10, "\x01\x03\x7f\x01\x0b")), sandbox.CodeCount, 22},
		{"local's type", module(oneVoidFunc, section(10, "\x01\x04\x01\x01\x00\x0b")), sandbox.CodeType, 24},
		{"unknown instruction", function("\xff"), sandbox.CodeOpcode, bodyAt},
		{"unknown instruction 0x27", function("\x27"), sandbox.CodeOpcode, bodyAt},
		{"unknown SIMD instruction", function("\xfd\x9a\x01"), sandbox.CodeOpcode, bodyAt},
		{"SIMD instruction in a long form", function("\xfd\x8c\x00" + strings.Repeat("\x00", 16)), sandbox.CodeOpcode, bodyAt},
		{"SIMD instruction in a short form", function("\xfd\x80\x41\x00"), sandbox.CodeOpcode, bodyAt},
		{"bulk instruction in a long form", function("\xfc\x8b\x00\x00"), sandbox.CodeOpcode, bodyAt},
		{"relaxed SIMD", function("\xfd\x80\x02"), sandbox.CodeRelaxedSIMD, bodyAt},
		{"wide arithmetic", function("\xfc\x13"), sandbox.CodeWideArithmetic, bodyAt},
		{"atomics", function("\xfe\x10\x02\x00"), sandbox.CodeThreads, bodyAt},
		{"tail call", function("\x12\x00"), sandbox.CodeTailCalls, bodyAt},
		{"throw", function("\x08\x00"), sandbox.CodeExceptions, bodyAt},
		{"try", function("\x06\x40\x0b"), sandbox.CodeExceptions, bodyAt},
		{"call_ref", function("\x14\x00"), sandbox.CodeGC, bodyAt},
		{"struct.new", function("\xfb\x00\x00"), sandbox.CodeGC, bodyAt},
		{"resume", function("\xe3\x00\x00"), sandbox.CodeStackSwitching, bodyAt},
		{"else without if", function("\x05"), sandbox.CodeNesting, bodyAt},
		{"else twice", function("\x00\x04\x40\x05\x05\x0b"), sandbox.CodeNesting, bodyAt + 4},
		{"label", function("\x0c\x01"), sandbox.CodeNesting, bodyAt + 1},
		{"label of a table", function("\x00\x0e\x01\x00\x01"), sandbox.CodeNesting, bodyAt + 4},
		{"labels announced", function("\x0e\x7f\x00"), sandbox.CodeCount, bodyAt + 1},
		{"block's type", function("\x02\x41\x0b"), sandbox.CodeType, bodyAt + 1},
		{"block's type index", function("\x02\x01\x0b"), sandbox.CodeIndex, bodyAt + 1},
		{"block's type in a long form", function("\x02\xc0\x7f\x0b"), sandbox.CodeType, bodyAt + 1},
		{"call", function("\x10\x01"), sandbox.CodeIndex, bodyAt + 1},
		{"indirect call's type", function("\x11\x01\x00"), sandbox.CodeIndex, bodyAt + 1},
		{"indirect call's table", function("\x11\x00\x01"), sandbox.CodeIndex, bodyAt + 1},
		{"local", function("\x20\x00"), sandbox.CodeIndex, bodyAt + 1},
		{"global", function("\x23\x00"), sandbox.CodeIndex, bodyAt + 1},
		{"table", function("\xfc\x10\x01"), sandbox.CodeIndex, bodyAt + 2},
		{"element segment", function("\xfc\x0d\x00"), sandbox.CodeIndex, bodyAt + 2},
		{"data segment without count", function("\xfc\x09\x00"), sandbox.CodeDataCount, bodyAt},
		{"memory", module(oneVoidFunc, code("\x3f\x00\x1a")), sandbox.CodeIndex, 24},
		{"alignment", function("\x41\x00\x28\x03\x00\x1a"), sandbox.CodeImmediate, bodyAt + 3},
		{"second memory", function("\x41\x00\x28\x42\x00\x00\x1a"), sandbox.CodeMultiMemory, bodyAt + 3},
		{"offset over 4 GiB", function("\x41\x00\x28\x02\x80\x80\x80\x80\x10\x1a"), sandbox.CodeLEB, bodyAt + 4},
		{"memory index", function("\x3f\x01\x1a"), sandbox.CodeMultiMemory, bodyAt + 1},
		{"constant too long", function("\x41\x80\x80\x80\x80\x80\x00\x1a"), sandbox.CodeLEB, bodyAt + 1},
		{"constant too large", function("\x41\xff\xff\xff\xff\x0f\x1a"), sandbox.CodeLEB, bodyAt + 1},
		{"long constant too large", function("\x42\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01\x1a"), sandbox.CodeLEB, bodyAt + 1},
		{"constant cut off", function("\x44\x00\x00"), sandbox.CodeUnexpectedEnd, bodyAt + 4},
		{"lane", function("\x00\xfd\x15\x10\x1a"), sandbox.CodeImmediate, bodyAt + 3},
		{"select of two types", function("\x00\x1c\x02\x7f\x7f"), sandbox.CodeImmediate, bodyAt + 2},
		{"null of a number", function("\xd0\x7f\x1a"), sandbox.CodeType, bodyAt + 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			m, err := sandbox.Inspect(tt.wasm, sandbox.DefaultLimits())
			var refusal *sandbox.Error
			if !errors.As(err, &refusal) {
				t.Fatalf("Inspect = %+v, %v; want a refusal", m, err)
			}
			if refusal.Code != tt.code || refusal.Offset != tt.offset || refusal.Class != sandbox.Malformed {
				t.Errorf("refused with %s %s at %d (%s), want %s at %d",
					refusal.Class, refusal.Code, refusal.Offset, refusal.Message, tt.code, tt.offset)
			}
		})
	}
}
