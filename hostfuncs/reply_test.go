package hostfuncs_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/hostfuncs"
)

// reply puts text into memory and replies it.
func (g *guest) reply(text string) {
	g.t.Helper()
	ptr, n := g.put(0, text)
	g.ok("reply", ptr, n)
}

func TestReply(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseName, hostfuncs.Call{})
	want := func(text string) {
		t.Helper()
		got, ok := g.instance.Reply()
		if string(got) != text || ok != (text != "") {
			t.Errorf("the reply is %q, %v; want %q", got, ok, text)
		}
	}
	want("")
	g.reply("one")
	clear(g.memory) // a reply is copied out
	want("one")
	g.reply("another ä")
	want("another ä")
	g.reply("x")
	want("x")
	g.instance.End(g.ctx)
	want("x")
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	want("")
	g.reply("y")
	g.reply("")
	want("")
}

func TestReplyLimit(t *testing.T) {
	g := newGuest(t)
	g.runner.Limits.Reply = 1000
	g.begin(abi.PhaseBuild, hostfuncs.Call{})
	g.reply(strings.Repeat("a", 1000))
	_, err := g.call("reply", 0, 1001)
	var limit *hostfuncs.LimitError
	if !errors.As(err, &limit) || *limit != (hostfuncs.LimitError{Function: "reply", Limit: "reply", Value: 1000, Got: 1001}) {
		t.Errorf("1001 bytes: %v", err)
	}
	if got, _ := g.instance.Reply(); len(got) != 1000 {
		t.Errorf("the reply has %d bytes", len(got))
	}
}

func TestReplyUTF8(t *testing.T) {
	g := newGuest(t).begin(abi.PhaseBuild, hostfuncs.Call{})
	for text, words := range map[string]string{
		"abc\xff":          "reply: not valid UTF-8 at byte 3",
		"\xc0\xaf":         "reply: not valid UTF-8 at byte 0", // overlong
		"ä\xed\xa0\x80":    "reply: not valid UTF-8 at byte 2", // a surrogate
		"\xf4\x90\x80\x80": "reply: not valid UTF-8 at byte 0", // over U+10FFFF
	} {
		ptr, n := g.put(0, text)
		var bad *hostfuncs.TextError
		if err := g.fails(words, "reply", ptr, n); !errors.As(err, &bad) || bad.Function != "reply" {
			t.Errorf("%q: %T, want a *TextError", text, err)
		}
	}
	g.reply("\uFFFD\U0001F600")
}
