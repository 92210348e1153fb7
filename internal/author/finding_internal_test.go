package author

import (
	"slices"
	"testing"

	"github.com/soltihq/soltiwasm/task"
)

func TestFindings(t *testing.T) {
	f := findings{mask: task.NewMask([]string{"s3cret-value"})}
	f.add(codeUnused, "", "unused")
	f.add(codeBuildTrap, "a", "first\x1b")
	f.add(codeBuildTrap, "a", "second")
	f.add(codeBuildTrap, "b", "has s3cret-value")
	f.add(codeBuildTrap, "a", "third")
	for range 3 {
		f.each(codeHeadRoom, "near")
	}
	for i := range 2 * maxFindings {
		f.each(codeRange, "range %d", i)
	}
	report := f.report("m.wasm")
	var got []string
	for _, found := range report.Findings {
		if found.Code != codeRange {
			got = append(got, string(found.Code)+" "+string(found.Level)+": "+found.Message)
		}
	}
	want := []string{
		`SW502 error: first\x1b; and so 2 times more`, "SW502 error: has ***", "SW1110 warning: near; and so 2 times more",
		"SW909 info: unused",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if n := len(report.Findings) - len(want); n != maxFindings {
		t.Errorf("%d findings of one code, want %d", n, maxFindings)
	}
	if report.OK() || !f.hasError() || !f.hasCode(codeUnused) || f.hasCode(codeStatus) {
		t.Error("the errors are not seen")
	}
	if (Report{}).OK() != true {
		t.Error("a report without findings is not OK")
	}
}
