//go:build unix

package process_test

import (
	"io"
	"os/exec"
	"testing"

	"github.com/soltihq/soltiwasm/run/process"
	"github.com/soltihq/soltiwasm/task"
)

// BenchmarkTrivial starts /bin/true and takes its output, bare and by this package.
func BenchmarkTrivial(b *testing.B) {
	b.Run("os/exec", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			cmd := exec.CommandContext(b.Context(), "/bin/true")
			cmd.Env, cmd.Stdout, cmd.Stderr = []string{"PATH=" + process.DefaultPath}, writerOnly{}, writerOnly{}
			if err := cmd.Run(); err != nil {
				b.Fatal(err)
			}
		}
	})
	benchmark := func(name string, c process.Command) {
		c.Action.Command, c.Stdout, c.Stderr = "/bin/true", writerOnly{}, writerOnly{}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := process.Run(b.Context(), c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	benchmark("process", process.Command{})
	benchmark("script", process.Command{Action: task.ProcessAction{Script: []byte("x")}})
	benchmark("rlimits", process.Command{Limits: process.Limits{Core: new(int64(0))}})
	if dir, err := process.FindCgroup(process.Limits{}); err == nil {
		benchmark("cgroup", process.Command{Cgroup: dir})
	}
}

// writerOnly keeps os/exec from handing the null device over.
type writerOnly struct{}

func (writerOnly) Write(p []byte) (int, error) { return io.Discard.Write(p) }

// BenchmarkOutput carries 64 MiB through a pipe.
func BenchmarkOutput(b *testing.B) {
	const size = 64 << 20
	b.SetBytes(size)
	for b.Loop() {
		c := process.Command{Action: sh("head -c 67108864 /dev/zero"), Stdout: writerOnly{}}
		if _, err := process.Run(b.Context(), c); err != nil {
			b.Fatal(err)
		}
	}
}
