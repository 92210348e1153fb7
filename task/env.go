package task

// Env is a list of variables. A later duplicate of a key wins.
type Env []Var

// Var is one variable.
type Var struct {
	Key   string
	Value string
}
