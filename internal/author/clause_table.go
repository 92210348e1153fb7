package author

// The clauses, by the sections of docs/abi.md, which has the same table for authors.

func moduleClauses() []Clause {
	return []Clause{
		{codeNoFile, LevelError, "The module is a file that can be read.", "Look at the path and at the file's permissions."},
		{codeNotRegular, LevelError, "The module is a regular file.", "Name the .wasm file itself."},
		{codeNoModule, LevelError, "The file is a WebAssembly module in the binary format, version 1.",
			"Build a .wasm file; text is turned into one by wat2wasm."},
		{codeComponent, LevelError, "The module is a core module, no component.", "Build for wasm32-wasip1 or wasm32-unknown-unknown instead of wasip2."},
		{codeUnsupported, LevelError, "The module keeps to WebAssembly 2.0 with 32-bit memory.",
			"Switch the feature that is named off in the compiler, such as -mno-atomics or -mno-tail-call with clang."},
		{codeMalformed, LevelError, "The module is valid.", "Build it anew; wasm-validate of wabt may say more about where it is broken."},
		{codeNoMemory, LevelError, "The module defines one memory and exports it as memory.",
			`Export it: (memory (export "memory") 1) in text; compilers do so unless they are told to import it.`},
		{codeImportKind, LevelError, "The module imports functions only.", "Have the module define its memory, tables and globals: leave out --import-memory and --import-table."},
		{codeImportModule, LevelError, "The module imports from solti and wasi_snapshot_preview1 only.",
			"Find out what needs the import and leave it out; --use abort= rids AssemblyScript of env.abort."},
		{codeStructure, LevelError, "The module's structure is within the bounds.", "Split what is too large into smaller functions, or optimise less by inlining."},
		{codeReserved, LevelError, "The module has no import or export that is the host's own.", "Name it otherwise."},
	}
}

func exportClauses() []Clause {
	return []Clause{
		{codeCommand, LevelError, "The module is a reactor and exports no _start.",
			"Build with -buildmode=c-shared (Go), -mexec-model=reactor (clang with wasi-libc) or --no-entry (wasm-ld)."},
		{codeNoVersion, LevelError, "The module exports solti_abi_v1.", "Export a function solti_abi_v1 of type () -> () that does nothing."},
		{codeExportMissing, LevelError, "The module exports name, supports and build.", "Export the function, by just this name."},
		{codeExportType, LevelError, "Each export has the kind and type of the table.", "Declare it with the type that was expected."},
		{codeName, LevelError, "The name has 1 to 63 bytes: letters, digits, ., _ and -, with a letter or digit first and last.", "Reply such a name in name."},
		{codeAnswer, LevelError, "supports returns 0 or 1.", "Return 1 to take the spec and 0 not to."},
		{codeStartTrap, LevelError, "The start section and _initialize end without a fault.", "Find what fails with soltiwasm list --log-level debug, which shows what the module prints."},
		{codeNameTrap, LevelError, "name ends without a fault.", "Reply the name and return."},
		{codeSupportsTrap, LevelError, "supports answers for every spec, whatever is in it.", "Return 0 for what the runner can't use."},
		{codeNameChanges, LevelWarning, "name replies the same at every call.", "Reply a constant."},
	}
}

func hostClauses() []Clause {
	return []Clause{
		{codeUnknownFunction, LevelError, "Every import from solti is a function that the host lends.", "Use the functions of the table."},
		{codeFunctionType, LevelError, "Every import has just the type of the table.", "Declare it with the type that was expected."},
		{codeRange, LevelError, "Pointers and lengths given to the host lie inside the memory.", "Look at how the pointer and the length were computed; both are unsigned bytes."},
		{codeUTF8, LevelError, "Text given to the host is UTF-8.", "Encode it, or leave out what can't be."},
		{codeLogLevel, LevelError, "The level of a log record is 0 to 3.", "Use 0 debug, 1 info, 2 warn or 3 error."},
		{codeMetricRule, LevelError, "Metrics have allowed names, labels and values.", "Keep names to [a-z_][a-z0-9_]*, labels to an object of strings, and values finite, those of counters not negative."},
		{codeMetricDropped, LevelWarning, "No metric is dropped.", "Use each name with one type and one set of label names, and only labels with few and short values."},
		{codePointer, LevelWarning, "Every JSON Pointer can find something.", "Begin it with /, write ~ as ~0 and / in a key as ~1."},
		{codePhase, LevelError, "Host functions are called only in their phases.", "Move the call to a function of the runner that may make it."},
		{codeImpure, LevelError, "supports depends on the spec and the configuration alone.", "Keep nothing between calls, and set up at the beginning of each call what it needs."},
		{codeRepeat, LevelError, "build gives the same task for the same spec, configuration and environment.", "Keep nothing between calls, and put no counter, address or map in arbitrary order into the task."},
	}
}

func answerClauses() []Clause {
	return []Clause{
		{codeStatus, LevelError, "build returns a status from 0 to 4.", "Return one of the table, with the reason as the reply."},
		{codeBuildTrap, LevelError, "build ends without a fault for every spec, whatever is in it.", "Check the value before it is used, and return 2 or 3 with the reason as the reply."},
		{codeSilent, LevelInfo, "A build that refuses says why.", "Reply the reason, or the field with status 3."},
		{codeMessage, LevelWarning, "A message has at most 4 KiB; the rest is cut.", "Say less; don't repeat the spec."},
		{codeField, LevelWarning, "With status 3 the reply is just the field, since the host words the rest.", "Reply the field alone, such as /kind/x/name."},
		{codeRunTrap, LevelError, "run ends without a fault for a task that was built.", "Return 1 for a failure that may pass and 2 for one that can't, with the reason as the reply."},
		{codeRunStatus, LevelInfo, "run returns 0, 1 or 2; others count as 1.", "Return 1 for a failure that may pass and 2 for one that can't."},
		{codeInternal, LevelWarning, "build doesn't answer every spec of a kind that supports takes with 4, internal error.",
			"Mend what fails, or return 2 or 3 if it is the spec; give one that build accepts with --spec."},
		{codeUnknownWASI, LevelError, "Every import from wasi_snapshot_preview1 is a function of preview 1.", "Build for wasm32-wasip1."},
		{codeExit, LevelError, "proc_exit is called in run only.", "Return a status instead; in Go don't call os.Exit or log.Fatal."},
		{codeNoSuchField, LevelWarning, "Every pointer into the spec names a field that specs have.", "Compare the pointer with the table of fields."},
		{codeNotBuilt, LevelInfo, "Check finds a spec that build accepts, of each kind that supports takes.", "Give one with --spec, so that check can look at the task."},
		{codeNotTaken, LevelInfo, "supports takes every spec given with --spec.", "Look at it with soltiwasm route --explain, or leave it out."},
		{codeReply, LevelError, "The reply of build is a task, whatever the spec.", "Compare it with the tables; texts from the spec have to be escaped as JSON strings."},
		{codeNeedRun, LevelError, "A build without a reply, or with the action run, needs the export run.", "Export run, or reply a task with the action process or wasm."},
		{codeTaskValue, LevelWarning, "No value of a spec makes a task that is refused.", "Refuse with status 2 what a task can't hold: control characters in a description, NUL in arguments, script pointers that lead nowhere."},
	}
}

func manifestClauses() []Clause {
	return []Clause{
		{codeManifest, LevelError, "There is at most one manifest, and it is valid.", "Mend it and put it in with soltiwasm manifest embed, which replaces what is there."},
		{codeNoManifest, LevelInfo, "The module has a manifest.", "Write one with version, description and kinds, and put it in with soltiwasm manifest embed."},
		{codeKindRefused, LevelWarning, "supports takes some spec of each kind that the manifest names.", "Strike the kind, or give a spec of it with --spec."},
		{codeKindUndeclared, LevelInfo, "supports takes no kind that the manifest doesn't name.", "Name the kind too if it is meant: the host doesn't ask about others."},
		{codeAction, LevelWarning, "The manifest requests the actions that tasks use.", "Add it to actions, so that operators know what to grant."},
		{codeEnv, LevelWarning, "The manifest requests the environment variables that are read.", "Add the key, or a pattern that covers it, to env."},
		{codeMetricDiffers, LevelWarning, "Metrics are emitted with the type and labels that the manifest declares.", "Have the two agree."},
		{codeUndeclared, LevelInfo, "The manifest declares the metrics that are emitted.", "Add it to metrics, with a help text."},
		{codeUnused, LevelInfo, "What the manifest requests and declares is used.", "Strike it, or give a spec that needs it with --spec."},
		{codeSidecar, LevelError, "The sidecar beside the module is valid.", "Mend the file; soltiwasm schema sidecar prints its schema. If it is a spec, rename it: the file beside a module that has its name is the sidecar."},
		{codeDigest, LevelError, "The sidecar pins the digest of this module, if it pins one.", "Write the new digest into the sidecar, which soltiwasm inspect shows, if the module was meant to change."},
	}
}

func limitClauses() []Clause {
	return []Clause{
		{codeFile, LevelError, "The module is within the limit file.", "Strip it (wasm-strip, -ldflags='-s -w', --strip-all), or have operators raise the limit."},
		{codeMemory, LevelError, "The memory and tables that the module begins with fit into the limit memory.", "Declare a smaller minimum, or have operators raise the limit."},
		{codeLoad, LevelError, "Compiling the module is within the limit load.", "Make it smaller: soltiwasm bench shows the largest functions. Or have operators raise the limit."},
		{codeStart, LevelError, "The start section and _initialize end within the limit start.", "Do less there, or have operators raise the limit."},
		{codeAsk, LevelError, "name and supports end within the limit ask.", "Do less there: supports should look at a few fields. Or have operators raise the limit."},
		{codeBuild, LevelError, "build ends within the limit build.", "Do the work in run, which has the spec's timeout, or have operators raise the limit."},
		{codeReplySize, LevelError, "Replies are within the limit reply.", "Leave large parts to be read from the spec, as script and spec_get do, or have operators raise the limit."},
		{codeReplyGrows, LevelInfo, "Replies are within the limit reply whatever the size of the spec.", "Refuse with status 2 what is larger than the runner has use for."},
		{codeStack, LevelError, "Calls nest no deeper than the stack allows.", "Bound the recursion, such as by the nesting of a value; a stack is a sixteenth of the limit memory."},
		{codeHeadRoom, LevelWarning, "Every limit leaves a fifth to spare.", "Use less, or have operators raise the limit."},
		{codeLogFlood, LevelWarning, "One call makes no more log records than the limit log lets through a second.", "Log less, or at the end of a loop."},
		{codeCutShort, LevelInfo, "Check has the time to try everything.", "Have the runner answer faster, or check it on a machine with less to do."},
		{codeLeak, LevelWarning, "An instance's memory doesn't grow with every call.",
			"Free or use again what a call allocates: an instance serves many calls, until its memory is full."},
		{codeVersion, LevelError, "The module speaks version 1 of the ABI.", "Build it for solti_abi_v1, or use a host that speaks its version."},
	}
}
