package hostfuncs

import (
	"strings"
	"unicode/utf8"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/task"
)

// maxKey bounds the bytes of a variable's key that a guest can ask for.
const maxKey = abi.MaxPointer

// Environment is what a runner may see of the build context's environment. It is never changed and safe for concurrent
// use. A nil Environment grants nothing.
type Environment struct {
	exact    map[string]bool
	prefixes []string
	values   map[string]string // the granted variables that are set
	all      []byte            // values as canonical JSON
}

// NewEnvironment makes the view of env that the operator's grants give: a pattern is a key, or the beginning of keys
// and a final "*". No pattern is no grant at all. Of a key that env has twice, the later value counts. Keys that a
// guest has no way to name, because they are empty, longer than 4 KiB or not UTF-8, are left out.
func NewEnvironment(env task.Env, patterns []string) *Environment {
	e := &Environment{exact: map[string]bool{}, values: map[string]string{}}
	for _, p := range patterns {
		if prefix, ok := strings.CutSuffix(p, "*"); ok {
			e.prefixes = append(e.prefixes, prefix)
		} else {
			e.exact[p] = true
		}
	}
	var fields []document.Field
	for _, v := range env {
		if v.Key == "" || len(v.Key) > maxKey || !utf8.ValidString(v.Key) || !e.covers([]byte(v.Key)) {
			continue
		}
		e.values[v.Key] = v.Value
		fields = append(fields, document.NewField(v.Key, document.NewString(v.Value)))
	}
	e.all = document.NewObject(fields...).AppendJSON(nil)
	return e
}

// grants says whether there is any grant.
func (e *Environment) grants() bool { return e != nil && len(e.exact)+len(e.prefixes) > 0 }

// covers says whether a grant covers key.
func (e *Environment) covers(key []byte) bool {
	if len(key) <= maxKey && e.exact[string(key)] {
		return true
	}
	for _, p := range e.prefixes {
		if len(key) >= len(p) && string(key[:len(p)]) == p {
			return true
		}
	}
	return false
}

// envGet is (key, key_len, buf, limit).
func envGet(f *Frame) error {
	ptr, n := f.U32(0), f.U32(1)
	e := f.host.runner.Env
	if n > maxKey {
		return longKey(f, e)
	}
	key, err := f.text(ptr, n)
	if err != nil {
		return err
	}
	switch {
	case !e.grants():
		return f.result(abi.Denied)
	case n == 0:
		return give(f, e.all, f.U32(2), f.U32(3))
	}
	if value, ok := e.values[string(key)]; ok {
		return give(f, value, f.U32(2), f.U32(3))
	}
	return absent(f, e, key)
}

// longKey answers for a key over maxKey, which is no variable's. Only as much of it is read as a grant is long.
func longKey(f *Frame, e *Environment) error {
	key, err := f.View(f.U32(0), f.U32(1))
	switch {
	case err != nil:
		return err
	case !e.grants():
		return f.result(abi.Denied)
	}
	return absent(f, e, key)
}

// absent answers for a key that isn't set, or not granted.
func absent(f *Frame, e *Environment, key []byte) error {
	if e.covers(key) {
		return f.result(abi.NoValue)
	}
	return f.result(abi.Denied)
}
