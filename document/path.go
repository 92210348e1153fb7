package document

import (
	"strconv"
	"strings"
)

// Key is the path of an object's field: `kind` and `subprocess` make `kind.subprocess`, a key that is no plain word
// `labels["example.io/team"]`. A key of more than 128 bytes is cut.
func Key(path, key string) string {
	key = clip(key, maxKey) // a hostile key must not make every path below it long
	if !plainWord(key) {
		return path + "[" + strconv.Quote(key) + "]"
	}
	if path == "" {
		return key
	}
	return path + "." + key
}

// Item is the path of an array's item: `env` and 2 make `env[2]`.
func Item(path string, i int) string { return path + "[" + strconv.Itoa(i) + "]" }

// plainWord says whether a key stands in a path without quotes.
func plainWord(s string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		letter := c|0x20 >= 'a' && c|0x20 <= 'z' || c == '_'
		if !letter && (i == 0 || c != '-' && (c < '0' || c > '9')) {
			return false
		}
	}
	return s != ""
}

// Find is the node at a path as [Key] and [Item] make it, or its nearest ancestor that exists: it gives a place to a fault that
// knows its path only. A path that is no such path leads as far as it can be read. It is nil only when n is.
func (n *Node) Find(path string) *Node {
	for path != "" {
		next, rest := n.step(path)
		if next == nil {
			break
		}
		n, path = next, rest
	}
	return n
}

// step goes one key or item along path; nil when there is no such child, or no way to read path.
func (n *Node) step(path string) (child *Node, rest string) {
	if !strings.HasPrefix(path, "[") {
		word := strings.TrimPrefix(path, ".")
		if i := strings.IndexAny(word, ".["); i >= 0 {
			word, rest = word[:i], word[i:]
		}
		return n.Get(word), rest
	}
	if key, err := strconv.QuotedPrefix(path[1:]); err == nil {
		rest, closed := strings.CutPrefix(path[1+len(key):], "]")
		if key, err = strconv.Unquote(key); err != nil || !closed {
			return nil, ""
		}
		return n.Get(key), rest
	}
	digits, rest, closed := strings.Cut(path[1:], "]")
	i, err := strconv.Atoi(digits)
	if !closed || err != nil {
		return nil, ""
	}
	return n.item(i), rest
}

// item is the i-th item of an Array, or nil.
func (n *Node) item(i int) *Node {
	if n == nil || n.Kind != Array || i < 0 || i >= len(n.Items) {
		return nil
	}
	return n.Items[i]
}

// At is the node at a JSON Pointer (RFC 6901), or nil when there is none. [Index.Lookup] is the fast way for many pointers.
func (n *Node) At(pointer string) *Node {
	if len(pointer) > maxPointer {
		return nil
	}
	for n != nil && pointer != "" {
		if pointer[0] != '/' {
			return nil
		}
		token := pointer[1:]
		if i := strings.IndexByte(token, '/'); i >= 0 {
			token = token[:i]
		}
		pointer = pointer[1+len(token):]
		n = n.child(token)
	}
	return n
}

// child is the child that one reference token of a JSON Pointer names.
func (n *Node) child(token string) *Node {
	switch n.Kind {
	case Object:
		if !validEscapes(token) {
			return nil
		}
		return n.Get(strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"))
	case Array:
		i, ok := arrayIndex(token, len(n.Items))
		if !ok {
			return nil
		}
		return n.Items[i]
	}
	return nil
}

// validEscapes says whether each ~ of a reference token is followed by 0 or 1.
func validEscapes(token string) bool {
	for i := 0; i < len(token); i++ {
		if token[i] != '~' {
			continue
		}
		if i++; i == len(token) || token[i] != '0' && token[i] != '1' {
			return false
		}
	}
	return true
}

// arrayIndex reads a reference token as an index into an array of length n: digits without leading zeros (RFC 6901, section 4).
func arrayIndex(token string, n int) (int, bool) {
	if len(token) == 0 || token[0] == '0' && len(token) > 1 {
		return 0, false
	}
	i := 0
	for _, c := range []byte(token) {
		if c < '0' || c > '9' {
			return 0, false
		}
		if i = i*10 + int(c-'0'); i >= n { // before it can overflow
			return 0, false
		}
	}
	return i, true
}
