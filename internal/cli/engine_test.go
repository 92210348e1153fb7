package cli_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/internal/cli"
)

// severalEngines gives a program three engines, the last of which checks, and returns the names of those that it makes.
func severalEngines(p *program) *[]string {
	made := &[]string{}
	choice := func(name, module string, checks bool) cli.Engine {
		return cli.Engine{Name: name, Module: module, Checks: checks, New: func(*engine.Cache, int) engine.Engine {
			*made = append(*made, name)
			return wazero.Engine{Interpreter: true}
		}}
	}
	p.Engines = []cli.Engine{choice("first", "example.org/first", false), choice("second", "example.org/second", false), choice("every", "", true)}
	return made
}

func TestEngineIsChosen(t *testing.T) {
	dir := runners(t, "ok")
	for _, test := range []struct {
		name string
		args []string
		env  string
		want string // the engine that is made
		code int
	}{
		{"default", []string{"list"}, "", "first", 0},
		{"flag", []string{"list", "--engine", "second"}, "", "second", 0},
		{"variable", []string{"list"}, "second", "second", 0},
		{"flag over variable", []string{"list", "--engine", "every"}, "second", "every", 0},
		{"unknown", []string{"list", "--engine", "third"}, "", "", 2},
		{"check checks", []string{"check", dir + "/ok.wasm"}, "", "every", 0},
		{"check with a flag", []string{"check", "--engine", "second", dir + "/ok.wasm"}, "", "second", 0},
		{"check with a variable", []string{"check", dir + "/ok.wasm"}, "second", "second", 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			p := newProgram(t, append(test.args, "--runners", dir, "--no-cache")...)
			made := severalEngines(p)
			p.LookupEnv = func(key string) (string, bool) {
				return map[string]string{"SOLTIWASM_ENGINE": test.env}[key], key == "SOLTIWASM_ENGINE" && test.env != ""
			}
			code := cli.Main(context.Background(), p.Program)
			if code != test.code {
				t.Errorf("exit code %d: %s%s", code, &p.stdout, &p.stderr)
			}
			if got := slices.Compact(*made); test.want != "" && !slices.Equal(got, []string{test.want}) || test.want == "" && len(got) > 0 {
				t.Errorf("made the engines %q, want %q", got, test.want)
			}
		})
	}
}

func TestVersionListsEngines(t *testing.T) {
	p := newProgram(t, "version", "-o", "json")
	severalEngines(p)
	if code := cli.Main(context.Background(), p.Program); code != 0 {
		t.Fatalf("exit code %d: %s", code, &p.stderr)
	}
	if want := `"engines":[{"name":"first","version":"unknown"},{"name":"second","version":"unknown"}]`; !strings.Contains(p.stdout.String(), want) {
		t.Errorf("version shows %s, want %s", &p.stdout, want)
	}
}

func TestOneEngineIsNoChoice(t *testing.T) {
	p := newProgram(t, "list", "--engine", "wazero")
	if code := cli.Main(context.Background(), p.Program); code != 2 || !strings.Contains(p.stderr.String(), "engine") {
		t.Errorf("exit code %d: %s", code, &p.stderr)
	}
}
