package task

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Labels are a set of key/value pairs by the rules of Kubernetes ([Labels.Validate]). A nil Labels is an empty set.
type Labels map[string]string

// Bounds of labels, in bytes.
const (
	MaxLabelPrefix = maxSubdomain // the part of a key before "/"
	MaxLabelName   = 63           // the part of a key after "/", or all of a key without one
	MaxLabelValue  = 63
)

// Validate checks the keys and values and returns all breaches as [Faults], in the order of the keys, or nil.
//
// A key is a name of 1 to 63 bytes of [A-Za-z0-9._-] that begins and ends alphanumeric, after an optional prefix
// and a "/"; the prefix is a DNS subdomain (lower case) of at most 253 bytes. A value is like a name, or empty.
func (l Labels) Validate() error {
	var c checker
	c.labels("", l)
	return c.err()
}

// String returns the labels as "k=v,k=v", sorted by key.
func (l Labels) String() string {
	var b strings.Builder
	for i, key := range slices.Sorted(maps.Keys(l)) {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(key)
		b.WriteByte('=')
		b.WriteString(l[key])
	}
	return b.String()
}

func (c *checker) labels(path string, l map[string]string) {
	valid := true
	for key, value := range l {
		valid = valid && labelKeyFault(key) == "" && labelValueFault(value) == ""
	}
	if valid {
		return // the usual case needs no order
	}
	for _, key := range slices.Sorted(maps.Keys(l)) {
		if fault := labelKeyFault(key); fault != "" {
			c.add(member(path, key), "label key %s", fault)
		}
		if fault := labelValueFault(l[key]); fault != "" {
			c.add(member(path, key), "label value %s", fault)
		}
	}
}

const nameRule = `must hold only letters, digits, "-", "_" and ".", and begin and end with a letter or digit`

// labelKeyFault says what is wrong with a label's key; it is empty if nothing is.
func labelKeyFault(key string) string {
	if key == "" {
		return "must not be empty"
	}
	name := key
	if prefix, rest, found := strings.Cut(key, "/"); found {
		if strings.IndexByte(rest, '/') >= 0 {
			return "must contain at most one '/'"
		}
		if fault := subdomainFault(prefix); fault != "" {
			return "prefix " + fault
		}
		name = rest
	}
	switch {
	case name == "":
		return "name must not be empty"
	case len(name) > MaxLabelName:
		return fmt.Sprintf("name length %d exceeds max %d", len(name), MaxLabelName)
	case !qualifiedName(name):
		return "name " + nameRule
	}
	return ""
}

// labelValueFault says what is wrong with a label's value; it is empty if nothing is.
func labelValueFault(value string) string {
	switch {
	case len(value) > MaxLabelValue:
		return fmt.Sprintf("length %d exceeds max %d", len(value), MaxLabelValue)
	case value != "" && !qualifiedName(value):
		return nameRule
	}
	return ""
}

// Bounds of RFC 1123, in bytes.
const (
	maxSubdomain = 253
	maxDNSLabel  = 63
)

// subdomainFault says what is wrong with a DNS subdomain by RFC 1123, in lower case.
func subdomainFault(s string) string {
	switch {
	case s == "":
		return "must not be empty"
	case len(s) > maxSubdomain:
		return fmt.Sprintf("length %d exceeds max %d", len(s), maxSubdomain)
	}
	for label := range strings.SplitSeq(s, ".") {
		if len(label) > maxDNSLabel {
			return fmt.Sprintf("must be parts of at most %d bytes joined by dots, but one has %d", maxDNSLabel, len(label))
		}
		if !dnsLabel(label) {
			return `must hold only lower-case letters, digits, "-" and ".", and each part between dots begin and end with a letter or digit`
		}
	}
	return ""
}

func dnsLabel(s string) bool {
	for i := range len(s) {
		lower := s[i] >= 'a' && s[i] <= 'z' || s[i] >= '0' && s[i] <= '9'
		if !lower && (s[i] != '-' || i == 0 || i == len(s)-1) {
			return false
		}
	}
	return s != ""
}

func qualifiedName(s string) bool {
	for i := range len(s) {
		if !nameByte(s[i]) {
			return false
		}
	}
	return s != "" && alphanumeric(s[0]) && alphanumeric(s[len(s)-1])
}

func nameByte(b byte) bool { return alphanumeric(b) || b == '.' || b == '_' || b == '-' }

func alphanumeric(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9'
}
