package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/document"
)

// flagError is what is wrong with a flag's text. It takes the place of cobra's own error, which would repeat the text:
// that may be a secret.
type flagError struct {
	flag string
	err  error
}

func (e *flagError) Error() string { return "--" + e.flag + ": " + e.err.Error() }

func plainFlagError(err error) error {
	if fe, ok := errors.AsType[*flagError](err); ok {
		return fe
	}
	return err
}

// flagFault is what is wrong with the flags of cmd's command line. Of a flag that there isn't it names the nearest one.
func flagFault(cmd *cobra.Command, err error) error {
	unknown, ok := errors.AsType[interface {
		error
		GetSpecifiedName() string
	}](err)
	if !ok || cmd.Flags().Lookup(unknown.GetSpecifiedName()) != nil {
		return plainFlagError(err)
	}
	var names []string
	for usage := range strings.Lines(cmd.Flags().FlagUsages()) {
		_, flag, _ := strings.Cut(usage, "--")
		names = append(names, "--"+strings.Fields(flag)[0])
	}
	return fmt.Errorf("%w%s", err, document.DidYouMean("--"+unknown.GetSpecifiedName(), names))
}
