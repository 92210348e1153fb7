package engine_test

import (
	"context"
	"errors"
	"io"
	"testing"

	"github.com/soltihq/soltiwasm/engine"
)

func TestErrorTexts(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
		is   error
	}{
		{&engine.TrapError{Kind: engine.TrapUnreachable}, "trap: unreachable", nil},
		{&engine.TrapError{Kind: engine.TrapUnreachable, Stack: "main()"}, "trap: unreachable", nil},
		{&engine.TrapError{Kind: engine.TrapDeadline, Err: context.Canceled}, "trap: stopped: context canceled", context.Canceled},
		{&engine.TrapError{Kind: engine.TrapHost, Err: io.EOF}, "EOF", io.EOF},
		{&engine.MemoryError{Need: 200, Limit: 100}, "the module begins with 200 bytes of memory, more than its limit of 100: raise the memory limit or build the module for less", nil},
		{&engine.PanicError{Func: "solti.log", Value: "boom"}, "host function solti.log panicked: boom", nil},
		{&engine.PanicError{Func: "solti.log", Value: io.EOF}, "host function solti.log panicked: EOF", io.EOF},
		{&engine.CacheDirError{Dir: "/x", Problem: "is odd", Remedy: "mend it"}, "cache directory /x is odd: mend it", nil},
	} {
		if got := test.err.Error(); got != test.want {
			t.Errorf("%#v reads %q, want %q", test.err, got, test.want)
		}
		if test.is != nil && !errors.Is(test.err, test.is) {
			t.Errorf("%q isn't %v", test.err, test.is)
		}
	}
}
