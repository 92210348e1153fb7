package registry

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
)

// failingCompiler fails.
type failingCompiler struct{ err error }

func (c failingCompiler) Compile(context.Context, []byte) error { return c.err }

func TestWhatACompilersErrorMeans(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	for _, test := range []struct {
		ctx  context.Context
		err  error
		code Code
	}{
		{t.Context(), errors.New("invalid function[3]"), CodeMalformed},
		{t.Context(), fmt.Errorf("%w: killed", ErrCompilerMemory), CodeLimit},
		{ended, context.Canceled, CodeTimeout},
	} {
		g := &Registry{config: Config{Compiler: failingCompiler{test.err}}}
		r := &Runner{limits: abi.DefaultLimits(), score: inProcess + 1}
		if _, rejection := g.compile(test.ctx, r, nil); rejection == nil || rejection.Code != test.code {
			t.Errorf("%v: rejected as %+v, want %s", test.err, rejection, test.code)
		}
	}
	g := &Registry{}
	if _, rejection := g.compile(t.Context(), &Runner{limits: abi.DefaultLimits(), score: inProcess + 1}, nil); rejection == nil || rejection.Code != CodeLimit {
		t.Errorf("without a compiler: %+v", rejection)
	}
}
