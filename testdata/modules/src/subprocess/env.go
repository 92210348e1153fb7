package main

import (
	"strconv"
	"strings"
)

// variable is one entry of the task's environment.
type variable struct{ key, value string }

// appendEnv appends the merged environment as a JSON object. A variable of the runner's wins over the task's, and of the
// task's duplicates the last one does.
//
// The runner's variables come from the host as an object and are copied as they are; nothing has to be parsed, because
// each of the task's variables that the runner has too is left out.
func appendEnv(b []byte, h host) ([]byte, *refusal) {
	vars, refused := taskEnv(h)
	if refused != nil {
		return nil, refused
	}
	last := make(map[string]int, len(vars))
	for i, v := range vars {
		last[v.key] = i
	}
	b = append(b, '{')
	start := len(b)
	if runner, ok := h.env(""); ok {
		if len(runner) < 2 || runner[0] != '{' || runner[len(runner)-1] != '}' {
			return nil, internal("the host's environment is no JSON object")
		}
		b = append(b, runner[1:len(runner)-1]...)
	}
	for i, v := range vars {
		if last[v.key] != i {
			continue
		}
		if _, set := h.env(v.key); set {
			continue
		}
		if len(b) > start {
			b = append(b, ',')
		}
		b = appendString(b, v.key)
		b = append(b, ':')
		b = appendString(b, v.value)
	}
	return append(b, '}'), nil
}

// taskEnv reads the task's environment in its order, duplicates kept. A name that would make another variable than it
// says is refused.
func taskEnv(h host) ([]variable, *refusal) {
	var vars []variable
	for i := 0; ; i++ {
		at := kind + "/env/" + strconv.Itoa(i)
		if h.size(at) < 0 {
			return vars, nil
		}
		key, ok := h.spec(at + "/key")
		if !ok {
			return nil, missing(at + "/key")
		}
		if key == "" || strings.ContainsAny(key, "=\x00") {
			return nil, invalid(at + "/key: a variable's name is not empty and has no '=' and no NUL byte")
		}
		value, ok := h.spec(at + "/value")
		if !ok {
			return nil, missing(at + "/value")
		}
		vars = append(vars, variable{key, value})
	}
}
