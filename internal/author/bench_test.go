package author_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/taskfile"
)

// costs are the calls of a measurement in words.
func costs(m author.Measurement) []string {
	var list []string
	for _, c := range m.Calls {
		list = append(list, strings.TrimSpace(c.Call+" "+c.Outcome))
	}
	return list
}

func TestMeasure(t *testing.T) {
	given := taskfile.Read([]string{"../../testdata/specs/hello.yaml"}, nil)
	if len(given) != 1 || given[0].Err != nil {
		t.Fatalf("%v", given)
	}
	tests := []struct {
		module string
		given  []taskfile.Item
		want   []string
	}{
		{"ok", given, []string{"start", "name", "supports taken", "build built", "run success"}},
		{"no", given, []string{"start", "name", "supports not taken"}},
		{"no", nil, []string{"start", "name", "supports not taken"}},
		{"denied-process", given, []string{"start", "name", "supports taken", "build built"}},
		{"trap-build", given, []string{"start", "name", "supports taken", "build build: trap: unreachable"}},
		{"status1", given, []string{"start", "name", "supports taken", "build unsupported task kind: this kind is not for status1"}},
		{"trap-run", given, []string{"start", "name", "supports taken", "build built", "run run: trap: unreachable"}},
	}
	for _, tt := range tests {
		t.Run(tt.module, func(t *testing.T) {
			t.Parallel()
			m, err := quick().Measure(t.Context(), filepath.Join(fixtures, tt.module+".wasm"), tt.given)
			if got := costs(m); err != nil || !slices.Equal(got, tt.want) {
				t.Fatalf("%q, %v, want %q", got, err, tt.want)
			}
			for _, c := range m.Calls {
				if c.Time.Median <= 0 || c.Time.Count < 1 || c.Memory != 64<<10 || c.Fault != strings.Contains(c.Outcome, "trap") {
					t.Errorf("%+v", c)
				}
			}
			if m.Compile.Median <= 0 || m.Metered <= m.Size || m.Score < 1 || m.Stack <= 0 || len(m.Sections) == 0 || len(m.Functions) == 0 {
				t.Errorf("%+v", m)
			}
		})
	}
}

// TestMeasureCounts: fuel and calls of host functions are those of one call.
func TestMeasureCounts(t *testing.T) {
	m, err := quick().Measure(t.Context(), filepath.Join(fixtures, "counts.wasm"), nil)
	if err != nil {
		t.Fatal(err)
	}
	least := map[string]int64{"start": 50_000, "supports": 20_000, "build": 70_000, "run": 200_000}
	for _, c := range m.Calls {
		if c.Fuel < least[c.Call] || c.Fuel > 100*least[c.Call]+1_000 {
			t.Errorf("%s used %d", c.Call, c.Fuel)
		}
	}
	m, err = quick().Measure(t.Context(), filepath.Join(fixtures, "log-much.wasm"), nil)
	if err == nil {
		t.Errorf("measured what is not there: %v", m)
	}
	m, err = quick().Measure(t.Context(), filepath.Join(broken, "log-much.wasm"), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range m.Calls {
		if c.Call == "build" && c.Host["solti.log"] != 200 {
			t.Errorf("%+v", c)
		}
	}
}

func TestMeasureRefuses(t *testing.T) {
	for _, module := range []string{"garbage", "trap-name", "big-memory", "missing", "invalid"} {
		if m, err := quick().Measure(t.Context(), filepath.Join(fixtures, module+".wasm"), nil); err == nil {
			t.Errorf("%s: %v", module, m)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	w := workshop()
	w.Limits.Build = time.Hour
	if m, err := w.Measure(ctx, filepath.Join(fixtures, "loop-build.wasm"), nil); err == nil {
		t.Errorf("it ended: %v", m)
	}
}

func ExampleWorkshop_Measure() {
	m, err := workshop().Measure(context.Background(), filepath.Join(fixtures, "ok.wasm"), nil)
	if err != nil {
		panic(err)
	}
	for _, c := range m.Calls[:5] {
		fmt.Println(c.Call, c.Outcome, c.Host)
	}
	// Output:
	// start  map[]
	// name  map[solti.reply:1]
	// supports taken map[]
	// build built map[solti.reply:1]
	// run success map[solti.reply:1]
}

func ExampleWorkshop_Check() {
	report, err := workshop().Check(context.Background(), filepath.Join(fixtures, "bad-name.wasm"), nil)
	if err != nil {
		panic(err)
	}
	fmt.Println(report.Module, report.OK())
	for _, f := range report.Findings {
		fmt.Println(f.Code, f.Level, f.Message)
	}
	// Output:
	// bad-name.wasm false
	// SW205 error name: expected a letter or digit first and last, found -x
	// SW902 info expected a custom section solti.runner, found none
}

// TestMeasureKinds: without specs of the author's one of each kind is measured.
func TestMeasureKinds(t *testing.T) {
	m, err := quick().Measure(t.Context(), "../../testdata/modules/wasm.wasm", nil)
	want := []string{"start", "name", "supports taken", "build built"}
	if got := costs(m); err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v, want %q", got, err, want)
	}
}
