package sandbox

// The names of what the meter adds to a module. A module that imports or exports them itself is refused.
const (
	ImportModule = "soltiwasm:meter" // module of the one function that a metered module imports
	YieldImport  = "yield"           // its name
	FuelExport   = "soltiwasm:fuel"  // a mutable i64 global
)
