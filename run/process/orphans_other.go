//go:build !linux

package process

// Orphans does nothing on this system.
type Orphans struct{}

// AdoptOrphans returns nil: this system can't make a process the parent of its descendants' orphans.
func AdoptOrphans() (*Orphans, error) { return nil, nil }

func (*Orphans) start(start func() (pid int, err error)) (int, error) { return start() }

func (*Orphans) end(_ int, reap func()) error {
	reap()
	return nil
}
