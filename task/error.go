package task

// Code is a stable word for why a spec got no task, or a task no success. Programs branch on it.
type Code string

// Why a spec was not routed or built.
const (
	CodeInvalidSpec     Code = "invalid_spec"      // the host refused the spec
	CodeNoRunner        Code = "no_runner"         // no runner takes it
	CodeEmbedded        Code = "embedded"          // an embedded task has no runner
	CodeUnsupportedKind Code = "unsupported_kind"  // build status 1
	CodeInvalidTaskSpec Code = "invalid_task_spec" // build status 2
	CodeMissingField    Code = "missing_field"     // build status 3
	CodeInternal        Code = "internal"          // build status 4, or the host itself failed
	CodeGuestFault      Code = "guest_fault"       // the guest trapped or broke the contract
	CodeTimeout         Code = "timeout"           // a limit of ask or build
	CodeInvalidReply    Code = "invalid_reply"     // what build replied is no task
	CodeDenied          Code = "denied"            // the task asks for what the operator has not granted
)

// Why a built task did not succeed.
const (
	CodeUnsupportedAction Code = "unsupported_action" // this program doesn't carry out such an action
	CodeTaskFailed        Code = "task_failed"
	CodeTaskFatal         Code = "task_fatal"
	CodeTaskTimeout       Code = "task_timeout"
	CodeCanceled          Code = "canceled"
	CodeRejected          Code = "rejected"     // it was not admitted to its slot
	CodeSpawnFailed       Code = "spawn_failed" // what was to be started could not be
)

// Error is why a spec got no task, or a task no success.
type Error struct {
	Code    Code
	Runner  string // the runner that was chosen; empty if none was
	Message string // for people; text of a guest is escaped and cut
	Err     error  // the cause, if there is one
}

// Error returns the message, after the runner's name where there is one.
func (e *Error) Error() string {
	if e.Runner == "" {
		return e.Message
	}
	return "runner " + e.Runner + ": " + e.Message
}

// Unwrap returns Err.
func (e *Error) Unwrap() error { return e.Err }
