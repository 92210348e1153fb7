package author

import (
	"math/rand/v2"
	"sync"
)

// goldenRandom is what random_get reads during run: the same bytes after each reset. It is safe for concurrent use.
type goldenRandom struct {
	mu     sync.Mutex
	source *rand.ChaCha8
}

func (r *goldenRandom) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.source = rand.NewChaCha8([32]byte{})
}

// Read fills p.
func (r *goldenRandom) Read(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.source.Read(p)
}
