//go:build race

package document_test

// hostileSize is small where the race detector makes everything slow: nothing in that test is concurrent.
const hostileSize = 256 << 10
