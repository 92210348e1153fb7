package hostfuncs_test

import (
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

const specText = `{"kind":{"subprocess":{"args":["-c","x\ny"],"command":"sh"}},"labels":{"example.io/team":"a"},"timeout":30000}`

// TestBufferConvention: the result is the value's length, and it is written only where all of it fits.
func TestBufferConvention(t *testing.T) {
	tests := []struct {
		name    string
		buf     int
		limit   int
		written bool
	}{
		{"no room", 1000, 0, false},
		{"no room, no buffer", 0xffffffff, 0, false},
		{"one byte short", 1000, 4, false},
		{"one byte short, outside", pageSize - 2, 4, false},
		{"just enough", 1000, 5, true},
		{"just enough, at the end", pageSize - 5, 5, true},
		{"room over the end", pageSize - 5, 50000, true},
		{"all the room there is", 1000, 0xffffffff, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			g := newGuest(t).begin(abi.PhaseSupports, hostfuncs.Call{Spec: index(t, specText)})
			before := string(g.memory)
			path, n := g.put(0, "/timeout")
			g.want(5, "spec_get", path, n, test.buf, test.limit)
			if test.written {
				if got := g.text(test.buf, 5); got != "30000" {
					t.Errorf("wrote %q", got)
				}
				clear(g.memory[test.buf:][:5])
			}
			clear(g.memory[:n])
			if string(g.memory) != before {
				t.Error("something else was written")
			}
		})
	}
	g := newGuest(t).begin(abi.PhaseSupports, hostfuncs.Call{Spec: index(t, specText)})
	path, n := g.put(0, "/timeout")
	g.fails("spec_get: range [65532, 65537) is outside the memory of 65536 bytes", "spec_get", path, n, pageSize-4, 5)
}

func TestLookups(t *testing.T) {
	long := "/" + strings.Repeat("a", abi.MaxPointer)
	tests := []struct {
		function, path, want string // want "-" is no value
	}{
		{"spec_get", "", specText},
		{"spec_get", "/kind/subprocess/command", "sh"},
		{"spec_get", "/kind/subprocess/args/1", "x\ny"},
		{"spec_get", "/kind/subprocess/args", `["-c","x\ny"]`},
		{"spec_get", "/labels/example.io~1team", "a"},
		{"spec_get", "/kind/wasm", "-"},
		{"spec_get", "timeout", "-"},
		{"spec_get", "/kind/subprocess/args/-", "-"},
		{"spec_get", "/kind/subprocess/args/01", "-"},
		{"spec_get", "/labels/~2", "-"},
		{"spec_get", long, "-"},
		{"config_get", "", `{"greeting":"hi"}`},
		{"config_get", "/greeting", "hi"},
		{"config_get", "/other", "-"},
		{"task_get", "/attempt", "2"},
		{"task_get", "/runId", "-"},
	}
	g := newGuest(t)
	g.runner.Config = index(t, `{"greeting":"hi"}`)
	g.begin(abi.PhaseRun, hostfuncs.Call{Spec: index(t, specText), Task: index(t, `{"attempt":2}`)})
	for _, test := range tests {
		path, n := g.put(0, test.path)
		if test.want == "-" {
			g.want(abi.NoValue, test.function, path, n, 8192, 1000)
			continue
		}
		g.want(int32(len(test.want)), test.function, path, n, 8192, 1000)
		if got := g.text(8192, len(test.want)); got != test.want {
			t.Errorf("%s(%q) = %q, want %q", test.function, test.path, got, test.want)
		}
	}
}

// TestLongestPointer: the bound on pointers is on their bytes, and it is inclusive.
func TestLongestPointer(t *testing.T) {
	key := strings.Repeat("k", abi.MaxPointer-1)
	spec := document.NewIndex(document.NewObject(
		document.NewField(key, document.NewInt(1)), document.NewField(key+"k", document.NewInt(2))))
	g := newGuest(t).begin(abi.PhaseSupports, hostfuncs.Call{Spec: spec})
	path, n := g.put(0, "/"+key+"k")
	g.want(1, "spec_get", path, n-1, 0, 0)
	g.want(abi.NoValue, "spec_get", path, n, 0, 0)
}

func TestNoConfigIsAnEmptyObject(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	g.want(2, "config_get", 0, 0, 100, 2)
	if got := g.text(100, 2); got != "{}" {
		t.Errorf("the configuration is %q", got)
	}
	path, n := g.put(0, "/a")
	g.want(abi.NoValue, "config_get", path, n, 100, 2)
}

func TestPointerOfBadUTF8(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{Spec: index(t, `{}`)})
	path, n := g.put(0, "/ä\xff")
	g.fails("spec_get: not valid UTF-8 at byte 3", "spec_get", path, n, 0, 0)
	path, n = g.put(0, "/\xe2\x82")
	g.fails("config_get: not valid UTF-8 at byte 1", "config_get", path, n, 0, 0)
}
