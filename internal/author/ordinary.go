package author

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// strangeKind is a kind that no runner can know.
const strangeKind = "soltiwasm-check"

// tried is a sample and what the runner made of it.
type tried struct {
	sample
	supports answer
	build    answer // of a sample that was taken
	lookups  []string
	limits   map[string][]int // rooms that the runner had for what it looked up, by the pointer
}

// built says whether there is a task.
func (t *tried) built() bool { return t.supports.taken && t.build.seen != nil && t.build.err == nil }

// accepted says whether build said that it built a task, whatever the host thinks of that.
func (t *tried) accepted() bool {
	return t.supports.taken && t.build.seen != nil && !t.build.faulty() && t.build.status() == abi.BuildOK
}

// ordinary tries the specs that the author gave and such as an author has in mind.
func (c *check) ordinary(ctx context.Context, r *registry.Runner) error {
	for _, item := range c.given {
		s, ok := givenSample(item)
		if !ok {
			continue
		}
		t, err := c.ask(ctx, r, s, false)
		if err != nil {
			return err
		}
		c.tried = append(c.tried, t)
		if !t.supports.taken && !t.supports.faulty() {
			c.findings.each(codeNotTaken, "supports answered 0 for %s", s.name)
		}
	}
	kinds := c.manifest.Kinds
	if len(kinds) == 0 {
		kinds = []string{task.KindSubprocess, task.KindWasm, task.KindContainer, strangeKind}
	}
	for i := 0; i < len(kinds) && !c.endless; i++ {
		if err := c.kind(ctx, r, kinds[i]); err != nil {
			return err
		}
		if len(c.manifest.Kinds) == 0 {
			kinds = c.addKinds(kinds)
		}
	}
	c.kinds = kinds
	return nil
}

// kind tries specs of a kind.
func (c *check) kind(ctx context.Context, r *registry.Runner, kind string) error {
	if !isBuiltin(kind) {
		return c.explore(ctx, r, kind)
	}
	for _, s := range builtinSamples(kind) {
		if c.endless {
			break
		}
		t, err := c.ask(ctx, r, s, false)
		if err != nil {
			return err
		}
		c.tried = append(c.tried, t)
	}
	return nil
}

// maxKinds bounds the kinds that a runner without a list of them is tried with.
const maxKinds = 12

// addKinds adds the kinds that the runner looked for.
func (c *check) addKinds(kinds []string) []string {
	for _, t := range c.tried {
		for _, pointer := range t.lookups {
			path := tokens(pointer)
			if len(path) < 2 || path[0] != "kind" || len(kinds) >= maxKinds {
				continue
			}
			if kind := path[1]; task.ValidateKindName(kind) == nil && kind != task.KindEmbedded && !slices.Contains(kinds, kind) {
				kinds = append(kinds, kind)
			}
		}
	}
	return kinds
}

// ask tries one sample. An unusual one was made up to be difficult.
func (c *check) ask(ctx context.Context, r *registry.Runner, s sample, unusual bool) (*tried, error) {
	t := &tried{sample: s}
	var err error
	if t.supports, err = c.trial.supports(ctx, r, s.index); err != nil {
		return nil, err
	}
	c.judgeSupports(t, unusual)
	t.look(t.supports)
	if t.supports.taken {
		if t.build, err = c.trial.build(ctx, r, s.index); err != nil {
			return nil, err
		}
		c.judgeBuild(t, unusual)
		t.look(t.build)
		if !unusual {
			c.judgeDropped(t, t.build.seen)
		}
	}
	return t, nil
}

// maxRooms bounds the limits that are remembered of one pointer.
const maxRooms = 3

// look remembers the pointers that a call asked for, and with which limits.
func (t *tried) look(a answer) {
	for _, l := range a.seen.lookups {
		if !slices.Contains(t.lookups, l.pointer) {
			t.lookups = append(t.lookups, l.pointer)
		}
		n := int(l.limit)
		if have := t.limits[l.pointer]; n > 0 && n < hugeText && len(have) < maxRooms && !slices.Contains(have, n) {
			if t.limits == nil {
				t.limits = map[string][]int{}
			}
			t.limits[l.pointer] = append(have, n)
		}
	}
}

func (c *check) judgeSupports(t *tried, unusual bool) {
	a := t.supports
	switch {
	case a.faulty():
		c.fault(a.seen, t.on(), unusual)
	case a.err != nil:
		c.findings.add(codeAnswer, "", "supports returned %d%s", a.seen.result, t.on())
	case !unusual:
		c.measure(a.seen)
	}
}

func (c *check) judgeBuild(t *tried, unusual bool) {
	a := t.build
	switch {
	case a.faulty():
		c.fault(a.seen, t.on(), unusual)
		return
	case a.status() < abi.BuildOK || a.status() > abi.BuildInternal:
		c.findings.add(codeStatus, "", "build returned %d%s", a.seen.result, t.on())
	case a.status() != abi.BuildOK:
		c.judgeRefusal(t, unusual)
	case a.code() == task.CodeInvalidReply:
		c.judgeReply(t, unusual)
	}
	if !unusual {
		c.measure(a.seen)
	}
}

// judgeRefusal looks at the words of a build that said no.
func (c *check) judgeRefusal(t *tried, unusual bool) {
	a := t.build
	switch {
	case a.seen.reply == 0:
		c.findings.add(codeSilent, "", "build returned %d without a reply%s", a.seen.result, t.on())
	case a.seen.reply > abi.MaxMessage && !unusual:
		c.findings.add(codeMessage, "", "build replied a message of %d bytes%s", a.seen.reply, t.on())
	}
	if _, reply, ok := strings.Cut(a.message(), "missing field: "); ok && strings.Contains(strings.ToLower(reply), "missing field") {
		c.findings.add(codeField, "", "the message reads %q%s", show(a.message()), t.on())
	}
}

// judgeReply says why a build that succeeded has no task. What an unusual spec can bring in is told apart: JSON that it
// broke is an error, and a value that a task can't have, such as a line break in a description, is not.
func (c *check) judgeReply(t *tried, unusual bool) {
	code := codeReply
	_, broken := errors.AsType[*document.SyntaxError](t.build.err)
	switch {
	case !c.hasRun && (t.build.seen.reply == 0 || strings.Contains(t.build.message(), "no export run")):
		code = codeNeedRun
	case unusual && !broken && c.findings.hasCode(codeReply):
		return
	case unusual && !broken:
		code = codeTaskValue
	}
	c.findings.add(code, "", "%s%s", t.build.message(), t.on())
}
