package registry

import "fmt"

// Code is a stable word for why a module was not loaded.
type Code string

// The codes.
const (
	CodeNotAFile  Code = "not_a_file" // no regular file, or one that can't be read
	CodeLimit     Code = "limit"      // over one of the operator's limits, or of the sandbox's
	CodeMalformed Code = "malformed"  // no WebAssembly 2.0 core module
	CodeImport    Code = "import"     // imports what the host doesn't lend
	CodeExport    Code = "export"     // lacks an export, or has one of another type
	CodeABI       Code = "abi"        // doesn't say that it speaks this version of the ABI
	CodeName      Code = "name"       // its name breaks the rules, or can't be had
	CodeNameTaken Code = "name_taken" // a runner before it has the same name
	CodeManifest  Code = "manifest"
	CodeSidecar   Code = "sidecar"
	CodeDigest    Code = "digest"  // not the bytes that the sidecar pins
	CodeStart     Code = "start"   // its start section or _initialize failed
	CodeTimeout   Code = "timeout" // it did not load, start or answer in time
)

// Rejection is a module that was not loaded. It never keeps another from loading.
type Rejection struct {
	Module string // the file's base name
	Path   string // the directory as given, joined with the base name
	Digest string // of the bytes, where they were read
	Code   Code
	Reason string // for people; text of a guest is escaped
}

// Error returns the path and the reason.
func (r *Rejection) Error() string { return r.Path + ": " + r.Reason }

// refuse makes a Rejection that the loader completes with the file's name.
func refuse(code Code, format string, args ...any) *Rejection {
	return &Rejection{Code: code, Reason: fmt.Sprintf(format, args...)}
}
