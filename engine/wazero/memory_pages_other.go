//go:build unix && !linux && (amd64 || arm64 || loong64 || mips64 || mips64le || ppc64 || ppc64le || riscv64 || s390x)

package wazero

// adviseHuge does nothing: other systems choose the size of pages themselves.
func adviseHuge([]byte) {}

// findPages does nothing: pages are found as they are touched.
func findPages([]byte) error { return nil }
