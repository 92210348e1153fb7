package prometheus

import (
	"os"
	"path/filepath"
	"testing"

	client "github.com/prometheus/client_golang/prometheus"
)

// broken is a collector that makes gathering fail, as nothing from outside can.
type broken struct{}

func (broken) Describe(chan<- *client.Desc) {}

func (broken) Collect(ch chan<- client.Metric) {
	ch <- client.NewInvalidMetric(client.NewDesc("x", "", nil, nil), os.ErrInvalid)
}

func TestWriteFileKeepsTheOldOneOnAnError(t *testing.T) {
	b, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "m.prom")
	b.TaskStarted("a")
	if err := b.WriteFile(path); err != nil {
		t.Fatal(err)
	}
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b.TaskStarted("a")
	b.registry.MustRegister(broken{})
	if err := b.WriteFile(path); err == nil {
		t.Error("no error")
	}
	if now, err := os.ReadFile(path); err != nil || string(now) != string(old) {
		t.Errorf("error %v, got:\n%s\nwant the old file:\n%s", err, now, old)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 1 {
		t.Errorf("error %v, %d files left, want one", err, len(entries))
	}
}
