package rows

import (
	"github.com/soltihq/soltiwasm/bench/compare"
)

// lazy asks runners that read two fields of the spec, and one in Go that parses it. What one string read from a bare host
// costs is the measure of the machine.
func lazy(b *Bench) (_ []Result, err error) {
	bare, err := NewBare(b)
	if err != nil {
		return nil, err
	}
	defer closing(&err, bare.Close)
	subjects := []compare.Subject{{Name: "string read", Do: bare.Read}}
	for _, g := range []struct {
		name string
		read func(string) ([]byte, error)
		from string
	}{
		{"C", b.Guest, "lazy"}, {"Go", b.GoGuest, "./guests/golazy"}, {"Go with JSON", b.GoGuest, "./guests/gojson"},
	} {
		module, err := g.read(g.from)
		if err != nil {
			return nil, err
		}
		ask, runners, err := b.asking(module)
		if err != nil {
			return nil, err
		}
		defer closing(&err, runners.Close)
		subjects = append(subjects, Subject(g.name, ask))
	}
	s, err := b.Method.Run(subjects...)
	if err != nil {
		return nil, err
	}
	return []Result{
		{"a guest in C, against a string read from the host", atMost(400.0/57, Times), s.Ratio("C", "string read"), Note(s, "C", "string read")},
		{"a guest in Go, against the same", atMost(700.0/57, Times), s.Ratio("Go", "string read"), Note(s, "Go")},
		{"a Go guest that parses JSON, against lazy reading", atLeast(500, Times), s.Ratio("Go with JSON", "Go"), Note(s, "Go with JSON")},
	}, nil
}
