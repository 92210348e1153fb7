package document

import (
	"strings"
	"unicode/utf8"
)

// DidYouMean is `, did you mean "timeout"?` for the word nearest to a misspelt one, or nothing when none is near: at most one
// edit in three runes, and two at all. It is what an error says after naming the misspelt one.
func DidYouMean(word string, words []string) string {
	const longest = 64 // a longer word is no misspelling, and would be slow to compare
	if len(word) > longest {
		return ""
	}
	best, nearest := "", min(utf8.RuneCountInString(word)/3, 2)+1
	for _, w := range words {
		if len(w) > longest {
			continue
		}
		if d := distance(strings.ToLower(word), strings.ToLower(w)); d < nearest {
			best, nearest = w, d
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean " + quote(best) + "?"
}

// distance is the number of runes inserted, deleted, replaced or swapped with a neighbour that make b of a (optimal string
// alignment distance).
func distance(a, b string) int {
	from, to := []rune(a), []rune(b)
	before, last, row := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range last {
		last[j] = j
	}
	for i := range from {
		row[0] = i + 1
		for j := range to {
			replace := last[j]
			if from[i] != to[j] {
				replace++
			}
			row[j+1] = min(replace, last[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && from[i] == to[j-1] && from[i-1] == to[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(to)]
}
