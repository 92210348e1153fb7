package engine

import (
	"fmt"
	"os"
)

// ProgramID tells this build of the program from others on this machine, by its file's path, size and time. It is for
// the Maker of a [CacheKey] whose data depend on the program itself, and much quicker than a digest.
func ProgramID() (string, error) {
	path, err := os.Executable()
	if err != nil {
		return "", fmt.Errorf("which build this program is: %w", err)
	}
	info, err := os.Stat(path)
	if err != nil {
		return "", fmt.Errorf("which build this program is: %w", err)
	}
	return fmt.Sprintf("%s %d %d", path, info.Size(), info.ModTime().UnixNano()), nil
}
