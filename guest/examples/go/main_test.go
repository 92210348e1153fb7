package main

import (
	"testing"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/guest/guesttest"
)

func TestRun(t *testing.T) {
	for _, c := range []struct{ spec, output, result string }{
		{
			`{"columns":["a","b"],"rows":[["x","10"],["y",9],["z","?"]],"sort":"b"}`,
			"a,b\r\ny,9\r\nx,10\r\nz,?\r\n", "3 rows",
		},
		{`{"columns":["a"],"rows":[["p,q"],["\"\n"]]}`, "a\r\n\"p,q\"\r\n\"\"\"\n\"\r\n", "2 rows"},
		{`{"columns":["a"],"rows":[["b"]]}`, "a\r\nb\r\n", "1 row"},
		{`{"columns":["a"],"rows":[]}`, "a\r\n", "0 rows"},
	} {
		got, err := guesttest.Host{Spec: `{"kind":{"table":` + c.spec + `}}`}.Run(runner)
		if err != nil || got.Output != c.output || got.Reply != c.result {
			t.Errorf("%s: printed %q and replied %q, %v", c.spec, got.Output, got.Reply, err)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	for _, c := range []struct {
		spec   string
		status abi.Status
		reply  string
	}{
		{`{}`, abi.BuildMissingField, "/kind/table/columns"},
		{`{"columns":["a"]}`, abi.BuildMissingField, "/kind/table/rows"},
		{
			`{"columns":["a","b"],"rows":[["x","y"],["z"]]}`, abi.BuildInvalidSpec,
			"/kind/table/rows/1: expected a list of 2, as there are columns",
		},
		{`{"columns":["a"],"rows":[],"sort":"b"}`, abi.BuildInvalidSpec, "/kind/table/sort: there is no such column"},
	} {
		got, err := guesttest.Host{Spec: `{"kind":{"table":` + c.spec + `}}`}.Build(runner)
		if err != nil || got.Status != c.status || got.Reply != c.reply {
			t.Errorf("%s: status %v, %q, %v", c.spec, got.Status, got.Reply, err)
		}
	}
}
