package guesttest

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/soltihq/soltiwasm/abi"
)

// A document is what encoding/json makes of it, with number for numbers: nil, bool, number, string, []any and
// map[string]any.

// number is a number as canonical JSON has it.
type number string

// parse reads one JSON document as the real host does: no duplicate keys, a bounded depth, and numbers that
// are finite.
func parse(text string) (any, error) {
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	document, err := parseValue(d, 1)
	if err != nil {
		return nil, fmt.Errorf("no JSON document: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("no JSON document: something follows its end")
	}
	return document, nil
}

func parseValue(d *json.Decoder, depth int) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch v := token.(type) {
	case json.Delim:
		if depth > abi.MaxDepth {
			return nil, fmt.Errorf("more than %d levels", abi.MaxDepth)
		}
		if v == '[' {
			return parseList(d, depth)
		}
		return parseObject(d, depth)
	case json.Number:
		return canonical(v)
	}
	return token, nil
}

func parseList(d *json.Decoder, depth int) (any, error) {
	list := []any{}
	for d.More() {
		item, err := parseValue(d, depth+1)
		if err != nil {
			return nil, err
		}
		list = append(list, item)
	}
	_, err := d.Token()
	return list, err
}

func parseObject(d *json.Decoder, depth int) (any, error) {
	object := map[string]any{}
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		name := key.(string) // the decoder lets nothing else pass
		if _, twice := object[name]; twice {
			return nil, fmt.Errorf("the key %q is there twice", name)
		}
		if object[name], err = parseValue(d, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := d.Token()
	return object, err
}

// canonical is a number in the one form that guests see.
func canonical(n json.Number) (number, error) {
	if i, err := strconv.ParseInt(string(n), 10, 64); err == nil {
		return number(strconv.FormatInt(i, 10)), nil
	}
	if u, err := strconv.ParseUint(string(n), 10, 64); err == nil {
		return number(strconv.FormatUint(u, 10)), nil
	}
	f, err := n.Float64()
	if err != nil {
		return "", fmt.Errorf("the number %s is too large", n)
	}
	b, err := json.Marshal(f + 0) // -0 is 0
	return number(b), err
}

// lookup follows a JSON Pointer by the rules of the ABI.
func lookup(document any, pointer string) (any, bool) {
	if pointer == "" {
		return document, true
	}
	if pointer[0] != '/' || len(pointer) > abi.MaxPointer {
		return nil, false
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		rest := strings.NewReplacer("~0", "", "~1", "").Replace(token)
		if strings.Contains(rest, "~") {
			return nil, false
		}
		token = strings.NewReplacer("~0", "~", "~1", "/").Replace(token)
		ok := false
		switch v := document.(type) {
		case map[string]any:
			document, ok = v[token]
		case []any:
			i, err := strconv.Atoi(token)
			if ok = err == nil && 0 <= i && i < len(v) && strconv.Itoa(i) == token; ok {
				document = v[i]
			}
		}
		if !ok {
			return nil, false
		}
	}
	return document, true
}

// text is a value as a guest reads it: a string's text, or canonical JSON.
func text(document any) string {
	if s, ok := document.(string); ok {
		return s
	}
	return string(appendJSON(nil, document))
}

func appendJSON(b []byte, document any) []byte {
	switch v := document.(type) {
	case number:
		return append(b, v...)
	case string:
		return appendString(b, v)
	case []any:
		b = append(b, '[')
		for i, item := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(b, item)
		}
		return append(b, ']')
	case map[string]any:
		b = append(b, '{')
		for i, key := range sortedKeys(v) {
			if i > 0 {
				b = append(b, ',')
			}
			b = appendJSON(append(appendString(b, key), ':'), v[key])
		}
		return append(b, '}')
	}
	return fmt.Append(b, map[any]string{nil: "null", true: "true", false: "false"}[document])
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// appendString writes the short escapes, where there are any, for what JSON demands to be escaped.
func appendString(b []byte, s string) []byte {
	const short = "\"\\\b\f\n\r\t"
	b = append(b, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case strings.IndexByte(short, c) >= 0:
			b = append(b, '\\', `"\bfnrt`[strings.IndexByte(short, c)])
		case c < ' ':
			b = fmt.Appendf(b, `\u%04x`, c)
		default:
			b = append(b, c)
		}
	}
	return append(b, '"')
}
