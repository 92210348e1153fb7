package cli

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/taskfile"
)

// specArgs asks for at least one SPEC.
func specArgs(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return fmt.Errorf("expected a SPEC: a file, a directory, or - for standard input")
	}
	return nil
}

// completeSpecs has shells offer the files that hold specs.
func completeSpecs(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

// readSpecs reads the documents of all arguments. Its error is the end of ctx alone; what can't be read is an item.
func (a *app) readSpecs(ctx context.Context, args []string) ([]taskfile.Item, error) {
	reading := a.console.begin("reading specs")
	defer reading.end()
	items := taskfile.Read(args, interruptible{ctx, a.Stdin})
	return items, context.Cause(ctx)
}

// readable counts the items that are specs.
func readable(items []taskfile.Item) (n int) {
	for _, item := range items {
		if item.Err == nil {
			n++
		}
	}
	return n
}

// slotAndKind name an item's spec; both are empty for one that can't be read.
func slotAndKind(item taskfile.Item) (slot, kind string) {
	if item.Err != nil {
		return "", ""
	}
	return item.Spec.Slot, item.Spec.Kind.KindName()
}

// interruptible is a reader that fails when ctx ends, even while it waits for somebody to type.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

func (i interruptible) Read(p []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	buf := make([]byte, len(p)) // p is the caller's again when this returns, and the read may go on for ever
	done := make(chan result, 1)
	go func() {
		n, err := i.r.Read(buf)
		done <- result{n, err}
	}()
	select {
	case got := <-done:
		return copy(p, buf[:got.n]), got.err
	case <-i.ctx.Done():
		return 0, context.Cause(i.ctx)
	}
}
