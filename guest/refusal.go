package guest

// The statuses of build and run that are no success; see docs/abi.md, section 5.
const (
	unsupported = 1
	invalid     = 2
	missing     = 3
	internal    = 4

	failure = 1
	fatal   = 2
)

// refusal is an error with the status that it has in each phase. Wrapped in another error it keeps the status, and the
// other error's text is what the host shows.
type refusal struct {
	build, run int32
	message    string
}

func (r *refusal) Error() string { return r.message }

// Unsupported returns the error that says the runner doesn't take this kind. Where Supports is right, Build needs it only
// for what Supports doesn't look at. From Run it is Fatal.
func Unsupported(message string) error { return &refusal{unsupported, fatal, message} }

// Invalid returns the error that says what is wrong in the spec; the message names the field. From Run it is Fatal.
func Invalid(message string) error { return &refusal{invalid, fatal, message} }

// Missing returns the error that says the spec lacks a field. The host words it: it is given the field's pointer
// alone. From Run it is Fatal.
func Missing(pointer string) error { return &refusal{missing, fatal, pointer} }

// Internal returns the error that says the runner itself could not do it, which isn't the spec's fault. From Run it is
// a failure that may be tried again.
func Internal(message string) error { return &refusal{internal, failure, message} }

// Fatal returns the error of a Run that another attempt can't help. From Build it is Internal.
func Fatal(message string) error { return &refusal{internal, fatal, message} }
