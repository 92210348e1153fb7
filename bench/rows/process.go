package rows

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/soltihq/soltiwasm/bench/compare"
)

// process is a command that is measured as a whole.
type process struct {
	name string
	args []string
}

// Run is what one run of a process took, as process/stopwatch prints it.
type Run struct {
	Nanoseconds float64
	MaxRSS      float64 // bytes
}

// runProcesses runs processes in turns and returns what they took, in the order of the processes. Each has run before, so
// that caches are warm. They run with a cache directory of the bench's own.
func (b *Bench) runProcesses(rounds int, processes ...process) ([][]Run, error) {
	stopwatch, err := b.Program("./process/stopwatch")
	if err != nil {
		return nil, err
	}
	b.settle()
	runs := make([][]Run, len(processes))
	for round := range rounds + 1 {
		for turn := range processes {
			i := (round + turn) % len(processes)
			var run Run
			if err := b.output(&run, append([]string{stopwatch}, processes[i].args...)...); err != nil {
				return nil, fmt.Errorf("%s: %w", processes[i].name, err)
			}
			if round > 0 {
				runs[i] = append(runs[i], run)
			}
		}
	}
	return runs, nil
}

// output runs a program that prints JSON.
func (b *Bench) output(to any, args ...string) error {
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir, cmd.Env = b.Temp, append(os.Environ(), "XDG_CACHE_HOME="+filepath.Join(b.Temp, "cache"))
	text, err := cmd.Output()
	if err != nil {
		if exit, ok := errors.AsType[*exec.ExitError](err); ok {
			err = fmt.Errorf("%w: %s", err, strings.TrimSpace(string(exit.Stderr)))
		}
		return err
	}
	return json.Unmarshal(text, to)
}

// ratio is that of the times of two processes, round by round.
func ratio(a, b []Run) compare.Spread {
	ratios := make([]float64, len(a))
	for i := range a {
		ratios[i] = a[i].Nanoseconds / b[i].Nanoseconds
	}
	return compare.Of(ratios...)
}

// took is the time of a process, in milliseconds.
func took(runs []Run) compare.Spread {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = r.Nanoseconds / 1e6
	}
	return compare.Of(values...)
}

// peak is the most memory that a process had, in MiB.
func peak(runs []Run) compare.Spread {
	values := make([]float64, len(runs))
	for i, r := range runs {
		values[i] = r.MaxRSS / (1 << 20)
	}
	return compare.Of(values...)
}

// note says what a process takes.
func note(name string, runs []Run) string {
	return name + " " + digits(took(runs).Median) + " ms and " + digits(peak(runs).Median) + " MiB"
}

// specFile writes the payload as a file.
func (b *Bench) specFile() (string, error) {
	text, err := JSON(Payload())
	if err != nil {
		return "", err
	}
	path := filepath.Join(b.Temp, "spec.json")
	return path, os.WriteFile(path, text, 0o644)
}
