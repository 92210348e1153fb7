//go:build !(unix && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x))

package wazero

// region is nothing here: the memory is a Go slice, which growing copies now and then.
type region struct{}

func (*region) reserve(uint64) error { return nil }

// grow returns a slice of size bytes that begins with now, new ones being 0. It may reach limit later, so that room for
// as much again is taken along.
func (*region) grow(now []byte, size, limit uint64) []byte {
	if size <= uint64(cap(now)) && now != nil {
		return now[:size]
	}
	grown := make([]byte, size, min(2*size, limit))
	copy(grown, now)
	return grown
}

func (*region) abandon()     {}
func (*region) leave(uint64) {}
func (*region) release()     {}
