package guesttest

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/guest"
)

// Trap is the error of a call that the real host ends, because the runner broke a rule of docs/abi.md.
type Trap struct {
	Phase    abi.Phase
	Function string // the host function that was called
	Reason   string
}

func (t *Trap) Error() string {
	return fmt.Sprintf("in %s the host traps %s: %s", t.Phase, t.Function, t.Reason)
}

// fake is the host's side of one call.
type fake struct {
	phase   abi.Phase
	sources [guest.SourceEnv]any // spec, configuration and task
	env     map[string]string
	grants  []string
	result  Result
	trapped *Trap
}

// call runs what the host calls. A trap unwinds it, as it does in the real host. Any other panic is the runner's own, and
// goes on to the test, which shows where it comes from.
func (f *fake) call(export func()) (err error) {
	defer func() {
		if p := recover(); p != nil && p != any(f.trapped) {
			panic(p)
		}
		f.phase = 0 // what the runner kept of the call is of no use any more
		if f.trapped != nil {
			err = f.trapped
		}
	}()
	export()
	return nil
}

// enter traps unless function may be called now.
func (f *fake) enter(function string) {
	for _, in := range abi.Imports() {
		if in.Name == function && in.Phases&f.phase == 0 {
			f.trap(function, "it may not be called in this phase")
		}
	}
}

func (f *fake) trap(function, format string, args ...any) {
	f.trapped = &Trap{Phase: f.phase, Function: function, Reason: fmt.Sprintf(format, args...)}
	panic(f.trapped)
}

// text traps unless s is UTF-8.
func (f *fake) text(function, s string) {
	if !utf8.ValidString(s) {
		f.trap(function, "the text %q is not UTF-8", s)
	}
}

func (f *fake) Get(source guest.Source, key string, buf []byte) int32 {
	function := [...]string{"spec_get", "config_get", "task_get", "env_get"}[source]
	f.enter(function)
	f.text(function, key)
	value, result := "", int32(0)
	if source == guest.SourceEnv {
		value, result = f.variable(key)
	} else if found, ok := lookup(f.sources[source], key); ok {
		value = text(found)
	} else {
		result = abi.NoValue
	}
	if result < 0 {
		return result
	}
	if len(value) <= len(buf) {
		copy(buf, value)
	}
	return int32(len(value))
}

// variable is env_get.
func (f *fake) variable(key string) (string, int32) {
	if len(f.grants) == 0 {
		return "", abi.Denied
	}
	if key == "" {
		all := map[string]any{}
		for k, v := range f.env {
			if k != "" && f.granted(k) {
				all[k] = v
			}
		}
		return text(all), 0
	}
	if !f.granted(key) {
		return "", abi.Denied
	}
	value, ok := f.env[key]
	if !ok {
		return "", abi.NoValue
	}
	return value, 0
}

func (f *fake) granted(key string) bool {
	for _, pattern := range f.grants {
		if prefix, open := strings.CutSuffix(pattern, "*"); key == pattern || open && strings.HasPrefix(key, prefix) {
			return true
		}
	}
	return false
}

func (f *fake) Reply(reply []byte) {
	const function = "reply"
	f.enter(function)
	if limit := abi.DefaultLimits().Reply; int64(len(reply)) > limit {
		f.trap(function, "%d bytes are more than the limit of %d", len(reply), limit)
	}
	f.text(function, string(reply))
	f.result.Reply = string(reply)
}

func (f *fake) Log(level guest.Level, text string) {
	f.enter("log")
	if level < guest.LevelDebug || level > guest.LevelError {
		f.trap("log", "there is no level %d", level)
	}
	f.result.Logs = append(f.result.Logs, Log{level, strings.ToValidUTF8(text, "\ufffd")})
}

func (f *fake) Print(text string) { f.result.Output += text }
