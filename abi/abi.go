// Package abi is the contract between the host and a guest runner, version 1: the names and types of exports and
// imports, the phases in which each import may be called, status values, the manifest's shape and the limits.
// It has no behaviour beyond looking these up; docs/abi.md says the same in prose for authors.
package abi

// Version marks the contract; a runner exports it as a function that is looked up and never called.
const Version = "solti_abi_v1"

// Import modules that a runner may name.
const (
	ModuleSolti = "solti"
	ModuleWASI  = "wasi_snapshot_preview1"
)

// Names of exports.
const (
	ExportMemory     = "memory"
	ExportName       = "name"
	ExportSupports   = "supports"
	ExportBuild      = "build"
	ExportRun        = "run"
	ExportInitialize = "_initialize"
	// ExportStart marks a command module; a runner must not export it.
	ExportStart = "_start"
)

// ManifestSection is the custom section that carries the manifest.
const ManifestSection = "solti.runner"

// Func is one function of the contract. Type is written as in the text format's tables: "(i32, i32) -> i32", "() -> ()".
// Every package of this module writes function types so, and compares them as text.
type Func struct {
	Module   string // import module; empty for an export
	Name     string
	Type     string
	Phases   Phase // when an import may be called; 0 for an export
	Required bool  // an export without which a module is no runner
}

// Phase is what the host is calling in the guest. Phases combine as a set.
type Phase uint8

// The phases, in the order in which an instance meets them.
const (
	PhaseStart Phase = 1 << iota // the start section and _initialize
	PhaseName
	PhaseSupports
	PhaseBuild
	PhaseRun

	phaseAny = PhaseStart | PhaseName | PhaseSupports | PhaseBuild | PhaseRun
)

// String returns the name of a single phase as errors show it.
func (p Phase) String() string {
	switch p {
	case PhaseStart:
		return ExportInitialize
	case PhaseName:
		return ExportName
	case PhaseSupports:
		return ExportSupports
	case PhaseBuild:
		return ExportBuild
	case PhaseRun:
		return ExportRun
	}
	return "no call"
}

// Exports lists the functions that the host looks for, required ones first.
func Exports() []Func {
	return []Func{
		{Name: Version, Type: "() -> ()", Required: true},
		{Name: ExportName, Type: "() -> ()", Required: true},
		{Name: ExportSupports, Type: "() -> i32", Required: true},
		{Name: ExportBuild, Type: "() -> i32", Required: true},
		{Name: ExportRun, Type: "() -> i32"},
		{Name: ExportInitialize, Type: "() -> ()"},
	}
}

// Imports lists the functions of the module "solti" with the phases that may call them.
func Imports() []Func {
	const (
		get    = "(i32, i32, i32, i32) -> i32"
		metric = "(i32, i32, i32, i32, f64) -> ()"
		ask    = PhaseSupports | PhaseBuild | PhaseRun
		work   = PhaseBuild | PhaseRun
	)
	return []Func{
		{Module: ModuleSolti, Name: "spec_get", Type: get, Phases: ask},
		{Module: ModuleSolti, Name: "config_get", Type: get, Phases: ask},
		{Module: ModuleSolti, Name: "task_get", Type: get, Phases: PhaseRun},
		{Module: ModuleSolti, Name: "env_get", Type: get, Phases: work},
		{Module: ModuleSolti, Name: "reply", Type: "(i32, i32) -> ()", Phases: PhaseName | work},
		{Module: ModuleSolti, Name: "log", Type: "(i32, i32, i32) -> ()", Phases: phaseAny},
		{Module: ModuleSolti, Name: "metric_add", Type: metric, Phases: work},
		{Module: ModuleSolti, Name: "metric_set", Type: metric, Phases: work},
		{Module: ModuleSolti, Name: "metric_observe", Type: metric, Phases: work},
	}
}

// WASI lists every function of wasi_snapshot_preview1 with its type. All may be imported, in every phase; which of
// them do something is said in docs/abi.md.
func WASI() []Func {
	rows := []struct{ name, typ string }{
		{"args_get", "(i32, i32) -> i32"},
		{"args_sizes_get", "(i32, i32) -> i32"},
		{"clock_res_get", "(i32, i32) -> i32"},
		{"clock_time_get", "(i32, i64, i32) -> i32"},
		{"environ_get", "(i32, i32) -> i32"},
		{"environ_sizes_get", "(i32, i32) -> i32"},
		{"fd_advise", "(i32, i64, i64, i32) -> i32"},
		{"fd_allocate", "(i32, i64, i64) -> i32"},
		{"fd_close", "(i32) -> i32"},
		{"fd_datasync", "(i32) -> i32"},
		{"fd_fdstat_get", "(i32, i32) -> i32"},
		{"fd_fdstat_set_flags", "(i32, i32) -> i32"},
		{"fd_fdstat_set_rights", "(i32, i64, i64) -> i32"},
		{"fd_filestat_get", "(i32, i32) -> i32"},
		{"fd_filestat_set_size", "(i32, i64) -> i32"},
		{"fd_filestat_set_times", "(i32, i64, i64, i32) -> i32"},
		{"fd_pread", "(i32, i32, i32, i64, i32) -> i32"},
		{"fd_prestat_dir_name", "(i32, i32, i32) -> i32"},
		{"fd_prestat_get", "(i32, i32) -> i32"},
		{"fd_pwrite", "(i32, i32, i32, i64, i32) -> i32"},
		{"fd_read", "(i32, i32, i32, i32) -> i32"},
		{"fd_readdir", "(i32, i32, i32, i64, i32) -> i32"},
		{"fd_renumber", "(i32, i32) -> i32"},
		{"fd_seek", "(i32, i64, i32, i32) -> i32"},
		{"fd_sync", "(i32) -> i32"},
		{"fd_tell", "(i32, i32) -> i32"},
		{"fd_write", "(i32, i32, i32, i32) -> i32"},
		{"path_create_directory", "(i32, i32, i32) -> i32"},
		{"path_filestat_get", "(i32, i32, i32, i32, i32) -> i32"},
		{"path_filestat_set_times", "(i32, i32, i32, i32, i64, i64, i32) -> i32"},
		{"path_link", "(i32, i32, i32, i32, i32, i32, i32) -> i32"},
		{"path_open", "(i32, i32, i32, i32, i32, i64, i64, i32, i32) -> i32"},
		{"path_readlink", "(i32, i32, i32, i32, i32, i32) -> i32"},
		{"path_remove_directory", "(i32, i32, i32) -> i32"},
		{"path_rename", "(i32, i32, i32, i32, i32, i32) -> i32"},
		{"path_symlink", "(i32, i32, i32, i32, i32) -> i32"},
		{"path_unlink_file", "(i32, i32, i32) -> i32"},
		{"poll_oneoff", "(i32, i32, i32, i32) -> i32"},
		{"proc_exit", "(i32) -> ()"},
		{"proc_raise", "(i32) -> i32"},
		{"random_get", "(i32, i32) -> i32"},
		{"sched_yield", "() -> i32"},
		{"sock_accept", "(i32, i32, i32) -> i32"},
		{"sock_recv", "(i32, i32, i32, i32, i32, i32) -> i32"},
		{"sock_send", "(i32, i32, i32, i32, i32) -> i32"},
		{"sock_shutdown", "(i32, i32) -> i32"},
	}
	funcs := make([]Func, len(rows))
	for i, r := range rows {
		funcs[i] = Func{Module: ModuleWASI, Name: r.name, Type: r.typ, Phases: phaseAny}
	}
	return funcs
}

// Results of the functions that hand data over, where they are not a length.
const (
	NoValue = -1 // there is no such value
	Denied  = -2 // the operator has not granted it
)

// Fixed sizes; the adjustable ones are in [Limits].
const (
	MaxName      = 63       // bytes of a runner's name
	MaxPointer   = 4 << 10  // bytes of a JSON Pointer
	MaxMessage   = 4 << 10  // bytes kept of an error's message
	MaxManifest  = 64 << 10 // bytes of a manifest
	MaxSidecar   = 256 << 10
	MaxConfig    = 64 << 10 // bytes of a configuration
	MaxSpec      = 4 << 20  // bytes of one spec document
	MaxSpecFile  = 16 << 20 // bytes of one spec file
	MaxDocuments = 10_000   // documents in one spec file
	MaxDepth     = 64       // nesting of any document
)
