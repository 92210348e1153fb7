package sandbox_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/sandbox"
)

// TestLimits sets one limit at a time to the value that a module just reaches, and then one lower.
func TestLimits(t *testing.T) {
	tests := []struct {
		name  string
		limit func(*sandbox.Limits) *int64
		value int64
		wasm  []byte
	}{
		{"bytes", func(l *sandbox.Limits) *int64 { return &l.Bytes }, 8, module()},
		{"customs", func(l *sandbox.Limits) *int64 { return &l.Customs }, 2, module("\x00\x02\x01a", "\x00\x02\x01a")},
		{"types", func(l *sandbox.Limits) *int64 { return &l.Types }, 2, module(section(1, vector(typeVoid, typeVoid)))},
		{"params", func(l *sandbox.Limits) *int64 { return &l.Params }, 2, module(section(1, vector(typeBinary)))},
		{"results", func(l *sandbox.Limits) *int64 { return &l.Results }, 1, module(section(1, vector(typeBinary)))},
		{"imports", func(l *sandbox.Limits) *int64 { return &l.Imports }, 1, module(section(2, "\x01\x01a\x01b\x03\x7f\x00"))},
		{"funcs", func(l *sandbox.Limits) *int64 { return &l.Funcs }, 1, function("")},
		{"tables", func(l *sandbox.Limits) *int64 { return &l.Tables }, 2, module(section(4, "\x02\x70\x00\x01\x70\x00\x02"))},
		{"entries", func(l *sandbox.Limits) *int64 { return &l.Entries }, 3, module(section(4, "\x02\x70\x00\x01\x70\x00\x02"))},
		{"globals", func(l *sandbox.Limits) *int64 { return &l.Globals }, 1, module(section(6, "\x01\x7f\x00\x41\x00\x0b"))},
		{"mutable", func(l *sandbox.Limits) *int64 { return &l.Mutable }, 1, module(section(6, "\x02\x7f\x00\x41\x00\x0b\x7f\x01\x41\x00\x0b"))},
		{"exports", func(l *sandbox.Limits) *int64 { return &l.Exports }, 2, module(oneMemory, section(7, "\x02\x01a\x02\x00\x01b\x02\x00"))},
		{"elements", func(l *sandbox.Limits) *int64 { return &l.Elements }, 5, module(oneTable, section(9, "\x02\x05\x70\x01\xd0\x70\x0b\x05\x70\x02\xd0\x70\x0b\xd0\x70\x0b"))},
		{"slots", func(l *sandbox.Limits) *int64 { return &l.Slots }, 6, module(section(1, vector(typeVoid)), section(3, "\x02\x00\x00"),
			section(10, vector(sized("\x01\x04\x7f\x0b"), sized("\x02\x01\x7f\x01\x7e\x0b"))))},
		{"data", func(l *sandbox.Limits) *int64 { return &l.Data }, 2, module(oneMemory, section(11, "\x02\x01\x00\x01\x00"))},
		{"data", func(l *sandbox.Limits) *int64 { return &l.Data }, 2, module(oneMemory, "\x0c\x01\x02", section(11, "\x02\x01\x00\x01\x00"))},
		{"body", func(l *sandbox.Limits) *int64 { return &l.Body }, 5, function("\x01\x01\x01")},
		{"locals", func(l *sandbox.Limits) *int64 { return &l.Locals }, 7, module(oneVoidFunc, section(10, "\x01\x06\x02\x03\x7f\x04\x7e\x0b"))},
		{"nesting", func(l *sandbox.Limits) *int64 { return &l.Nesting }, 3, function("\x02\x40\x02\x40\x0b\x02\x40\x02\x40\x0b\x0b\x0b")},
		{"loops", func(l *sandbox.Limits) *int64 { return &l.Loops }, 2, function("\x03\x40\x0b\x03\x40\x02\x40\x03\x40\x0b\x0b\x0b")},
		{"branches", func(l *sandbox.Limits) *int64 { return &l.Branches }, 3, function("\x02\x40\x41\x00\x04\x40\x0b\x41\x00\x0d\x00\x0b")},
		{"targets", func(l *sandbox.Limits) *int64 { return &l.Targets }, 5, function("\x41\x00\x0e\x02\x00\x00\x00\x41\x00\x0e\x01\x00\x00")},
		{"merges", func(l *sandbox.Limits) *int64 { return &l.Merges }, 6, module(oneVoidFunc, section(10, vector(sized(
			"\x01\x03\x7f\x41\x00\x21\x00\x41\x00\x22\x02\x1a"+strings.Repeat("\x02\x40\x0c\x00\x0b", 3)+"\x0b"))))},
		{"work", func(l *sandbox.Limits) *int64 { return &l.Work }, 2 * 14, function(strings.Repeat("\x41\x01\x41\x01\x6d\x1a", 2))},
		{"reloads", func(l *sandbox.Limits) *int64 { return &l.Reloads }, 6, module(oneVoidFunc,
			section(6, "\x02\x7f\x01\x41\x00\x0b\x7f\x01\x41\x00\x0b"), code("\x10\x00\x10\x00\x10\x00"))},
		{"score", func(l *sandbox.Limits) *int64 { return &l.Score }, 3, function(strings.Repeat("\x41\x00\x04\x40\x0b", 300))},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			limits := sandbox.DefaultLimits()
			*tt.limit(&limits) = tt.value
			m, err := sandbox.Inspect(tt.wasm, limits)
			if err != nil {
				t.Fatalf("at the limit: %v", err)
			}
			for _, f := range m.Figures(limits) {
				if f.Name == tt.name && (f.Value != tt.value || f.Limit != tt.value) {
					t.Errorf("figure %+v, want both %d", f, tt.value)
				}
			}
			*tt.limit(&limits)--
			_, err = sandbox.Inspect(tt.wasm, limits)
			var refusal *sandbox.Error
			if !errors.As(err, &refusal) || refusal.Class != sandbox.Limit || refusal.Code != sandbox.Code("limit_"+tt.name) {
				t.Errorf("over the limit: %v", err)
			}
		})
	}
}

// TestScore pins what compiling is estimated to take, in milliseconds, for code that is dear in one way each.
func TestScore(t *testing.T) {
	rows := []struct {
		name  string
		wasm  []byte
		score int64
	}{
		{"nothing", module(), 0},
		{"bytes", function(strings.Repeat("\x41\x00\x1a", 100_000)), 61},
		{"blocks", function(strings.Repeat("\x02\x40", 2000) + strings.Repeat("\x0b", 2000)), 102},
		{"locals and merges", module(oneVoidFunc, section(10, vector(sized("\x01\x64\x7f"+
			sets(100)+strings.Repeat("\x02\x40\x0c\x00\x0b", 200)+"\x0b")))), 82},
		{"loops and locals", module(oneVoidFunc, section(10, vector(sized("\x01\x64\x7f"+
			sets(100)+strings.Repeat("\x03\x40", 30)+strings.Repeat("\x0b", 31))))), 47},
		{"locals that are never set", module(oneVoidFunc, section(10, vector(sized("\x01\x32\x7f\x02\x40"+
			strings.Repeat("\x41\x00\x0d\x00", 1000)+"\x0b"+uses(50)+"\x0b")))), 499},
		{"loops over many locals", module(oneVoidFunc, section(10, vector(sized("\x01"+leb(2000)+"\x7f"+
			uses(2000)+strings.Repeat("\x03\x40\x0b", 50)+"\x0b")))), 1957},
		{"values on the stack", function(strings.Repeat("\x41\x00\x04\x7f\x41\x00\x05\x41\x00\x0b", 500) + strings.Repeat("\x1a", 500)), 110},
		{"values that branches carry", module(section(1, vector(typeVoid, "\x60"+sized(strings.Repeat("\x7f", 200))+"\x00")), section(3, "\x01\x00"),
			code(strings.Repeat("\x41\x00", 200)+"\x03\x01\x41\x00\x0e"+leb(1000)+strings.Repeat("\x00", 1001)+"\x0b")), 482},
		{"loads", module(oneVoidFunc, oneMemory, code("\x41\x00"+strings.Repeat("\x28\x02\x00", 10_000)+"\x1a")), 167},
		{"divisions", function("\x41\x01" + strings.Repeat("\x41\x01\x6d", 10_000) + "\x1a"), 147},
		{"labels", function("\x41\x00\x0e" + leb(10_000) + strings.Repeat("\x00", 10_001)), 43},
		{"mutable globals and calls", module(oneVoidFunc, section(6, vector(filled(200, "\x7f\x01\x41\x00\x0b")...)),
			code(strings.Repeat("\x10\x00", 1000))), 132},
		{"types", module(section(1, vector(filled(1000, typeVoid)...))), 31},
		{"locals", module(section(1, vector(typeVoid)), section(3, vector(filled(100, "\x00")...)),
			section(10, vector(filled(100, sized("\x01"+leb(10_000)+"\x7f\x0b"))...))), 151},
	}
	for _, row := range rows {
		m, err := sandbox.Inspect(row.wasm, sandbox.DefaultLimits())
		if err != nil {
			t.Errorf("%s: %v", row.name, err)
		} else if m.Score != row.score {
			t.Errorf("%s: the score is %d, want %d", row.name, m.Score, row.score)
		}
	}
}

// uses reads so many locals.
func uses(n int) string {
	code := ""
	for i := range n {
		code += "\x20" + leb(i) + "\x1a"
	}
	return code
}

// sets sets so many locals.
func sets(n int) string {
	code := ""
	for i := range n {
		code += "\x41\x00\x21" + leb(i)
	}
	return code
}
