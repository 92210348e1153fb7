//go:build unix

package engine_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/soltihq/soltiwasm/engine"
)

func ExampleOpenCache() {
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(home)
	dir := filepath.Join(home, "cache")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.Chmod(dir, 0o755)); err != nil {
		fmt.Println(err)
		return
	}

	_, err = engine.OpenCache(dir, 1<<30)
	var refused *engine.CacheDirError
	if errors.As(err, &refused) {
		fmt.Println(refused.Problem+":", refused.Remedy)
	}
	// Output: is open to others (mode 0755): make it private with chmod 700, or name another directory
}
