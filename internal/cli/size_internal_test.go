package cli

import "testing"

func TestParseSize(t *testing.T) {
	for text, want := range map[string]int64{
		"0": 0, "1": 1, "12B": 12, "2KiB": 2 << 10, "500MiB": 500 << 20, "3GiB": 3 << 30, "8589934591GiB": 8589934591 << 30,
		"": -1, "B": -1, "-1": -1, "1.5GiB": -1, "1 GiB": -1, "1GB": -1, "8589934592GiB": -1, "99999999999999999999": -1, "lots": -1,
	} {
		got, err := parseSize(text)
		if (err != nil) != (want < 0) || err == nil && got != want {
			t.Errorf("parseSize(%q) = %d, %v, want %d", text, got, err, want)
		}
	}
}

func TestFormatSize(t *testing.T) {
	for n, want := range map[int64]string{0: "0 B", 1023: "1023 B", 1536: "1.5 KiB", 3 << 20: "3.0 MiB", 1 << 30: "1.0 GiB"} {
		if got := formatSize(n); got != want {
			t.Errorf("formatSize(%d) = %q, want %q", n, got, want)
		}
	}
}
