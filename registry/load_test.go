package registry_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

func names(s *registry.Snapshot) string {
	var list []string
	for _, r := range s.Runners {
		list = append(list, r.Name())
	}
	return strings.Join(list, " ")
}

func codes(s *registry.Snapshot) string {
	var list []string
	for _, r := range s.Rejected {
		list = append(list, r.Module+":"+string(r.Code))
	}
	return strings.Join(list, " ")
}

func TestLoadWithoutAnOldSnapshot(t *testing.T) {
	if s := newBench(t, "ok").load(t, nil); names(s) != "ok" {
		t.Errorf("runners %q", names(s))
	}
}

func TestOrder(t *testing.T) {
	second := t.TempDir()
	data, err := os.ReadFile(filepath.Join(fixtures, "status1.wasm"))
	if err != nil {
		t.Fatal(err)
	}
	check(t, os.WriteFile(filepath.Join(second, "a.wasm"), data, 0o600))
	b := newBenchWith(t, registry.Config{Dirs: []string{second}}, "ok", "no", "status2")
	b.write(t, "ok.yaml", "order: 10\n")
	b.write(t, "status2.yaml", "order: -1\n")
	if got := names(b.load(t, &registry.Snapshot{})); got != "status2 no status1 ok" {
		t.Errorf("order %q", got)
	}
}

func TestNameTaken(t *testing.T) {
	b := newBenchWith(t, registry.Config{Reserved: []string{"status1"}}, "ok", "keeps-name", "status1")
	b.write(t, "keeps-name.yaml", "order: 1")
	s := b.load(t, &registry.Snapshot{})
	if names(s) != "ok" || codes(s) != "status1.wasm:name_taken keeps-name.wasm:name_taken" {
		t.Errorf("runners %q, rejected %q", names(s), codes(s))
	}
}

func TestDisabled(t *testing.T) {
	b := newBench(t, "loop-start", "garbage")
	b.write(t, "loop-start.yaml", "disabled: true")
	b.write(t, "garbage.yaml", "disabled: true")
	s := b.load(t, &registry.Snapshot{})
	if names(s) != "garbage.wasm loop-start.wasm" || !s.Runners[0].Disabled() || codes(s) != "" {
		t.Errorf("runners %q, rejected %q", names(s), codes(s))
	}
}

func TestDigestPin(t *testing.T) {
	b := newBench(t, "ok", "no")
	good := b.load(t, &registry.Snapshot{}).Runners[1].Digest()
	b.write(t, "ok.yaml", "digest: "+good)
	b.write(t, "no.yaml", "digest: "+good)
	s := b.load(t, &registry.Snapshot{})
	if names(s) != "ok" || codes(s) != "no.wasm:digest" || !strings.Contains(s.Rejected[0].Reason, good) {
		t.Errorf("runners %q, rejected %q", names(s), codes(s))
	}
}

func TestSidecarApplies(t *testing.T) {
	b := newBench(t, "manifest", "echo-env", "echo-config", "denied-process", "loop-build")
	b.write(t, "manifest.yaml", "labels: {zone: us, empty: null, extra: yes}")
	b.write(t, "echo-env.yaml", "grants: {env: [X]}")
	b.write(t, "echo-config.yaml", "config: {greeting: hello}")
	b.write(t, "denied-process.yaml", "grants: {actions: [process]}")
	b.write(t, "loop-build.yaml", "limits: {build: 20ms}\nonFault: fail")
	s := b.load(t, &registry.Snapshot{})
	by := map[string]*registry.Runner{}
	for _, r := range s.Runners {
		by[r.Name()] = r
	}
	if got := by["manifest"].Labels().String(); got != "example.io/team=blue,extra=yes,zone=us" {
		t.Errorf("labels %q", got)
	}
	annotation := func(name string) string {
		built, err := by[name].Build(t.Context(), spec(t))
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range built.Annotations {
			return v
		}
		return ""
	}
	if got := annotation("echo-env"); got != "unset" {
		t.Errorf("a granted variable that is not set shows as %q", got)
	}
	if got := annotation("echo-config"); got != "hello" {
		t.Errorf("config %q", got)
	}
	if _, err := by["denied-process"].Build(t.Context(), spec(t)); err != nil {
		t.Errorf("granted action: %v", err)
	}
	if _, err := by["loop-build"].Build(t.Context(), spec(t)); err == nil || !strings.Contains(err.Error(), "limit build of 20ms") {
		t.Errorf("limit of the sidecar: %v", err)
	}
	if !by["loop-build"].FailOnFault() || by["manifest"].FailOnFault() {
		t.Error("onFault is not what the sidecar says")
	}
}

func TestEnvironmentIsMasked(t *testing.T) {
	env := task.Env{{Key: "X", Value: "s3cret-value"}}
	b := newBenchWith(t, registry.Config{Env: env, Mask: task.NewMask(env.Values())}, "env-in-message")
	b.write(t, "env-in-message.yaml", `grants: {env: ["*"]}`)
	_, err := b.one(t).Build(t.Context(), spec(t))
	if err == nil || strings.Contains(err.Error(), "s3cret-value") || !strings.Contains(err.Error(), "***") {
		t.Errorf("error %v", err)
	}
}

func TestBadSidecar(t *testing.T) {
	b := newBench(t, "ok", "no")
	b.write(t, "ok.yaml", "grant: {}\norder: first\n")
	b.write(t, "lost.yaml", "order: 1")
	s := b.load(t, &registry.Snapshot{})
	if codes(s) != "ok.wasm:sidecar" {
		t.Fatalf("rejected %q", codes(s))
	}
	for _, part := range []string{"ok.yaml", "line 1", `did you mean "grants"`, "line 2", "order"} {
		if !strings.Contains(s.Rejected[0].Reason, part) {
			t.Errorf("reason %q does not say %q", s.Rejected[0].Reason, part)
		}
	}
	if !slices.Equal(s.Orphans, []string{filepath.Join(b.dir, "lost.yaml")}) {
		t.Errorf("orphans %q", s.Orphans)
	}
}

func TestFileLimit(t *testing.T) {
	b := newBench(t, "ok")
	b.write(t, "ok.yaml", "limits: {file: 100B}")
	if s := b.load(t, &registry.Snapshot{}); codes(s) != "ok.wasm:limit" || !strings.Contains(s.Rejected[0].Reason, "100") {
		t.Errorf("rejected %q", codes(s))
	}
}

func TestReload(t *testing.T) {
	b := newBench(t, "ok", "no", "status1")
	first := b.load(t, &registry.Snapshot{})
	b.add(t, "status2", "no.wasm") // replaced by another
	b.write(t, "ok.wasm", "no longer a module")
	check(t, os.Remove(filepath.Join(b.dir, "status1.wasm")))
	second := b.load(t, first)
	if names(second) != "status2 ok" || codes(second) != "ok.wasm:malformed" {
		t.Fatalf("runners %q, rejected %q", names(second), codes(second))
	}
	if second.Runners[1] != first.Runners[1] {
		t.Error("the last good version is not the same runner")
	}
	if _, err := first.Runners[2].Supports(t.Context(), spec(t), nil); err != nil {
		t.Errorf("a removed runner is gone before its snapshot is closed: %v", err)
	}
	b.write(t, "ok.yaml", "order: -5") // the settings alone have changed
	b.add(t, "ok", "ok.wasm")
	third := b.load(t, second)
	if names(third) != "ok status2" || third.Runners[0] == second.Runners[1] || third.Runners[1] != second.Runners[0] {
		t.Errorf("runners %q, or the wrong ones were kept", names(third))
	}
}

func TestLoadCanceled(t *testing.T) {
	b := newBench(t, "ok")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := b.Load(ctx, &registry.Snapshot{}); err == nil {
		t.Error("no error")
	}
}

func TestMissingDirectory(t *testing.T) {
	b := newBenchWith(t, registry.Config{Dirs: []string{filepath.Join(t.TempDir(), "none")}})
	if _, err := b.Load(t.Context(), &registry.Snapshot{}); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("error %v", err)
	}
}

func TestOrphanIsWarnedOf(t *testing.T) {
	var log bytes.Buffer
	b := newBenchWith(t, registry.Config{Logger: slog.New(slog.NewTextHandler(&log, nil))})
	b.write(t, "lost.yaml", "")
	b.load(t, &registry.Snapshot{})
	if !strings.Contains(log.String(), "lost.yaml") {
		t.Errorf("log %q", log.String())
	}
}
