package task

import (
	"cmp"
	"slices"
)

// Env is a list of variables in the order in which they were given. Of two with the same key the later one counts.
type Env []Var

// Var is one variable.
type Var struct {
	Key   string // not empty, without "=" and NUL
	Value string // without NUL
}

// Get returns the value of key and whether it is set.
func (e Env) Get(key string) (string, bool) {
	for _, v := range slices.Backward(e) {
		if v.Key == key {
			return v.Value, true
		}
	}
	return "", false
}

// Values returns the values of all variables, also of those that a later duplicate overrides; for [NewMask].
func (e Env) Values() []string {
	values := make([]string, len(e))
	for i, v := range e {
		values[i] = v.Value
	}
	return values
}

// Merge returns the variables of both, sorted by key and without duplicates. Where both have a key the runner's value
// wins, since it is the operator's word; that is the rule of solti-runner 0.0.1. Neither input is changed.
func Merge(task, runner Env) Env {
	all := slices.Concat(task, runner)
	slices.SortStableFunc(all, func(a, b Var) int { return cmp.Compare(a.Key, b.Key) })
	merged := all[:0]
	for i, v := range all {
		if i+1 == len(all) || all[i+1].Key != v.Key {
			merged = append(merged, v)
		}
	}
	return merged
}
