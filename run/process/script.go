package process

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// script is a script's file, mode 0600, alone in a private directory. The zero script is none.
type script struct {
	dir  string
	path string // absolute
}

// writeScript writes body to a new private file below dir.
func writeScript(dir string, body []byte) (script, error) {
	if dir == "" {
		dir = os.TempDir()
	}
	dir, err := filepath.Abs(dir) // the program's working directory is another
	if err != nil {
		return script{}, fmt.Errorf("the script's directory: %w", err)
	}
	private, err := os.MkdirTemp(dir, "solti-script-")
	if err != nil {
		return script{}, fmt.Errorf("making a directory for the script: %w", err)
	}
	s := script{dir: private, path: filepath.Join(private, "script")}
	file, err := os.OpenFile(s.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err == nil {
		_, err = file.Write(body)
		err = errors.Join(err, file.Close())
	}
	if err != nil {
		return script{}, errors.Join(fmt.Errorf("writing the script's file of %d bytes: %w", len(body), err), s.remove())
	}
	return s, nil
}

// remove removes the file and whatever the program put beside it.
func (s script) remove() error {
	if s.dir == "" {
		return nil
	}
	if err := os.RemoveAll(s.dir); err != nil {
		return fmt.Errorf("the script's file could not be removed: %w", err)
	}
	return nil
}
