//go:build !unix

package process

import (
	"context"
	"errors"
	"runtime"
)

// run refuses: without process groups nobody could promise the end of what a program starts.
func (c *Command) run(context.Context) (Exit, error) {
	return Exit{}, spawnFailed(errors.ErrUnsupported, "process actions are not carried out on %s: they need the process groups of a Unix system", runtime.GOOS)
}

// FindCgroup fails: cgroups are Linux's.
func FindCgroup(l Limits) (string, error) {
	return "", errors.ErrUnsupported
}
