package abi

// Status is what build and run return.
type Status int32

// The values of build. Any other is a guest fault.
const (
	BuildOK           Status = 0
	BuildUnsupported  Status = 1 // unsupported kind
	BuildInvalidSpec  Status = 2
	BuildMissingField Status = 3 // the reply names it
	BuildInternal     Status = 4
)

// The values of run. Any other is a failure that may be retried.
const (
	RunSuccess Status = 0
	RunFailure Status = 1 // may be retried
	RunFatal   Status = 2 // never retried
)

// LogLevel is the first argument of log.
type LogLevel uint32

// The levels; any other value traps.
const (
	LogDebug LogLevel = iota
	LogInfo
	LogWarn
	LogError
)
