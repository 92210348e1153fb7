package document_test

import (
	"bytes"
	"encoding/json"
	"io"
	"math/big"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

// Whatever bytes come: no panic, lines within the stream, and a canonical form that reads back to itself, by both readers.
func FuzzParseYAML(f *testing.F) {
	addFiles(f, "testdata/seeds/*")
	for _, tt := range streamTests {
		f.Add([]byte(tt.in))
	}
	f.Add([]byte(sampleYAML))
	f.Fuzz(func(t *testing.T, data []byte) {
		docs, err := document.ParseYAML(data, document.Bounds{Bytes: 1 << 16})
		if err != nil {
			return
		}
		lines := 1 + bytes.Count(data, []byte("\n")) + bytes.Count(data, []byte("\r"))
		for i, doc := range docs {
			if doc.Number != i+1 || doc.Line < 1 || doc.Line > lines {
				t.Fatalf("document %d has the number %d and the line %d of %d", i+1, doc.Number, doc.Line, lines)
			}
			if (doc.Root == nil) == (doc.Err == nil) {
				t.Fatalf("root %v and error %v", doc.Root, doc.Err)
			}
			if doc.Root != nil {
				sameAgain(t, doc.Root)
			} else {
				_ = doc.Err.Error()
			}
		}
	})
}

// sameAgain reads the canonical form of a tree by both readers, and its index.
func sameAgain(t *testing.T, root *document.Node) {
	t.Helper()
	canonical := root.AppendJSON(nil)
	if !json.Valid(canonical) {
		t.Fatalf("not JSON: %s", canonical)
	}
	again, err := document.ParseJSON(canonical, document.Bounds{})
	if err != nil {
		t.Fatalf("%s: %v", canonical, err)
	}
	if got := again.AppendJSON(nil); !bytes.Equal(got, canonical) {
		t.Fatalf("by JSON: %s becomes %s", canonical, got)
	}
	if got := document.NewIndex(root).JSON(); !bytes.Equal(got, canonical) {
		t.Fatalf("the index of %s holds %s", canonical, got)
	}
}

// ParseJSON takes what encoding/json takes, and reads the same, but for what it refuses by intent.
func FuzzParseJSON(f *testing.F) {
	addFiles(f, "testdata/seeds/*")
	for _, s := range []string{`{"a":[1,-0,1.5e3,"\u00e9\ud83d\ude00"],"b":{"c":null,"d":[true,false]}}`, `[1e400]`, `{"a":1,"a":2}`, `"\ud800"`, ` 1 `, `01`,
		`"\u12"`, `[1,]`, "\"\x01\"", `nul`, `-`, `[[[[]]]]`, `18446744073709551616`, "\"\xff\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := document.ParseJSON(data, document.Bounds{Depth: 9000})
		var want any
		wantErr := decode(data, &want)
		if err != nil {
			if wantErr == nil && !refusedByIntent(data, want) {
				t.Fatalf("encoding/json takes %q, and ParseJSON says %v", data, err)
			}
			return
		}
		if wantErr != nil {
			t.Fatalf("encoding/json says %v of %q, and ParseJSON takes it", wantErr, data)
		}
		if err := same(root, want); err != "" {
			t.Fatalf("%q: %s", data, err)
		}
		sameAgain(t, root)
		sameAsYAML(t, data, root)
	})
}

// sameAsYAML reads JSON by the YAML library too, which a comment at the end makes necessary: where it can be read, it is the same.
func sameAsYAML(t *testing.T, data []byte, root *document.Node) {
	t.Helper()
	docs, err := document.ParseYAML(append(bytes.Clone(data), "\n# a comment"...), document.Bounds{})
	if err != nil || len(docs) != 1 || docs[0].Err != nil {
		return
	}
	if got, want := docs[0].Root.AppendJSON(nil), root.AppendJSON(nil); !bytes.Equal(got, want) {
		t.Fatalf("%q is %s, and as YAML it is %s", data, want, got)
	}
}

func decode(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); err != io.EOF {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// refusedByIntent says whether JSON that encoding/json takes has duplicate keys, bytes that aren't UTF-8, lone surrogates (both
// show as U+FFFD) or numbers beyond float64.
func refusedByIntent(data []byte, v any) bool {
	return bytes.ContainsRune(data, '\uFFFD') || strings.Contains(strings.ToLower(string(data)), `\ud`) || strings.Contains(string(data), `\uD`) ||
		!bytes.Equal(bytes.ToValidUTF8(data, nil), data) || hasHugeNumber(v) || hasDuplicates(data)
}

func hasHugeNumber(v any) bool {
	switch v := v.(type) {
	case json.Number:
		_, err := v.Float64()
		return err != nil
	case []any:
		for _, item := range v {
			if hasHugeNumber(item) {
				return true
			}
		}
	case map[string]any:
		for _, item := range v {
			if hasHugeNumber(item) {
				return true
			}
		}
	}
	return false
}

// hasDuplicates walks the tokens of encoding/json.
func hasDuplicates(data []byte) bool {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var walk func() bool
	walk = func() bool {
		token, err := d.Token()
		if err != nil {
			return false
		}
		delim, ok := token.(json.Delim)
		if !ok {
			return false
		}
		seen, found := map[string]bool{}, false
		for d.More() {
			if delim == '{' {
				key, err := d.Token()
				if err != nil {
					return found
				}
				name, _ := key.(string)
				found = found || seen[name]
				seen[name] = true
			}
			found = walk() || found
		}
		_, _ = d.Token()
		return found
	}
	return walk()
}

// same compares a tree with what encoding/json made of the same text, and says what differs.
func same(n *document.Node, want any) string {
	switch want := want.(type) {
	case nil:
		return differs(n.Kind == document.Null, n, want)
	case bool:
		return differs(n.Kind == document.Bool && n.Text == strconv.FormatBool(want), n, want)
	case string:
		return differs(n.Kind == document.String && n.Text == want, n, want)
	case json.Number:
		return differs(n.Kind == document.Number && sameNumber(n.Text, string(want)), n, want)
	case []any:
		if n.Kind != document.Array || len(n.Items) != len(want) {
			return differs(false, n, want)
		}
		for i, item := range n.Items {
			if s := same(item, want[i]); s != "" {
				return s
			}
		}
	case map[string]any:
		if n.Kind != document.Object || len(n.Fields) != len(want) {
			return differs(false, n, want)
		}
		for _, field := range n.Fields {
			value, ok := want[field.Key]
			if !ok {
				return differs(false, n, want)
			}
			if s := same(field.Value, value); s != "" {
				return s
			}
		}
	}
	return ""
}

func differs(same bool, n *document.Node, want any) string {
	if same {
		return ""
	}
	return string(n.AppendJSON(nil)) + " differs from " + strings.TrimSpace(reflect.ValueOf(&want).Elem().Elem().String())
}

// sameNumber says whether two literals are one number: exactly for integers of int64 and uint64, as floats otherwise.
func sameNumber(a, b string) bool {
	if i, ok := new(big.Int).SetString(b, 10); ok && (i.IsInt64() || i.IsUint64()) {
		j, ok := new(big.Int).SetString(a, 10)
		return ok && i.Cmp(j) == 0
	}
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	return errX == nil && errY == nil && x == y
}

// Lookup finds what a walk of the tree by RFC 6901 finds.
func FuzzPointer(f *testing.F) {
	f.Add(`{"a":{"b":[1,"x\n",{"c/d":null,"~":true}]}}`, "/a/b/2/c~1d")
	f.Add(`{"a":{"b":[1,"x\n",{"c/d":null,"~":true}]}}`, "/a/b/2/~0")
	f.Add(`{"":{"":[]},"a~b/c":"\u0001","~1":1}`, "/a~0b~1c")
	f.Add(`{"~1":1,"/":2,"~01":3}`, "/~01")
	f.Add(`[[1,2],[3]]`, "/1/0")
	f.Add(`["0"]`, "/00")
	f.Add(`"text"`, "")
	f.Add(`[0]`, "/-")
	f.Fuzz(func(t *testing.T, text, pointer string) {
		root, err := document.ParseJSON([]byte(text), document.Bounds{})
		if err != nil {
			return
		}
		want, found := walk(root, pointer)
		got, ok := document.NewIndex(root).Lookup([]byte(pointer))
		if ok != found || string(got) != want {
			t.Fatalf("%q in %s: got %q, %t, want %q, %t", pointer, text, got, ok, want, found)
		}
		if at := root.At(pointer); (at != nil) != found {
			t.Fatalf("%q in %s: At finds %v, want found %t", pointer, text, at, found)
		}
	})
}

// walk is RFC 6901 written down as plainly as possible.
func walk(n *document.Node, pointer string) (value string, found bool) {
	tokens := strings.Split(pointer, "/")
	if len(pointer) > 4096 || tokens[0] != "" {
		return "", false
	}
	for _, token := range tokens[1:] {
		if strings.Contains(strings.NewReplacer("~0", "", "~1", "").Replace(token), "~") {
			return "", false
		}
		key := strings.NewReplacer("~0", "~", "~1", "/").Replace(token)
		var next *document.Node
		switch n.Kind {
		case document.Object:
			for _, f := range n.Fields {
				if f.Key == key {
					next = f.Value
				}
			}
		case document.Array:
			for i, item := range n.Items {
				if strconv.Itoa(i) == token {
					next = item
				}
			}
		}
		if next == nil {
			return "", false
		}
		n = next
	}
	if n.Kind == document.String {
		return n.Text, true
	}
	return string(n.AppendJSON(nil)), true
}

// What AppendYAML writes reads back the same.
func FuzzAppendYAML(f *testing.F) {
	for _, tt := range emitTests {
		f.Add([]byte(tt.json))
	}
	addFiles(f, "testdata/seeds/*")
	f.Fuzz(func(t *testing.T, data []byte) {
		root, err := document.ParseJSON(data, document.Bounds{Bytes: 1 << 16})
		if err != nil {
			return
		}
		readsBack(t, root)
	})
}

// readsBack parses the YAML of a tree and wants the same tree, and that YAML of it again.
func readsBack(t *testing.T, root *document.Node) {
	t.Helper()
	text := root.AppendYAML(nil)
	docs, err := document.ParseYAML(text, document.Bounds{})
	if err != nil || len(docs) != 1 || docs[0].Err != nil {
		t.Fatalf("%q becomes %q: %v, %+v", root.AppendJSON(nil), text, err, docs)
	}
	if got, want := docs[0].Root.AppendJSON(nil), root.AppendJSON(nil); !bytes.Equal(got, want) {
		t.Fatalf("%q becomes %q, which reads as %q", want, text, got)
	}
	if got := docs[0].Root.AppendYAML(nil); !bytes.Equal(got, text) {
		t.Fatalf("%q becomes %q at the second time", text, got)
	}
}

// addFiles adds each file as a seed.
func addFiles(f *testing.F, pattern string) {
	f.Helper()
	names, err := filepath.Glob(pattern)
	if err != nil || len(names) == 0 {
		f.Fatalf("no seeds at %s: %v", pattern, err)
	}
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
}
