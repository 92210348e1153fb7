package author

import (
	"fmt"
	"strings"
)

// diffContext is how many equal lines stand before and after a change.
const diffContext = 3

// maxDiffCells bounds the work of comparing two texts: the product of the lines that differ. Beyond it they are shown as
// wholly different.
const maxDiffCells = 4_000_000

// edit is one line of a diff: ' ' for one in both texts, '-' in the old, '+' in the new.
type edit struct {
	op   byte
	line string
}

// unifiedDiff is the change from one text to another by lines, as diff -u shows it; empty where they are equal.
func unifiedDiff(oldName, newName, before, after string) string {
	edits := diffLines(splitLines(before), splitLines(after))
	var b strings.Builder
	for at := 0; ; {
		from, to := nextHunk(edits, at)
		if from == to {
			return b.String()
		}
		if b.Len() == 0 {
			fmt.Fprintf(&b, "--- %s\n+++ %s\n", oldName, newName)
		}
		writeHunk(&b, edits, from, to)
		at = to
	}
}

// splitLines are the lines of a text without their ends.
func splitLines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

// diffLines is the shortest way from one list of lines to the other.
func diffLines(before, after []string) []edit {
	head := 0
	for head < len(before) && head < len(after) && before[head] == after[head] {
		head++
	}
	tail := 0
	for tail < len(before)-head && tail < len(after)-head && before[len(before)-1-tail] == after[len(after)-1-tail] {
		tail++
	}
	var edits []edit
	for _, l := range before[:head] {
		edits = append(edits, edit{' ', l})
	}
	edits = appendChanges(edits, before[head:len(before)-tail], after[head:len(after)-tail])
	for _, l := range before[len(before)-tail:] {
		edits = append(edits, edit{' ', l})
	}
	return edits
}

// appendChanges finds the longest common subsequence of what differs.
func appendChanges(edits []edit, before, after []string) []edit {
	n, m := len(before), len(after)
	common := make([][]int32, n+1) // by the lines left of each: the lines that they have in common
	if n*m <= maxDiffCells {
		for i := range common {
			common[i] = make([]int32, m+1)
		}
		for i := n - 1; i >= 0; i-- {
			for j := m - 1; j >= 0; j-- {
				if before[i] == after[j] {
					common[i][j] = common[i+1][j+1] + 1
				} else {
					common[i][j] = max(common[i+1][j], common[i][j+1])
				}
			}
		}
	}
	i, j := 0, 0
	for i < n || j < m {
		switch {
		case i < n && j < m && before[i] == after[j] && n*m <= maxDiffCells:
			edits = append(edits, edit{' ', before[i]})
			i, j = i+1, j+1
		case i < n && (j == m || n*m > maxDiffCells || common[i+1][j] >= common[i][j+1]):
			edits = append(edits, edit{'-', before[i]})
			i++
		default:
			edits = append(edits, edit{'+', after[j]})
			j++
		}
	}
	return edits
}

// nextHunk is the range of the first changes from at on that lie close together, with their context; empty if there is
// none.
func nextHunk(edits []edit, at int) (from, to int) {
	first := at
	for first < len(edits) && edits[first].op == ' ' {
		first++
	}
	if first == len(edits) {
		return at, at
	}
	last := first // of the changes that belong to the hunk
	for i := first; i < len(edits) && i-last <= 2*diffContext+1; i++ {
		if edits[i].op != ' ' {
			last = i
		}
	}
	return max(first-diffContext, at), min(last+1+diffContext, len(edits))
}

func writeHunk(b *strings.Builder, edits []edit, from, to int) {
	oldLine, newLine := countLines(edits[:from])
	oldCount, newCount := countLines(edits[from:to])
	// A range without lines is named by the line before it.
	fmt.Fprintf(b, "@@ -%d,%d +%d,%d @@\n", oldLine+min(oldCount, 1), oldCount, newLine+min(newCount, 1), newCount)
	for _, e := range edits[from:to] {
		b.WriteByte(e.op)
		b.WriteString(e.line)
		b.WriteByte('\n')
	}
}

// countLines are the lines of the old and of the new text.
func countLines(edits []edit) (before, after int) {
	for _, e := range edits {
		if e.op != '+' {
			before++
		}
		if e.op != '-' {
			after++
		}
	}
	return before, after
}
