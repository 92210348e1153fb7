//go:build wasip1

// Command guest answers trivially, as a plugin of knqyf263/go-plugin.
package main

import (
	"context"

	"github.com/soltihq/soltiwasm/bench/guests/knqyf"
)

func init() { knqyf.RegisterRunner(runner{}) }

func main() {} // never called

type runner struct{}

// Supports doesn't look at the spec.
func (runner) Supports(context.Context, *knqyf.Spec) (*knqyf.Answer, error) {
	return &knqyf.Answer{Supports: true}, nil
}
