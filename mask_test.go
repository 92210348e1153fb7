package soltiwasm_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

func TestMaskHidesWhatIsQuoted(t *testing.T) {
	for _, value := range []string{`se"cret`, `se\cret`, "se\tcret", "sé\u00a0cret", "se\ncret-and-more", "plain"} {
		m := soltiwasm.NewMask(task.Env{{Key: "T", Value: value}})
		for _, text := range []string{value, fmt.Sprintf("the program %q", value), hostfuncs.Escape(value)} {
			if got := m.Text(text); strings.Contains(got, "cret") {
				t.Errorf("%q in %q shows as %q", value, text, got)
			}
		}
	}
}

// indiscreet is a Go runner whose errors and panics tell a secret.
type indiscreet struct{ in string }

const secret = "s3cr3tval"

func (indiscreet) Name() string { return "indiscreet" }

func (r indiscreet) Supports(*task.Spec) bool {
	if r.in == "supports" {
		panic(secret)
	}
	return true
}

func (r indiscreet) Build(context.Context, *task.Spec, soltiwasm.BuildContext) (task.Task, error) {
	if r.in == "build" {
		return task.Task{}, errors.New(secret)
	}
	return task.Task{Action: task.RunAction{}}, nil
}

func (r indiscreet) Run(context.Context, soltiwasm.Work) (string, error) {
	return "", errors.New(secret)
}

func TestErrorsOfTheHostAreMasked(t *testing.T) {
	spec := task.Spec{Slot: "s", Kind: task.Custom{Name: secret, Payload: []byte("{}")}, Timeout: time.Second}
	for _, in := range []string{"supports", "build", "run", "policy", "function"} {
		t.Run(in, func(t *testing.T) {
			host, err := soltiwasm.New(t.Context(), soltiwasm.Config{
				Engine: wazero.Engine{}, Env: task.Env{{Key: "T", Value: secret}},
				Runners: []soltiwasm.Registration{{Runner: indiscreet{in}}},
			})
			if err != nil {
				t.Fatal(err)
			}
			defer host.Close()
			spec := spec
			if in == "policy" {
				spec.Restart.Policy = secret
			}
			d, err := host.Route(t.Context(), spec)
			for _, c := range d.Candidates() {
				if strings.Contains(c.Detail, secret) {
					t.Errorf("a candidate: %s", c.Detail)
				}
			}
			result := host.Run(t.Context(), spec, soltiwasm.Output{})
			if in == "function" {
				spec.Kind = task.Embedded{}
				h, err := host.SubmitFunc(spec, func(context.Context, soltiwasm.Work) (string, error) { return "", errors.New(secret) }, soltiwasm.Output{})
				if err != nil {
					t.Fatal(err)
				}
				if result, err = h.Wait(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			if result.Err == nil {
				t.Error("no error")
			}
			for _, err := range []error{err, result.Err} {
				if err != nil && strings.Contains(err.Error(), secret) {
					t.Errorf("an error: %v", err)
				}
			}
		})
	}
}

func TestRegistrationKinds(t *testing.T) {
	for _, kinds := range [][]string{{}, {"A B"}, {task.KindEmbedded}} {
		_, err := soltiwasm.New(t.Context(), soltiwasm.Config{
			Engine: wazero.Engine{}, Runners: []soltiwasm.Registration{{Runner: indiscreet{}, Kinds: kinds}},
		})
		if err == nil || !strings.Contains(err.Error(), "runner indiscreet: kinds: ") {
			t.Errorf("%q: %v", kinds, err)
		}
	}
}
