package engine_test

import (
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
)

func TestParseFuncType(t *testing.T) {
	for text, params := range map[string]int{
		"() -> ()":                         0,
		"() -> i32":                        0,
		"(i32) -> ()":                      1,
		"(i32, i64, f32, f64) -> f64":      4,
		"(i32, i32, i32, i32, i32) -> i64": 5,
	} {
		got, err := engine.ParseFuncType(text)
		if err != nil || len(got.Params) != params || got.String() != text {
			t.Errorf("ParseFuncType(%q) = %q with %d parameters, %v", text, got, len(got.Params), err)
		}
	}
	for _, text := range []string{
		"", "()", "() ->", "() -> ", "()->()", "(i32)", "i32 -> ()", "() -> (i32)", "() -> (i32, i32)", "(i32,i32) -> ()", "(i32, ) -> ()",
		"( i32) -> ()", "(, i32) -> ()", "(v128) -> ()", "() -> externref", " () -> ()", "() -> () ", "(I32) -> ()", "(() -> ()) -> ()",
		"() -> () -> ()", "(i32, i32) -> i32\n",
	} {
		got, err := engine.ParseFuncType(text)
		if err == nil {
			t.Errorf("ParseFuncType(%q) = %q, want an error", text, got)
		} else if !strings.Contains(err.Error(), "expected the form") {
			t.Errorf("ParseFuncType(%q): %v doesn't say what is expected", text, err)
		}
	}
}

// The types of the contract are written in this notation.
func TestParseFuncTypeReadsTheContract(t *testing.T) {
	for _, f := range append(append(abi.Exports(), abi.Imports()...), abi.WASI()...) {
		if got, err := engine.ParseFuncType(f.Type); err != nil || got.String() != f.Type {
			t.Errorf("%s: ParseFuncType(%q) = %q, %v", f.Name, f.Type, got, err)
		}
	}
}

func FuzzParseFuncType(f *testing.F) {
	for _, seed := range []string{"() -> ()", "(i32, i64) -> f32", "(f64) -> ", ") -> (", "(i32, i32, i32) -> ()"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if got, err := engine.ParseFuncType(text); err == nil && got.String() != text {
			t.Errorf("ParseFuncType(%q) is written %q: a second spelling", text, got)
		}
	})
}
