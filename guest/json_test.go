package guest

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
	"unicode/utf8"
)

// FuzzJSON holds what is taken apart against encoding/json: canonical JSON comes out right, and nothing else hangs.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{``, `[`, `[]`, `{}`, `[1,"a",[2,"]"],{"b":"}"}]`, `{"a":"\n\u0001\"","b":[1]}`, `[,]`, `["a" ]`, `{"a"}`,
		`["\`, `["\u12`, `[1}`, `[[]`, `{"a":}`, `[1]x`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		items, isList := list(text)
		pairs, isObject := object(text)
		if isList && isObject {
			t.Fatalf("%q is both", text)
		}
		document, ok := canonical(text)
		if !ok {
			return
		}
		switch v := document.(type) {
		case []any:
			want := []string{}
			for _, item := range v {
				want = append(want, plain(t, item))
			}
			if !isList || !reflect.DeepEqual(items, want) {
				t.Errorf("%q: %q, want %q", text, items, want)
			}
		case map[string]any:
			want := map[string]string{}
			for key, item := range v {
				want[key] = plain(t, item)
			}
			got := map[string]string{}
			for _, p := range pairs {
				got[p.Key] = p.Value
			}
			if !isObject || !reflect.DeepEqual(got, want) {
				t.Errorf("%q: %q, want %q", text, got, want)
			}
		default:
			if isList || isObject {
				t.Errorf("%q is taken for a list or object", text)
			}
		}
	})
}

// canonical parses text if it is what encoding/json would write itself.
func canonical(text string) (any, bool) {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return nil, false
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if e.Encode(v) != nil {
		return nil, false
	}
	return v, b.String() == text+"\n"
}

func plain(t *testing.T, v any) string {
	if s, ok := v.(string); ok {
		return s
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSuffix(b.Bytes(), []byte("\n")))
}

// FuzzAppendString holds what is written against encoding/json.
func FuzzAppendString(f *testing.F) {
	for _, seed := range []string{"", "a\"b\\", "\x00\x1f\x7f", "é\u2028\U0001f600", "\xff\xed\xa0\x80", "\ufffd"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b := appendString(nil, s)
		var got string
		if err := json.Unmarshal(b, &got); err != nil || !utf8.Valid(b) {
			t.Fatalf("%q: %s: %v", s, b, err)
		}
		want := string([]rune(s)) // each bad byte is U+FFFD
		if got != want {
			t.Errorf("%q is read back as %q, want %q", s, got, want)
		}
	})
}
