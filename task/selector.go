package task

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Selector chooses runners by their labels. Everything in it must hold; an empty one holds for all, and so does a nil
// one. [ParseSelector] reads its text form.
type Selector struct {
	MatchLabels      map[string]string
	MatchExpressions []Requirement
}

// Requirement is one expression of a Selector.
type Requirement struct {
	Key      string
	Operator Operator
	Values   []string // at least one for In and NotIn, none for Exists and DoesNotExist
}

// Operator is one of the constants below.
type Operator string

// The operators, as files write them.
const (
	In           Operator = "In"           // the key is there and its value is listed
	NotIn        Operator = "NotIn"        // the key is missing or its value is not listed
	Exists       Operator = "Exists"       // the key is there, with any value
	DoesNotExist Operator = "DoesNotExist" // the key is missing
)

// Matches reports whether everything in the selector holds for labels. Keys and values are compared byte by byte;
// labels that the selector doesn't mention don't matter. It doesn't allocate.
func (s *Selector) Matches(labels Labels) bool {
	if s == nil {
		return true
	}
	for key, want := range s.MatchLabels {
		if value, ok := labels[key]; !ok || value != want {
			return false
		}
	}
	for i := range s.MatchExpressions {
		if !s.MatchExpressions[i].Matches(labels) {
			return false
		}
	}
	return true
}

// Matches reports whether the requirement holds for labels. An unknown operator never does.
func (r *Requirement) Matches(labels Labels) bool {
	value, ok := labels[r.Key]
	switch r.Operator {
	case In:
		return ok && slices.Contains(r.Values, value)
	case NotIn:
		return !ok || !slices.Contains(r.Values, value)
	case Exists:
		return ok
	case DoesNotExist:
		return !ok
	}
	return false
}

// Mismatch explains why the selector doesn't match a runner with these labels: the first requirement, in the order of
// [Selector.String], that doesn't hold, and what the runner has instead, such as "zone in (eu,us): runner has zone=ap".
// It is empty when the selector matches.
func (s *Selector) Mismatch(labels Labels) string {
	if s.Matches(labels) {
		return ""
	}
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		if value, ok := labels[key]; !ok || value != s.MatchLabels[key] {
			return key + "=" + s.MatchLabels[key] + has(labels, key)
		}
	}
	for i := range s.MatchExpressions {
		if r := &s.MatchExpressions[i]; !r.Matches(labels) {
			return r.String() + has(labels, r.Key)
		}
	}
	return ""
}

func has(labels Labels, key string) string {
	if value, ok := labels[key]; ok {
		return ": runner has " + key + "=" + value
	}
	return ": runner has no label " + key
}

// String returns the text form: MatchLabels as "k=v", sorted by key, then MatchExpressions in their order as
// "k in (a,b)", "k notin (a,b)", "k" and "!k", joined by commas. For a valid selector [ParseSelector] reads it back to an
// equal one. It is empty for an empty or nil one.
func (s *Selector) String() string {
	if s == nil {
		return ""
	}
	var parts []string
	for _, key := range slices.Sorted(maps.Keys(s.MatchLabels)) {
		parts = append(parts, key+"="+s.MatchLabels[key])
	}
	for i := range s.MatchExpressions {
		parts = append(parts, s.MatchExpressions[i].String())
	}
	return strings.Join(parts, ",")
}

// String returns the requirement's text form; see [Selector.String].
func (r *Requirement) String() string {
	switch r.Operator {
	case In:
		return r.Key + " in (" + strings.Join(r.Values, ",") + ")"
	case NotIn:
		return r.Key + " notin (" + strings.Join(r.Values, ",") + ")"
	case Exists:
		return r.Key
	case DoesNotExist:
		return "!" + r.Key
	}
	return fmt.Sprintf("%s %s?", r.Key, r.Operator)
}

// Validate checks the keys and values by the rules of [Labels.Validate], the operators and the number of values, and
// returns all breaches as [Faults] or nil. A nil selector is valid.
func (s *Selector) Validate() error {
	if s == nil {
		return nil
	}
	var c checker
	c.selector("", s)
	return c.err()
}

func (c *checker) selector(path string, s *Selector) {
	c.labels(member(path, "matchLabels"), s.MatchLabels)
	list := member(path, "matchExpressions")
	for i := range s.MatchExpressions {
		c.requirement(index(list, i), &s.MatchExpressions[i])
	}
}

func (c *checker) requirement(path string, r *Requirement) {
	if fault := labelKeyFault(r.Key); fault != "" {
		c.add(path+".key", "label key %s", fault)
	}
	values := path + ".values"
	switch r.Operator {
	case In, NotIn:
		if len(r.Values) == 0 {
			c.add(values, "selector requirement %s with operator %s must have non-empty values", quote(r.Key), r.Operator)
		}
	case Exists, DoesNotExist:
		if len(r.Values) > 0 {
			c.add(values, "selector requirement %s with operator %s must have empty values", quote(r.Key), r.Operator)
		}
	default:
		c.add(path+".operator", "unknown operator %s; one of %s, %s, %s, %s",
			quote(string(r.Operator)), In, NotIn, Exists, DoesNotExist)
	}
	for i, value := range r.Values {
		if fault := labelValueFault(value); fault != "" {
			c.add(index(values, i), "label value %s", fault)
		}
	}
}
