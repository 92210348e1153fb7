package wazero

import (
	"strings"
	"testing"
)

func TestKnownBadVersions(t *testing.T) {
	for _, test := range []struct {
		wazero, golang, goarch string
		bad                    bool
	}{
		{"v1.8.2", "go1.24", "amd64", true},
		{"v1.8.2", "go1.24.1", "amd64", true},
		{"v1.8.2", "go1.26.8", "amd64", true},
		{"v1.8.2", "go1.30rc1", "amd64", true},
		{"v1.8.2", "go2.0", "amd64", true},
		{"v1.8.2", "go1.26.8 X:nodwarf5", "amd64", true},
		{"v1.0.0-pre.6", "go1.24", "amd64", true},
		{"v0.9.0", "go1.24", "amd64", true},
		{"v1.8.2", "go1.23.6", "amd64", false},
		{"v1.8.2", "go1.24", "arm64", false},
		{"v1.9.0", "go1.24", "amd64", false},
		{"v1.10.1", "go1.26.8", "amd64", false},
		{"v1.12.0", "go1.26.8", "amd64", false},
		{"v2.0.0", "go1.26.8", "amd64", false},
		{"", "go1.26.8", "amd64", false},
		{"(devel)", "go1.26.8", "amd64", false},
		{"v1.8.2", "devel go1.27-abcdef", "amd64", true},
	} {
		err := versions{wazero: test.wazero, golang: test.golang, goarch: test.goarch}.check()
		if (err != nil) != test.bad {
			t.Errorf("wazero %s with %s on %s: %v", test.wazero, test.golang, test.goarch, err)
		}
		if err != nil && !(strings.Contains(err.Error(), test.wazero) && strings.Contains(err.Error(), "require")) {
			t.Errorf("the error %q doesn't say what is wrong and what to do", err)
		}
	}
}
