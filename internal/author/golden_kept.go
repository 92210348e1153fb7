package author

import "fmt"

// What is kept of the lines of one spec. Guests may write more than anybody reads, and the memory for it is the host's.
const (
	maxKeptLines = 1000
	maxKeptBytes = 256 << 10
)

// keptLines are the first lines of many, and how many more there were.
type keptLines struct {
	lines []string
	times []int          // how often each was there
	at    map[string]int // the places of those that repeat counts
	bytes int
	more  int
}

// add adds a line. Once one has no room, none has.
func (k *keptLines) add(line string) {
	if k.more > 0 || len(k.lines) == maxKeptLines || len(line) > maxKeptBytes-k.bytes {
		k.more++
		return
	}
	k.lines, k.times = append(k.lines, line), append(k.times, 1)
	k.bytes += len(line)
}

// repeat adds a line, or counts it where it stands already.
func (k *keptLines) repeat(line string) {
	if at, ok := k.at[line]; ok {
		k.times[at]++
		return
	}
	if k.add(line); k.more > 0 {
		return
	}
	if k.at == nil {
		k.at = map[string]int{}
	}
	k.at[line] = len(k.lines) - 1
}

// all are the lines as golden files have them. Of a call that its time limit ended nothing is counted: how far it came
// is up to the machine.
func (k *keptLines) all(timedOut bool) []string {
	var all []string
	for i, line := range k.lines {
		switch {
		case k.times[i] > 1 && timedOut:
			line += " (more than once)"
		case k.times[i] > 1:
			line = fmt.Sprintf("%s (%d times)", line, k.times[i])
		}
		all = append(all, line)
	}
	switch {
	case k.more > 0 && timedOut:
		all = append(all, "… and more")
	case k.more > 0:
		all = append(all, fmt.Sprintf("… and %d more", k.more))
	}
	return all
}
