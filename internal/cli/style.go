package cli

// style colours text, or leaves it alone where there is no terminal.
type style bool

// The colours, as ANSI codes.
const (
	bold  = "1"
	dim   = "2"
	red   = "31"
	green = "32"
)

func (s style) paint(code, text string) string {
	if !s || code == "" || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}
