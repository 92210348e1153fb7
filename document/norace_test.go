//go:build !race

package document_test

const hostileSize = 4 << 20
