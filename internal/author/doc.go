// Package author does the work of the commands for those who write runners: it makes a new runner's folder, checks a
// module against the ABI, reads and writes manifests, holds a runner to golden files, measures it, and compares and
// lints directories of runners. It prints nothing: package cli shows what the functions here return.
package author
