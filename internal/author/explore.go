package author

import (
	"context"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
)

// maxTries bounds the specs that are made up in search of one that build accepts.
const maxTries = 100

// explore finds a spec of a kind whose fields only the runner knows: it begins with an empty payload, fills in what the
// runner looks for, and keeps each value that changes what build says. The first and the last spec are kept as ordinary
// ones.
func (c *check) explore(ctx context.Context, r *registry.Runner, kind string) error {
	e := &explorer{check: c, runner: r, kind: kind, root: specOf(kind, document.NewObject())}
	best, err := e.ask(ctx, e.root)
	if err != nil || best == nil {
		return err
	}
	c.tried = append(c.tried, best)
	e.heard = append(e.heard, best.build.message())
	for !best.accepted() && e.tries < maxTries && !c.endless {
		better, err := e.improve(ctx, best)
		if err != nil {
			return err
		}
		if better == nil {
			break
		}
		best = better
	}
	if c.endless {
		return nil
	}
	full, err := e.ask(ctx, e.filled(best))
	if err != nil {
		return err
	}
	if full != nil && (full.accepted() || !best.accepted()) {
		best = full
	}
	if best != c.tried[len(c.tried)-1] {
		c.tried = append(c.tried, best)
	}
	return nil
}

// explorer is the search for one kind.
type explorer struct {
	check    *check
	runner   *registry.Runner
	kind     string
	root     *document.Node
	pointers []string // into the payload and the labels, in the order in which they were first asked for
	tries    int
	heard    []string // what build said: hearing it again is no progress
}

// ask tries a document and remembers what the runner looked for. It is nil if no host would give it to a runner.
func (e *explorer) ask(ctx context.Context, root *document.Node) (*tried, error) {
	s, ok := newSample(describe(root, e.kind), root)
	if !ok {
		return nil, nil
	}
	e.tries++
	t, err := e.check.ask(ctx, e.runner, s, false)
	if err != nil {
		return nil, err
	}
	for _, p := range t.lookups {
		inside := strings.HasPrefix(p, "/kind/"+escapeToken(e.kind)+"/") || strings.HasPrefix(p, "/labels/")
		if inside && !slices.Contains(e.pointers, p) && len(e.pointers) < maxVaried {
			e.pointers = append(e.pointers, p)
		}
	}
	return t, nil
}

// improve looks for a value of one field that takes the runner further; nil if there is none.
func (e *explorer) improve(ctx context.Context, best *tried) (*tried, error) {
	for i := 0; i < len(e.pointers); i++ {
		for _, v := range guesses(e.pointers[i]) {
			if e.tries >= maxTries || e.check.endless {
				return nil, nil
			}
			t, err := e.ask(ctx, put(best.root, tokens(e.pointers[i]), v))
			if err != nil {
				return nil, err
			}
			if t != nil && e.further(best, t) {
				return t, nil
			}
		}
	}
	return nil, nil
}

// further says whether the runner came further with the second than with the first.
func (e *explorer) further(before, now *tried) bool {
	switch {
	case now.supports.faulty() || now.supports.taken != before.supports.taken:
		return now.supports.taken
	case !now.supports.taken:
		return len(now.lookups) > len(before.lookups)
	case now.build.faulty():
		return false
	case now.accepted():
		return true
	}
	message := now.build.message()
	fresh := !slices.Contains(e.heard, message)
	e.heard = append(e.heard, message)
	return len(now.lookups) > len(before.lookups) || fresh && len(now.lookups) == len(before.lookups)
}

// filled is the best document with a first guess in every field that the runner looks for and that is empty.
func (e *explorer) filled(best *tried) *document.Node {
	root := best.root
	for _, p := range e.pointers {
		if _, there := best.index.Lookup([]byte(p)); !there {
			root = put(root, tokens(p), guesses(p)[0])
		}
	}
	return root
}

// guesses are values that a field may have, the likeliest by its name first.
func guesses(pointer string) []*document.Node {
	text := document.NewString
	values := []*document.Node{
		text("example"), document.NewInt(1), document.NewBool(true), document.NewArray(text("example")),
		document.NewObject(document.NewField("example", text("example"))), text("https://example.com/"), text("1s"), text("10"),
		document.NewInt(200), document.NewArray(document.NewObject()), document.NewObject(),
	}
	path := tokens(pointer)
	name := strings.ToLower(path[len(path)-1])
	likely := func(words ...string) bool {
		return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(name, w) })
	}
	switch {
	case likely("url", "uri", "endpoint", "href"):
		return append([]*document.Node{values[5]}, values...)
	case likely("status", "code"):
		return append([]*document.Node{values[8]}, values...)
	case likely("count", "size", "limit", "max", "min", "port", "number", "retries", "ms"):
		return append([]*document.Node{values[1]}, values...)
	case likely("timeout", "interval", "delay", "duration"):
		return append([]*document.Node{values[6], values[1]}, values...)
	case likely("args", "list", "items", "names"):
		return append([]*document.Node{values[3]}, values...)
	}
	return values
}
