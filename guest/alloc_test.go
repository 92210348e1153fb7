package guest_test

import (
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/guest"
)

// constantHost has one value for every key, and allocates nothing.
type constantHost string

func (h constantHost) Get(_ guest.Source, _ string, buf []byte) int32 {
	if len(h) <= len(buf) {
		copy(buf, h)
	}
	return int32(len(h))
}
func (constantHost) Reply([]byte)                                     {}
func (constantHost) Log(guest.Level, string)                          {}
func (constantHost) Metric(guest.MetricType, string, []byte, float64) {}
func (constantHost) Print(string)                                     {}

func TestAllocations(t *testing.T) {
	none := guest.Unsupported("")
	for _, tt := range []struct {
		name  string
		value constantHost
		want  float64
		build func(c *guest.BuildCall)
	}{
		{"has", "5", 0, func(c *guest.BuildCall) { c.Spec.Has("/a") }},
		{"int", "-12345678901234", 0, func(c *guest.BuildCall) { c.Spec.Int("/a") }},
		{"float", "1.25", 0, func(c *guest.BuildCall) { c.Spec.Float("/a") }},
		{"bool", "true", 0, func(c *guest.BuildCall) { c.Config.Bool("/a") }},
		{"text", "some text", 0, func(c *guest.BuildCall) { c.Spec.Text("/a") }}, // one in 400 calls
		{"large text", constantHost(strings.Repeat("x", 5000)), 1, func(c *guest.BuildCall) { c.Spec.Text("/a") }},
		{"log", "", 0, func(c *guest.BuildCall) { c.Log(guest.LevelInfo, "x") }},
		{"metric", "", 0, func(c *guest.BuildCall) { c.Counter("x").Add(1, "a", "b") }},
	} {
		e := guest.NewExports(builder(func(c *guest.BuildCall) (guest.Task, error) {
			tt.build(c)
			return guest.Task{}, none
		}), tt.value)
		e.Build() // makes the buffers
		if got := testing.AllocsPerRun(100, func() { e.Build() }); got != tt.want {
			t.Errorf("%s: %v allocations, want %v", tt.name, got, tt.want)
		}
	}
}

func BenchmarkBuild(b *testing.B) {
	e := guest.NewExports(builder(func(c *guest.BuildCall) (guest.Task, error) {
		name, _ := c.Spec.Text("/kind/greet/name")
		c.Counter("greetings").Add(1, "name", name)
		var fields guest.Object
		fields.Text("name", name)
		return guest.Task{Action: guest.Run{Fields: fields}}, nil
	}), constantHost("Ada"))
	b.ReportAllocs()
	for b.Loop() {
		e.Build()
	}
}
