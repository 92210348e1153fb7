package wasi

import "time"

// Bodies are the functions of commands, by their names.
var Bodies = bodies

// ErrnoOf is how an error of the host's is told to guests.
var ErrnoOf = errnoOf

// NewGuest is the state of these functions, and what closes its files.
func NewGuest(c Command, now func() time.Time) (state any, done func(), err error) {
	g, err := newGuest(c, now)
	if err != nil {
		return nil, nil, err
	}
	return g, g.files.close, nil
}
