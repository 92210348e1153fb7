package guest

// Env has the environment variables that the operator gave to builds, as far as this runner was granted them.
type Env struct {
	call *call
	get  getter
}

// EnvState tells why a variable has a value or none.
type EnvState int8

// The states of a variable.
const (
	Set        EnvState = iota
	Unset               // granted, and not set
	NotGranted          // no grant covers it, whether it is set or not; the sidecar's grants.env would have to
)

// Lookup returns a variable's value, which is empty unless the state is Set.
func (e Env) Lookup(key string) (string, EnvState) {
	if key == "" { // stands for all variables
		return "", Unset
	}
	switch text, n := e.call.text(e.get, key); n {
	case Denied:
		return "", NotGranted
	case NoValue:
		return "", Unset
	default:
		return text, Set
	}
}

// Value returns a variable's value, empty if there is none.
func (e Env) Value(key string) string {
	value, _ := e.Lookup(key)
	return value
}

// All returns every variable that is granted and set, sorted by key, and whether there is any grant.
func (e Env) All() (variables []Pair, granted bool) {
	text, n := e.call.text(e.get, "")
	if n < 0 {
		return nil, false
	}
	variables, _ = object(text)
	return variables, true
}
