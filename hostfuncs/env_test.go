package hostfuncs_test

import (
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

func TestEnvironment(t *testing.T) {
	env := task.Env{{Key: "PATH", Value: "/bin"}, {Key: "APP_B", Value: "2\n\""}, {Key: "APP_A", Value: "old"},
		{Key: "HOME", Value: "/root"}, {Key: "APP_A", Value: "1"}, {Key: "EMPTY", Value: ""}, {Key: "A*B", Value: "star"}}
	const none, denied = "none", "denied"
	tests := []struct {
		patterns string // by spaces
		key      string
		want     string
	}{
		{"", "PATH", denied},
		{"", "NOT_SET", denied},
		{"", "", denied},
		{"PATH", "PATH", "/bin"},
		{"PATH", "PATHS", denied},
		{"PATH", "PAT", denied},
		{"PATH", "HOME", denied},
		{"PATH", "NOT_SET", denied},
		{"NOT_SET", "NOT_SET", none},
		{"NOT_SET", "PATH", denied},
		{"NOT_SET", "", "{}"},
		{"APP_*", "APP_A", "1"},
		{"APP_*", "APP_C", none},
		{"APP_*", "APP_", none},
		{"APP_*", "APP", denied},
		{"APP_*", "", `{"APP_A":"1","APP_B":"2\n\""}`},
		{"*", "NOT_SET", none},
		{"*", "HOME", "/root"},
		{"EMPTY", "EMPTY", ""},
		{"EMPTY PATH", "", `{"EMPTY":"","PATH":"/bin"}`},
		{"A*B", "A*B", "star"}, // a star that isn't at the end is no pattern but a character
		{"A*B", "AxB", denied},
	}
	for _, test := range tests {
		t.Run(test.patterns+" "+test.key, func(t *testing.T) {
			g := newGuest(t)
			g.runner.Env = hostfuncs.NewEnvironment(env, strings.Fields(test.patterns))
			g.begin(abi.PhaseBuild, hostfuncs.Call{})
			key, n := g.put(0, test.key)
			switch test.want {
			case none:
				g.want(abi.NoValue, "env_get", key, n, 100, 100)
			case denied:
				g.want(abi.Denied, "env_get", key, n, 100, 100)
			default:
				g.want(int32(len(test.want)), "env_get", key, n, 100, 100)
				if got := g.text(100, len(test.want)); got != test.want {
					t.Errorf("got %q, want %q", got, test.want)
				}
			}
		})
	}
}

func TestNoEnvironment(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	g.want(abi.Denied, "env_get", 0, 0, 0, 0)
	g.want(abi.Denied, "env_get", 0, 10, 0, 0)
	g.want(abi.Denied, "env_get", 0, 5000, 0, 0)
}

func TestEnvironmentKeysThatNoGuestCanName(t *testing.T) {
	long := "L" + strings.Repeat("x", abi.MaxPointer)
	env := task.Env{{Key: "", Value: "a"}, {Key: "bad\xff", Value: "b"}, {Key: long, Value: "c"}, {Key: "OK", Value: "d\xff"}}
	g := newGuest(t)
	g.runner.Env = hostfuncs.NewEnvironment(env, []string{"*"})
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	want := `{"OK":"d` + "\uFFFD" + `"}`
	g.want(int32(len(want)), "env_get", 0, 0, 100, 100)
	if got := g.text(100, len(want)); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	key, n := g.put(0, "OK")
	g.want(2, "env_get", key, n, 100, 100)
	if got := g.text(100, 2); got != "d\xff" {
		t.Errorf("the value is %q: the bytes have to be handed over as they are", got)
	}
	key, n = g.put(0, "bad\xff")
	g.fails("env_get: not valid UTF-8 at byte 3", "env_get", key, n, 0, 0)
	key, n = g.put(0, long)
	g.want(abi.NoValue, "env_get", key, n, 0, 0)

	g.runner.Env = hostfuncs.NewEnvironment(env, []string{"M*", long})
	g.want(abi.Denied, "env_get", key, n, 0, 0)
}
