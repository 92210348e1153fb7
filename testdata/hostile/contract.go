//go:build unix

package main

// contractCases break the contract on exports and imports, or keep to it in ways that nobody expects.
func contractCases() []Case {
	var all []Case
	put := func(c Case) { all = append(all, c) }
	with := func(name, does string, change func(g *guest)) Case { return running("contract-"+name, does, change) }

	for _, missing := range []string{"solti_abi_v1", "name", "supports", "build", "memory"} {
		code := "export"
		if missing == "solti_abi_v1" {
			code = "abi"
		}
		put(with("no-"+missing, "The export "+missing+" is missing.", func(g *guest) { g.renamed = map[string]string{missing: "other"} }).rejected(code))
	}
	put(with("start", "The module is a command.", func(g *guest) {
		g.add(secExport, exported("_start", 0, uint32(len(g.imports)))...)
	}).rejected("export"))
	put(with("version", "The module speaks another version of the ABI.", func(g *guest) {
		g.renamed = map[string]string{"solti_abi_v1": "solti_abi_v2"}
	}).rejected("abi"))
	put(with("kind", "The export supports is a global.", func(g *guest) {
		g.renamed = map[string]string{"supports": "other"}
		mutable(g, 1)
		g.add(secExport, exported("supports", 3, 0)...)
	}).rejected("export"))
	put(with("type", "The export supports returns 64 bits.", func(g *guest) {
		g.renamed = map[string]string{"supports": "other"}
		g.add(secExport, exported("supports", 0, g.define(":I", 0, op(opI64Const, 1)))...)
	}).rejected("export"))
	put(with("import-unknown", "A function of solti is imported that there isn't.", func(g *guest) {
		g.importMore("solti", "exec", "ii:i")
	}).rejected("import"))
	put(with("import-wasi", "A function of WASI is imported that there isn't.", func(g *guest) {
		g.importMore("wasi_snapshot_preview1", "fd_exec", "ii:i")
	}).rejected("import"))
	put(with("import-module", "A function is imported from elsewhere.", func(g *guest) {
		g.importMore("env", "system", "i:i")
	}).rejected("import"))
	put(with("import-type", "A function is imported with another type.", func(g *guest) {
		g.importMore("solti", "spec_get", "iiiiii:i")
	}).rejected("import"))
	put(with("import-global", "A global is imported.", func(g *guest) {
		g.add(secImport, imported("solti", "reply", 3, []byte{tI32, 0})...)
	}).rejected("import"))
	put(with("import-table", "A table is imported, which could not be bounded.", func(g *guest) {
		g.add(secImport, imported("solti", "table", 1, []byte{tFuncref, 0, 1})...)
	}).rejected("import"))

	// The host may call what it lends itself, without any code of the guest between.
	lent := func(export string) func(g *guest) {
		return func(g *guest) {
			g.renamed = map[string]string{export: "other"}
			g.add(secExport, exported(export, 0, 1)...)
		}
	}
	yields := func(export, does string) Case {
		return running("contract-lent-"+export, does, lent(export), "wasi:sched_yield")
	}
	put(yields("build", "The export build is a function that the host lends, which returns 0.").harmless())
	put(yields("run", "The export run is a function that the host lends, which returns 0.").harmless())
	put(yields("supports", "The export supports is a function that the host lends, which returns 0.").unsupported())
	put(asked("contract-lent-table", "supports calls what the host lends through a table, out of phase.", func(g *guest) code {
		tableOf(g, 0)
		return seq(i32(0), i32(0), callIndirect(g.typ("ii:"), i32(0)))
	}).passedOver())
	return all
}

// unsupported expects that the module says no.
func (c Case) unsupported() Case {
	c = c.passedOver()
	c.Route.Verdict = "unsupported"
	return c
}
