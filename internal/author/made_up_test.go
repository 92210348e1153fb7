package author_test

import (
	"testing"

	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/task"
)

func TestMadeUpSpecs(t *testing.T) {
	specs := author.MadeUpSpecs([]string{"http-probe", task.KindWasm, "no kind at all", task.KindEmbedded})
	count := map[string]int{}
	for _, s := range specs {
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", s.Kind.KindName(), err)
		}
		count[s.Kind.KindName()]++
	}
	if count["http-probe"] != 1 || count[task.KindWasm] < 1 || len(count) != 2 {
		t.Errorf("specs of the kinds %v", count)
	}
}
