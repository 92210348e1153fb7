//go:build !wasip1

package guest

// imports returns no host: outside of a module there is none, and nothing calls its exports.
func imports() Host { return nil }

// importedGetter returns nil: no host is the one that a module imports.
func importedGetter(Host, Source) getter { return nil }
