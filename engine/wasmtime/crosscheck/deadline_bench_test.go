package crosscheck_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/engine"
	"github.com/soltihq/soltiwasm/engine/wasmtime"
	"github.com/soltihq/soltiwasm/engine/wazero"
	"github.com/soltihq/soltiwasm/hostfuncs"
	"github.com/soltihq/soltiwasm/sandbox"
)

// BenchmarkDeadlines calls the supports and build of every hostile module that is admitted with a deadline of 50 ms, and
// reports by how much those that it ended were late, and how many there were. An iteration is all of them.
//
//	go -C engine/wasmtime test -run '^$' -bench Deadlines -benchtime 1x ./crosscheck
func BenchmarkDeadlines(b *testing.B) {
	paths := find(b, hostile(b))
	for _, e := range []engine.Engine{wazero.Engine{}, wasmtime.Engine{}} {
		b.Run(e.Name(), func(b *testing.B) {
			r, err := e.Open(b.Context(), append(hostfuncs.Functions(), hostfuncs.Meter()))
			if err != nil {
				b.Fatal(err)
			}
			defer r.Close(context.Background())
			var late []time.Duration
			for b.Loop() {
				for _, path := range paths {
					if filepath.Base(path) == "bomb.wasm" {
						late = append(late, lateness(b, r, path)...)
					}
				}
			}
			if len(late) == 0 {
				b.Fatal("no call was ended by its deadline")
			}
			slices.Sort(late)
			b.ReportMetric(milliseconds(late[len(late)/2]), "late-p50-ms")
			b.ReportMetric(milliseconds(late[len(late)*99/100]), "late-p99-ms")
			b.ReportMetric(milliseconds(late[len(late)-1]), "late-max-ms")
			b.ReportMetric(float64(len(late)), "calls")
			b.ReportMetric(0, "ns/op")
		})
	}
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// lateness calls a module, and returns how late the calls were that their deadline ended.
func lateness(b *testing.B, r engine.Runtime, path string) (late []time.Duration) {
	p := admitted(b, path, sandbox.DefaultLimits())
	if p == nil {
		return nil
	}
	m, err := r.Compile(b.Context(), p.Wasm)
	if err != nil {
		return nil
	}
	defer m.Close(b.Context())
	x := newBenchOf(b, m, p)
	for export, phase := range map[string]abi.Phase{abi.ExportSupports: abi.PhaseSupports, abi.ExportBuild: abi.PhaseBuild} {
		host := hostfuncs.NewInstance(&x.lent)
		deadline := time.Now().Add(50 * time.Millisecond)
		host.Begin(abi.PhaseStart, &hostfuncs.Call{Deadline: deadline})
		in, err := m.Instantiate(b.Context(), engine.InstanceConfig{Host: host, Memory: x.memory})
		if err == nil {
			deadline = time.Now().Add(50 * time.Millisecond)
			host.Begin(phase, &hostfuncs.Call{Spec: x.spec, Deadline: deadline})
			if f := in.Func(export); f != nil {
				_, err = f.Call(b.Context())
			}
			defer in.Close(b.Context())
		}
		over := time.Since(deadline)
		if _, interrupted := errors.AsType[*hostfuncs.InterruptError](err); interrupted {
			late = append(late, over)
		}
	}
	return late
}
