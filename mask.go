package soltiwasm

import (
	"strconv"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/task"
)

// NewMask returns the mask that hides the values of an environment, as they are and as they show in a text that quotes
// or escapes them: in JSON, which is how a guest gets them all at once, in an error's quotes, and where control characters
// are written out.
func NewMask(env task.Env) *task.Mask {
	values := env.Values()
	for _, value := range env.Values() {
		quoted := func(s string) string { return s[1 : len(s)-1] }
		for _, form := range []string{
			quoted(string(document.NewString(value).AppendJSON(nil))), quoted(strconv.Quote(value)), hostfuncs.Escape(value),
		} {
			if form != value {
				values = append(values, form)
			}
		}
	}
	return task.NewMask(values)
}

// Mask hides the environment's values in a text that comes from a spec, a guest or a task. It is nil, which hides
// nothing, with Config.ShowEnv.
func (h *Host) Mask() *task.Mask { return h.mask }

// masked hides the values in an error's words; what it wraps is the same.
func masked(mask *task.Mask, err error) error {
	if err == nil {
		return nil
	}
	if te, ok := err.(*task.Error); ok {
		hidden := *te
		hidden.Message = mask.Text(te.Message)
		return &hidden
	}
	if text := mask.Text(err.Error()); text != err.Error() {
		return &maskedError{text, err}
	}
	return err
}

// maskedError is an error in whose words values are hidden.
type maskedError struct {
	text string
	err  error
}

func (e *maskedError) Error() string { return e.text }

func (e *maskedError) Unwrap() error { return e.err }
