package taskfile_test

import (
	"bytes"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/soltihq/soltiwasm/document"
	"github.com/soltihq/soltiwasm/taskfile"
)

func compileSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(taskfile.Schema()))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	c.DefaultDraft(jsonschema.Draft2020)
	if err := c.AddResource("spec.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("spec.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// judge has the schema judge a tree.
func judge(t testing.TB, s *jsonschema.Schema, n *document.Node) error {
	t.Helper()
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(n.AppendJSON(nil)))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(value)
}

func TestSchemaAgreesWithReader(t *testing.T) {
	s := compileSchema(t)
	for name, text := range goodDocuments {
		n := root(t, text)
		spec, err := taskfile.Decode(n)
		if err != nil {
			t.Errorf("%s: the reader refuses it:\n%v", name, err)
			continue
		}
		if err := judge(t, s, n); err != nil {
			t.Errorf("%s: the schema refuses it:\n%v", name, err)
		}
		encoded, err := taskfile.Encode(spec)
		if err != nil {
			t.Errorf("%s: Encode: %v", name, err)
			continue
		}
		if err := judge(t, s, encoded); err != nil {
			t.Errorf("%s: the schema refuses what guests see of it:\n%v", name, err)
		}
	}
	for name, bad := range badDocuments {
		err := judge(t, s, root(t, bad.text))
		switch {
		case err == nil && !bad.beyond:
			t.Errorf("%s: the schema accepts it", name)
		case err != nil && bad.beyond:
			t.Errorf("%s: the schema refuses it, so it is not beyond it:\n%v", name, err)
		}
	}
}

// Whatever field a document of the schema has, the reader knows it, and the other way round.
func TestSchemaHasNoOtherFields(t *testing.T) {
	s := compileSchema(t)
	for name, text := range goodDocuments {
		n := root(t, text)
		more := document.NewObject(append(n.Fields[:len(n.Fields):len(n.Fields)],
			document.NewField("apiVersion", document.NewString("solti.io/v1")))...)
		if _, err := taskfile.Decode(more); err == nil {
			t.Errorf("%s: the reader accepts an unknown field", name)
		}
		if judge(t, s, more) == nil {
			t.Errorf("%s: the schema accepts an unknown field", name)
		}
	}
}

func TestSchemaIsACopy(t *testing.T) {
	taskfile.Schema()[0] = 'x'
	if taskfile.Schema()[0] != '{' {
		t.Error("a caller changed the schema")
	}
}
