package guest

// Runner is what an author writes. Its functions are called one at a time, and often in one instance of the module: they
// keep nothing between calls that an answer depends on.
type Runner struct {
	// Name is what the runner is known by: 1 to 63 letters, digits, '.', '_' and '-', a letter or digit first and last.
	Name string
	// Supports tells whether the runner takes the present spec. It depends on the spec and the configuration alone.
	Supports func(*SupportsCall) bool
	// Build makes the task of the present spec, the same one for the same spec, configuration and environment. Nil builds
	// the zero Task, which is an empty Run. The errors of [Unsupported], [Invalid], [Missing] and [Internal] say why there is
	// none; any other error counts as Internal.
	Build func(*BuildCall) (Task, error)
	// Run does the work of a task whose action is [Run], and returns its result. With an error of [Fatal] the task isn't
	// tried again; after others it may be. Nil is for a runner that builds only other actions.
	Run func(*RunCall) (string, error)
}

// check panics if a runner is of no use.
func (r Runner) check() {
	switch {
	case !isName(r.Name):
		panic("guest: the name " + string(appendString(nil, r.Name)) + " is not 1 to 63 letters, digits, '.', '_' and '-' " +
			"with a letter or digit first and last")
	case r.Supports == nil:
		panic("guest: the runner " + r.Name + " has no Supports")
	case r.Build == nil && r.Run == nil:
		panic("guest: the runner " + r.Name + " has neither Build nor Run")
	}
}

func isName(s string) bool {
	if len(s) < 1 || len(s) > 63 {
		return false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case '0' <= c && c <= '9', 'a' <= c && c <= 'z', 'A' <= c && c <= 'Z':
		case (c == '.' || c == '_' || c == '-') && 0 < i && i < len(s)-1:
		default:
			return false
		}
	}
	return true
}

// registered is the module's runner. A module's exports are global, so what they call is too.
var registered *Exports

// Register makes r the runner of this module. It is called once, from an init function: main is never called in
// a reactor. A second call and a Runner that lacks something panic, and the host rejects the module.
func Register(r Runner) {
	if registered != nil {
		panic("guest: a second runner is registered, " + r.Name + "; a module has one")
	}
	registered = NewExports(r, imports())
}
