package router

import (
	"fmt"
	"testing"

	"github.com/soltihq/soltiwasm/document"
)

// TestAnswersAreBounded has runners look up what no two specs share, and each other's values, for long.
func TestAnswersAreBounded(t *testing.T) {
	const entries = 10
	a := newAnswers(entries)
	begun, last := 0, a.root.Load()
	for i := range 20_000 {
		var trace document.Trace
		trace.Note(fmt.Appendf(nil, "/%d", i%7), 100, fmt.Append(nil, i/2), true) // each value twice in a row, of two pointers
		trace.Note(fmt.Appendf(nil, "/x/%d", i), 0, nil, false)
		a.learn(i%entries, i%2 == 0, &trace)
		trace.Reset()
		trace.Note([]byte("/same"), 100, fmt.Append(nil, i/2), true)
		a.learn(i%entries, i%2 == 0, &trace)
		if nodes, most := size(a.root.Load()); nodes > baseSize+sizePerRunner*entries+4 || most > mostTold {
			t.Fatalf("after %d specs the tree has %d nodes and questions, and one of these was told %d things", i+1, nodes, most)
		}
		if root := a.root.Load(); root != last {
			begun, last = begun+1, root
		}
	}
	if begun < 3 {
		t.Errorf("the tree began anew %d times: that does not show much", begun)
	}
}

// TestQuestionsAreBounded has a runner take another limit each time, so that nothing that it is told comes twice.
func TestQuestionsAreBounded(t *testing.T) {
	const entries = 10
	a := newAnswers(entries)
	for i := range 5_000 {
		var trace document.Trace
		trace.Note([]byte("/slot"), uint32(100+i), []byte("s"), true)
		a.learn(0, false, &trace)
		if n, _ := size(a.root.Load()); n > baseSize+sizePerRunner*entries+4 {
			t.Fatalf("after %d specs the tree has %d nodes and questions", i+1, n)
		}
	}
}

// size counts the nodes and questions below a node, and the most that one question was told.
func size(n *node) (count, most int) {
	all := n.questions.Load()
	if all == nil {
		return 0, 0
	}
	for _, q := range *all {
		count++
		told := q.told.Load()
		most = max(most, len(told.lengths)+len(told.values))
		for _, next := range told.all() {
			below, mostBelow := size(next)
			count, most = count+1+below, max(most, mostBelow)
		}
	}
	return count, most
}

// all are the nodes that something told leads to.
func (t *told) all() (nodes []*node) {
	if t.nothing != nil {
		nodes = append(nodes, t.nothing)
	}
	for _, n := range t.lengths {
		nodes = append(nodes, n)
	}
	for _, n := range t.values {
		nodes = append(nodes, n)
	}
	return nodes
}
