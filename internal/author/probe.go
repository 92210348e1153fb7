package author

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/sandbox"
)

// call is what was seen of one call into a guest. The start section and _initialize are one.
type call struct {
	export  string
	host    map[string]int // calls of host functions, by module and name
	lookups []lookup       // of spec_get
	keys    []string       // of env_get
	reply   int64          // bytes of the longest reply
	text    string         // the last reply of name
	dropped []string       // metrics that were dropped, each with the reason
	outside bool           // whether an argument of the last host function lay outside the memory
	fuel    int64
	memory  uint64 // bytes of linear memory at the end
	took    time.Duration
	result  int32
	err     error
}

// lookup is a JSON Pointer that the guest asked for.
type lookup struct {
	pointer string
	found   bool
	limit   uint32 // bytes that the guest had room for
}

// maxSeen bounds what is remembered of one call.
const maxSeen = 1_000

// probe stands between the registry and an engine, and sees each call of the one into guests of the other and what
// these ask the host for. It is for one goroutine at a time.
type probe struct {
	now    func() time.Time
	drops  *figures         // what the host drops of what guests emit
	most   map[string]int64 // fuel that a call may use, by its export; it ends with a *fuelError beyond
	calls  []*call
	gifts  int64         // fuel given to the present call
	twice  bool          // name is called a second time, in the same instance
	blind  bool          // calls of host functions are not looked at, which takes time
	module engine.Module // nil until it is compiled
}

// fuelError is a call that used more fuel than its time limit can give on any machine.
type fuelError struct {
	export string
	most   int64
}

func (e *fuelError) Error() string {
	return fmt.Sprintf("%s used more than %d units of fuel and was ended", e.export, e.most)
}

// take returns the calls since the last time.
func (p *probe) take() []*call {
	calls := p.calls
	p.calls = nil
	return calls
}

// current is the call that is under way, or ended last.
func (p *probe) current() *call {
	if len(p.calls) == 0 {
		p.begin("")
	}
	return p.calls[len(p.calls)-1]
}

func (p *probe) begin(export string) *call {
	c := &call{export: export, host: map[string]int{}}
	p.calls = append(p.calls, c)
	p.gifts = 0
	return c
}

// used takes the fuel of the call that ended last.
func (p *probe) used(u registry.Usage) { p.current().fuel = u.Fuel }

// watch makes functions of the host that the probe sees calls of.
func (p *probe) watch(funcs []engine.HostFunc) []engine.HostFunc {
	watched := make([]engine.HostFunc, len(funcs))
	for i, f := range funcs {
		watched[i] = f
		if f.Module == sandbox.ImportModule {
			watched[i].Fn = p.watchFuel(f)
		} else {
			watched[i].Fn = p.watchCall(f)
		}
	}
	return watched
}

// hostFn is the body of a host function.
type hostFn = func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error

// watchFuel ends a call that goes on for ever.
func (p *probe) watchFuel(f engine.HostFunc) hostFn {
	return func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error {
		if err := f.Fn(ctx, host, memory, stack); err != nil {
			return err
		}
		c := p.current()
		if p.gifts += int64(stack[0]); p.gifts > p.most[c.export] {
			return &fuelError{export: c.export, most: p.most[c.export]}
		}
		return nil
	}
}

// watchCall counts a call, and remembers what it asks for.
func (p *probe) watchCall(f engine.HostFunc) hostFn {
	name := f.Module + "." + f.Name
	ranges := textArguments(f)
	return func(ctx context.Context, host any, memory engine.Memory, stack []uint64) error {
		if p.blind {
			return f.Fn(ctx, host, memory, stack)
		}
		c := p.current()
		c.host[name]++
		c.outside = false
		for _, at := range ranges {
			c.outside = c.outside || !inside(memory, uint32(stack[at]), uint32(stack[at+1]))
		}
		var asked string
		var limit uint32
		if f.Module == abi.ModuleSolti && len(ranges) > 0 {
			asked = textAt(memory, uint32(stack[ranges[0]]), uint32(stack[ranges[0]+1]))
		}
		if f.Name == "spec_get" {
			limit = uint32(stack[3])
		}
		if f.Name == "reply" && f.Module == abi.ModuleSolti {
			c.reply = max(c.reply, int64(uint32(stack[1])))
			if c.export == abi.ExportName {
				c.text = asked
			}
		}
		err := f.Fn(ctx, host, memory, stack)
		switch {
		case f.Module != abi.ModuleSolti || err != nil:
		case f.Name == "spec_get" && len(c.lookups) < maxSeen:
			c.lookups = append(c.lookups, lookup{pointer: asked, found: int32(stack[0]) >= 0, limit: limit})
		case strings.HasPrefix(f.Name, "metric_"):
			for _, reason := range p.drops.takeDropped() {
				c.dropped = append(c.dropped, fmt.Sprintf("the metric %s was dropped as %s", show(asked), reason))
			}
		case f.Name == "env_get" && len(c.keys) < maxSeen:
			c.keys = append(c.keys, asked)
		}
		return err
	}
}

// textArguments are the places of the arguments that are pointers to text, each with its length behind it.
func textArguments(f engine.HostFunc) []int {
	if f.Module != abi.ModuleSolti {
		return nil
	}
	switch f.Name {
	case "log":
		return []int{1}
	case "metric_add", "metric_set", "metric_observe":
		return []int{0, 2}
	}
	return []int{0}
}

// inside says whether a range lies in the memory.
func inside(memory engine.Memory, ptr, n uint32) bool {
	return n == 0 || memory != nil && uint64(ptr)+uint64(n) <= memory.Size()
}

// textAt copies the beginning of a text out of the guest's memory; what the text is worth is the host function's to say.
func textAt(memory engine.Memory, ptr, n uint32) string {
	if n == 0 || memory == nil || n > abi.MaxPointer {
		n = min(n, abi.MaxPointer+1)
	}
	if n == 0 || memory == nil {
		return ""
	}
	b, ok := memory.View(ptr, n)
	if !ok {
		return ""
	}
	return string(b)
}
