package document

import (
	"fmt"

	"go.yaml.in/yaml/v4"
)

// converter makes a tree of nodes of the YAML library's.
type converter struct {
	builder
	bounds   Bounds
	lines    int // lines of the stream before the part
	bytes    int // of the canonical form so far
	anchored map[*yaml.Node]*anchored
}

// anchored is a node that aliases can repeat.
type anchored struct {
	node   *Node // nil while it is being converted
	values int   // what repeating it costs
	bytes  int
	height int
}

// convert makes a tree of a YAML document, whose lines are counted from lines+1 on.
func convert(doc *yaml.Node, lines int, b Bounds) (*Node, error) {
	if doc.Kind != yaml.DocumentNode || len(doc.Content) != 1 {
		return nil, &SyntaxError{Line: lines + 1, Message: "no document"}
	}
	c := &converter{bounds: b, lines: lines, anchored: map[*yaml.Node]*anchored{}}
	root, _, err := c.value(doc.Content[0], 0)
	if err != nil {
		return nil, err
	}
	if err := c.faults.err(); err != nil {
		return nil, err
	}
	return root, nil
}

// value converts a node that stands inside depth collections, and says how high the tree below it is.
func (c *converter) value(y *yaml.Node, depth int) (n *Node, height int, err error) {
	if y.Kind == yaml.AliasNode {
		return c.alias(y, depth)
	}
	if y.Anchor == "" {
		return c.plainValue(y, depth)
	}
	a := &anchored{}
	c.anchored[y] = a
	values, bytes := c.values, c.bytes
	if n, height, err = c.plainValue(y, depth); err == nil {
		*a = anchored{n, c.values - values, c.bytes - bytes, height}
	}
	return n, height, err
}

// alias is the node that an alias repeats, once it is paid for.
func (c *converter) alias(y *yaml.Node, depth int) (*Node, int, error) {
	a, ok := c.anchored[y.Alias]
	if !ok { // its anchor is in a part that was left out for a fault
		return c.value(y.Alias, depth)
	}
	if a.node == nil {
		return nil, 0, c.fail(y, "the alias %s stands inside of what it repeats", quote("*"+y.Value))
	}
	if depth+a.height > c.bounds.Depth {
		return nil, 0, c.fail(y, "nested deeper than %d", c.bounds.Depth)
	}
	return a.node, a.height, c.pay(y, a.values, a.bytes)
}

// pay counts values and bytes of the canonical form against the bounds, before they are made.
func (c *converter) pay(y *yaml.Node, values, bytes int) error {
	c.values += values
	c.bytes += bytes
	switch {
	case c.values > c.bounds.Values:
		return c.fail(y, "more than %d values, with those that aliases repeat", c.bounds.Values)
	case c.bytes > maxBytesFactor*c.bounds.Bytes:
		return c.fail(y, "more than %d bytes of JSON, with what aliases repeat", maxBytesFactor*c.bounds.Bytes)
	}
	return nil
}

// maxBytesFactor times Bounds.Bytes is the bound of a document's canonical form, which has quotes and escapes where the document
// may do without.
const maxBytesFactor = 2

func (c *converter) fail(y *yaml.Node, format string, args ...any) error {
	return &SyntaxError{c.lines + y.Line, y.Column, fmt.Sprintf(format, args...)}
}

// faultAt records a fault at a node's place.
func (c *converter) faultAt(y *yaml.Node, format string, args ...any) {
	c.fault(c.lines+y.Line, y.Column, fmt.Sprintf(format, args...))
}

// plainValue converts a node that is no alias.
func (c *converter) plainValue(y *yaml.Node, depth int) (n *Node, height int, err error) {
	n = c.node()
	n.Line, n.Column = c.lines+y.Line, y.Column
	switch y.Kind {
	case yaml.SequenceNode:
		n.Kind = Array
		c.collectionTag(y, "!!seq")
		n.Items, height, err = c.sequence(y, depth+1)
	case yaml.MappingNode:
		n.Kind = Object
		c.collectionTag(y, "!!map")
		n.Fields, height, err = c.mapping(y, depth+1)
	case yaml.ScalarNode:
		var problem string
		if n.Kind, n.Text, problem = resolve(y); problem != "" {
			c.faultAt(y, "%s", problem)
		}
		err = c.pay(y, 1, n.scalarSize())
	default:
		err = c.fail(y, "a node of an unknown kind")
	}
	return n, height, err
}

// collectionTag records a fault for a tag that a collection can't have.
func (c *converter) collectionTag(y *yaml.Node, allowed string) {
	if y.Style&yaml.TaggedStyle != 0 && y.Tag != allowed {
		c.faultAt(y, "the tag %s is not supported here", quote(y.Tag))
	}
}

// enterCollection counts a collection that makes the nesting depth deep, with its brackets and commas.
func (c *converter) enterCollection(y *yaml.Node, depth, children int) error {
	if depth > c.bounds.Depth {
		return c.fail(y, "nested deeper than %d", c.bounds.Depth)
	}
	return c.pay(y, 1, 2+max(children-1, 0))
}

func (c *converter) sequence(y *yaml.Node, depth int) (items []*Node, height int, err error) {
	if err := c.enterCollection(y, depth, len(y.Content)); err != nil {
		return nil, 0, err
	}
	mark := c.beginItems()
	for i, child := range y.Content {
		c.enter(step{index: i})
		item, below, err := c.value(child, depth)
		if err != nil {
			return nil, 0, err
		}
		c.leave()
		c.items = append(c.items, item)
		height = max(height, below)
	}
	return c.endItems(mark), height + 1, nil
}

func (c *converter) mapping(y *yaml.Node, depth int) (fields []Field, height int, err error) {
	if err := c.enterCollection(y, depth, len(y.Content)/2); err != nil {
		return nil, 0, err
	}
	mark, seen := c.beginFields(), keySet{}
	for i := 0; i+1 < len(y.Content); i += 2 {
		key, ok := c.key(y.Content[i])
		if !ok {
			continue
		}
		if err := c.pay(y.Content[i], 0, stringSize(key)+1); err != nil {
			return nil, 0, err
		}
		c.enter(step{key: key, isKey: true})
		value, below, err := c.value(y.Content[i+1], depth)
		if err != nil {
			return nil, 0, err
		}
		c.leave()
		c.addField(Field{key, c.lines + y.Content[i].Line, y.Content[i].Column, value}, mark, &seen)
		height = max(height, below)
	}
	return c.endFields(mark), height + 1, nil
}

// key is a mapping's key, or a fault and false.
func (c *converter) key(y *yaml.Node) (string, bool) {
	scalar := y
	if y.Kind == yaml.AliasNode {
		scalar = y.Alias
	}
	if scalar.Kind != yaml.ScalarNode {
		c.faultAt(y, "a key must be a string, not a collection")
		return "", false
	}
	if scalar.Value == "<<" && isPlain(scalar) {
		c.faultAt(y, "merge keys (<<) are not supported: write the fields out")
		return "", false
	}
	kind, text, problem := resolve(scalar)
	switch {
	case problem != "":
		c.faultAt(y, "the key %s: %s", quote(scalar.Value), problem)
	case kind != String:
		c.faultAt(y, "the key %s is not a string: quote it", quote(scalar.Value))
	default:
		return text, true
	}
	return "", false
}
