package document

import (
	"math/rand/v2"
	"strings"
	"testing"

	"go.yaml.in/yaml/v4"
)

// What literals takes for content is not counted before the YAML library reads a document. So whatever the library makes of
// it, that may not be many nodes: here are documents of pieces that a reader of lines may get wrong.
func TestLiteralsHideNoTokens(t *testing.T) {
	pieces := []string{"a: |\n", "- >-\n", "- b: |\n", "  c: |+\n", " - - |\n", "? |\n", ": |\n", "d: |2\n", "e: &f |\n", "--- |\n", "g: h\n", "  i |\n",
		"  j: |\n", "[", "]", "{", "}", "\"", "'", ",", ": ", "- ", "\n", "\n\n", " ", "  ", "    ", "\t\n", "k", "l, m, n, o\n", " [p, q]\n", "  r, s: t\n", "   # u\n", "v: [w, 'x']\n", "    ,,,\n"}
	random := rand.New(rand.NewPCG(1, 2))
	read, skipped := 0, 0
	for range 50_000 {
		var b strings.Builder
		for range 2 + random.IntN(9) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		for p := range parts(b.String()) {
			root, err := p.load(64)
			if err != nil {
				continue
			}
			read++
			tokens, blocks := 0, literals{header: -1}
			for at := 0; at < len(p.text); {
				line, next := cutLine(p.text, at)
				literal := blocks.content(line)
				if literal && strings.ContainsAny(line, ",[]{}") {
					skipped++
				}
				for i := at; i < next; i++ {
					if !literal || p.text[i] == '#' {
						tokens += tokenCost(p.text, i)
					}
				}
				at = next
			}
			if nodes := yamlNodes(root); nodes > 3*tokens+4 {
				t.Fatalf("%d nodes for a count of %d: %q", nodes, tokens, p.text)
			}
		}
	}
	if read < 5000 || skipped < 200 {
		t.Errorf("only %d documents were read, and %d lines skipped", read, skipped)
	}
}

func yamlNodes(n *yaml.Node) int {
	count := 1
	for _, child := range n.Content {
		count += yamlNodes(child)
	}
	return count
}
