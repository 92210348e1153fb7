package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// parseSize reads a number of bytes, as "0" or "64MiB".
func parseSize(text string) (int64, error) {
	digits, unit := text, int64(1)
	for i, suffix := range []string{"B", "KiB", "MiB", "GiB"} {
		if rest, ok := strings.CutSuffix(text, suffix); ok {
			digits, unit = rest, 1<<(10*i)
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n < 0 || n > math.MaxInt64/unit {
		return 0, fmt.Errorf(`expected a size such as "0", "500MiB" or "2GiB", found %q`, text)
	}
	return n * unit, nil
}

// formatSize is a number of bytes for people.
func formatSize(n int64) string {
	switch {
	case n >= 1<<30:
		return fmt.Sprintf("%.1f GiB", float64(n)/(1<<30))
	case n >= 1<<20:
		return fmt.Sprintf("%.1f MiB", float64(n)/(1<<20))
	case n >= 1<<10:
		return fmt.Sprintf("%.1f KiB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%d B", n)
}
