package guest

// A module's exports. The host calls none of them before the init functions are done, so that registered is set, unless
// Register was not called at all: then each traps, and the host's log has why.

//go:wasmexport solti_abi_v1
func abiVersion() {}

//go:wasmexport name
func exportName() { exports().Name() }

//go:wasmexport supports
func exportSupports() int32 { return exports().Supports() }

//go:wasmexport build
func exportBuild() int32 { return exports().Build() }

//go:wasmexport run
func exportRun() int32 { return exports().Run() }

func exports() *Exports {
	if registered == nil {
		panic("guest: no runner is registered: call guest.Register in an init function")
	}
	return registered
}
