package registry

import (
	"context"
	"sync/atomic"
)

const (
	// spareFreely is how much memory an instance may have that waits for its next call, however many there are.
	spareFreely = 8 << 20
	// spareAtMost is what all larger ones may have together. One that would be too much is closed after its call, and the
	// next call makes another.
	spareAtMost = 256 << 20
)

// spare counts the memory of large instances that are kept between calls, those of calls included. It is safe for
// concurrent use.
type spare struct{ bytes atomic.Int64 }

// keep says whether an instance may wait for its next call, and counts it if it may.
func (s *spare) keep(in *instance) bool {
	memory := in.Memory()
	if memory == nil {
		return true
	}
	size := int64(memory.Size())
	if size <= max(spareFreely, in.counted) {
		return true
	}
	if s.bytes.Add(size-in.counted) > spareAtMost {
		s.bytes.Add(in.counted - size)
		return false
	}
	in.counted, in.spare = size, s
	return true
}

// Close frees the instance.
func (in *instance) Close(ctx context.Context) error {
	if in.counted > 0 {
		in.spare.bytes.Add(-in.counted)
	}
	return in.Instance.Close(ctx)
}
