package registry

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/soltihq/soltiwasm/abi"
)

// limit is one adjustable limit: its name, and how to read and write it in a set of limits.
type limit struct {
	name  string
	parse func(l *abi.Limits, text string) error
	text  func(l *abi.Limits) string
}

func limits() []limit {
	return []limit{
		sizeLimit("file", func(l *abi.Limits) *int64 { return &l.File }),
		sizeLimit("memory", func(l *abi.Limits) *int64 { return &l.Memory }),
		timeLimit("load", func(l *abi.Limits) *time.Duration { return &l.Load }),
		timeLimit("start", func(l *abi.Limits) *time.Duration { return &l.Start }),
		timeLimit("ask", func(l *abi.Limits) *time.Duration { return &l.Ask }),
		timeLimit("build", func(l *abi.Limits) *time.Duration { return &l.Build }),
		sizeLimit("reply", func(l *abi.Limits) *int64 { return &l.Reply }),
		countLimit("log", func(l *abi.Limits) *int { return &l.Log }),
		countLimit("series", func(l *abi.Limits) *int { return &l.Series }),
		sizeLimit("output", func(l *abi.Limits) *int64 { return &l.Output }),
	}
}

// SetLimit sets the named limit of abi.md's table to the value that text says: a size as "64MiB", a duration as
// "100ms", a count as "200". An error says what is wrong and what would be right.
func SetLimit(l *abi.Limits, name, text string) error {
	all := limits()
	at := slices.IndexFunc(all, func(x limit) bool { return x.name == name })
	if at < 0 {
		return fmt.Errorf("there is no limit %q; there are %s", name, strings.Join(LimitNames(), ", "))
	}
	if err := all[at].parse(l, text); err != nil {
		return fmt.Errorf("limit %s: %w", name, err)
	}
	return nil
}

// LimitNames returns the names that [SetLimit] takes, in the order of the ABI's table.
func LimitNames() []string {
	var names []string
	for _, x := range limits() {
		names = append(names, x.name)
	}
	return names
}

// LimitText returns the named limit as [SetLimit] takes it; empty for a name that there isn't.
func LimitText(l abi.Limits, name string) string {
	for _, x := range limits() {
		if x.name == name {
			return x.text(&l)
		}
	}
	return ""
}

// WithDefaultLimits returns l with every unset field taken from the defaults.
func WithDefaultLimits(l abi.Limits) abi.Limits {
	d := abi.DefaultLimits()
	return abi.Limits{
		File:   cmp.Or(l.File, d.File),
		Memory: cmp.Or(l.Memory, d.Memory),
		Load:   cmp.Or(l.Load, d.Load),
		Start:  cmp.Or(l.Start, d.Start),
		Ask:    cmp.Or(l.Ask, d.Ask),
		Build:  cmp.Or(l.Build, d.Build),
		Reply:  cmp.Or(l.Reply, d.Reply),
		Log:    cmp.Or(l.Log, d.Log),
		Series: cmp.Or(l.Series, d.Series),
		Output: cmp.Or(l.Output, d.Output),
	}
}

// maxSize bounds what a size limit can be set to: more than any 32-bit memory, and small enough to compute with.
const maxSize = 1 << 40

func sizeLimit(name string, field func(*abi.Limits) *int64) limit {
	return limit{
		name: name,
		parse: func(l *abi.Limits, text string) error {
			n, err := parseSize(text, 1)
			if err == nil {
				*field(l) = n
			}
			return err
		},
		text: func(l *abi.Limits) string { return formatSize(*field(l)) },
	}
}

func timeLimit(name string, field func(*abi.Limits) *time.Duration) limit {
	return limit{
		name: name,
		parse: func(l *abi.Limits, text string) error {
			d, err := time.ParseDuration(text)
			if err != nil || d <= 0 {
				return fmt.Errorf(`expected a positive duration such as "100ms" or "2s", found %q`, text)
			}
			*field(l) = d
			return nil
		},
		text: func(l *abi.Limits) string { return field(l).String() },
	}
}

func countLimit(name string, field func(*abi.Limits) *int) limit {
	return limit{
		name: name,
		parse: func(l *abi.Limits, text string) error {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil || n <= 0 {
				return fmt.Errorf("expected a positive whole number, found %q", text)
			}
			*field(l) = int(n)
			return nil
		},
		text: func(l *abi.Limits) string { return strconv.Itoa(*field(l)) },
	}
}

// sizeUnits, largest first.
func sizeUnits() []struct {
	suffix string
	bytes  int64
} {
	return []struct {
		suffix string
		bytes  int64
	}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}, {"", 1}}
}

// parseSize reads a size of at least so many bytes.
func parseSize(text string, least int64) (int64, error) {
	for _, unit := range sizeUnits() {
		digits, ok := strings.CutSuffix(text, unit.suffix)
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(digits, 10, 64)
		if err != nil || n < least || n > math.MaxInt64/unit.bytes || n*unit.bytes > maxSize {
			break
		}
		return n * unit.bytes, nil
	}
	return 0, fmt.Errorf(`expected a size such as "64MiB" (units B, KiB, MiB, GiB), found %q`, text)
}

func formatSize(n int64) string {
	for _, unit := range sizeUnits() {
		if n%unit.bytes == 0 && unit.suffix != "" {
			return strconv.FormatInt(n/unit.bytes, 10) + unit.suffix
		}
	}
	return strconv.FormatInt(n, 10)
}
