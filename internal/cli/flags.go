package cli

import (
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/abi"
	"github.com/soltihq/soltiwasm/registry"
	"github.com/soltihq/soltiwasm/task"
)

// The formats of rows, and of log records.
const (
	formatTable = "table"
	formatJSON  = "json"
	formatYAML  = "yaml"
	formatText  = "text"
)

// commonFlags are those of every command.
type commonFlags struct {
	runners     []string
	engine      string // empty when nobody said, and where there is one only
	format      string // empty when nobody said; that is a table
	logLevel    slog.Level
	logFormat   string
	limits      abi.Limits // unset fields have their defaults
	timeout     time.Duration
	noCache     bool
	env         task.Env
	showEnv     bool
	metricsFile string
}

// define adds the flags to cmd and all commands below it.
func (f *commonFlags) define(cmd *cobra.Command, lookupEnv func(string) (string, bool)) {
	f.logLevel, f.logFormat = slog.LevelWarn, formatText
	fs := cmd.PersistentFlags()
	add := func(name, short, initial, usage string, set func(text string) error) {
		kind, usage := named(usage)
		fs.VarP(&value{flag: name, text: initial, set: set, kind: kind}, name, short, usage)
	}
	add("runners", "r", "", "load the modules of `DIR` (repeatable; default $SOLTIWASM_RUNNERS, else ./runners)", addDir(&f.runners))
	add("format", "o", "", "print as `table|json|yaml`, of which json is one object a line (default table)",
		oneOf(&f.format, formatTable, formatJSON, formatYAML))
	add("env", "", "", "lend `KEY=VALUE` to runners that the operator grants it (repeatable)", f.addEnv)
	add("env-from", "", "", "lend the variable `KEY` of this process's own environment (repeatable)",
		func(key string) error { return f.addEnvFrom(key, lookupEnv) })
	addBool := func(name, usage string, to *bool) {
		fs.Var(newSwitch(name, to), name, usage)
		fs.Lookup(name).NoOptDefVal = on
	}
	addBool("show-env", "show lent values, which are masked as *** otherwise", &f.showEnv)
	add("limit", "", "", "set a limit of all runners, `NAME=VALUE` (repeatable; "+strings.Join(registry.LimitNames(), ", ")+")", f.setLimit)
	add("timeout", "", "", "end the whole command after `DURATION`, with exit code 1", f.setTimeout)
	addBool("no-cache", "neither read nor keep compiled modules", &f.noCache)
	add("log-level", "", "warn", "log from `LEVEL` up: debug, info, warn or error", f.setLogLevel)
	add("log-format", "", formatText, "log as `text|json`", oneOf(&f.logFormat, formatText, formatJSON))
	f.complete(cmd)
}

// defineMetricsFile adds the flag of the commands that have metrics to cmd.
func (f *commonFlags) defineMetricsFile(cmd *cobra.Command) {
	define(cmd, "metrics-file", "", "write metrics in Prometheus' text format to `FILE` at the end", setText(&f.metricsFile))
}

// define adds a flag to cmd alone.
func define(cmd *cobra.Command, name, initial, usage string, set func(text string) error) {
	kind, usage := named(usage)
	cmd.Flags().Var(&value{flag: name, text: initial, set: set, kind: kind}, name, usage)
}

// named takes out of a usage what it calls the flag's value, which is between backquotes there: help knows what they mean,
// but shells show them.
func named(usage string) (name, plain string) {
	parts := strings.SplitN(usage, "`", 3)
	return parts[1], strings.Join(parts, "")
}

// defineSwitch adds a flag to cmd alone that is off unless it is given.
func defineSwitch(cmd *cobra.Command, name, usage string, to *bool) {
	cmd.Flags().Var(newSwitch(name, to), name, usage)
	cmd.Flags().Lookup(name).NoOptDefVal = on
}

// complete tells shells what may follow a flag.
func (f *commonFlags) complete(cmd *cobra.Command) {
	limits := registry.LimitNames()
	for i := range limits {
		limits[i] += "="
	}
	for name, words := range map[string][]string{
		"format":     {formatTable, formatJSON, formatYAML},
		"log-level":  {"debug", "info", "warn", "error"},
		"log-format": {formatText, formatJSON},
		"limit":      limits,
	} {
		directive := cobra.ShellCompDirectiveNoFileComp
		if name == "limit" {
			directive |= cobra.ShellCompDirectiveNoSpace
		}
		must(cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, directive)))
	}
	must(cmd.MarkPersistentFlagDirname("runners"))
}

// must is for what fails only where the program itself is wrong, such as naming a flag that was not defined.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// readEnvironment sets the flags that were not given from their variables.
func (f *commonFlags) readEnvironment(cmd *cobra.Command, lookupEnv func(string) (string, bool)) error {
	whole := func(text string) []string { return []string{text} }
	commas := func(text string) []string {
		parts := strings.Split(text, ",")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		return parts
	}
	for _, from := range []struct {
		flag  string
		parts func(string) []string
	}{
		{"runners", filepath.SplitList}, {"module-path", filepath.SplitList}, {"format", whole}, {"limit", commas}, {"env-from", commas}, {"timeout", whole},
		{"metrics-file", whole}, {"engine", whole}, {"no-cache", whole}, {"log-level", whole}, {"log-format", whole},
	} {
		variable := "SOLTIWASM_" + strings.ToUpper(strings.ReplaceAll(from.flag, "-", "_"))
		text, _ := lookupEnv(variable)
		if text == "" || cmd.Flags().Lookup(from.flag) == nil || cmd.Flags().Changed(from.flag) {
			continue
		}
		for _, part := range from.parts(text) {
			if err := cmd.Flags().Set(from.flag, part); err != nil {
				return usagef("%s: %w", variable, plainFlagError(err))
			}
		}
	}
	return nil
}

// value is a flag that checks its text. It satisfies pflag.Value.
type value struct {
	flag string
	text string
	set  func(text string) error
	kind string // what help calls the text; "bool" for a switch, which has none
}

// on is the text of a switch that is given without one.
const on = "true"

// newSwitch makes a flag that is on or off.
func newSwitch(name string, to *bool) *value {
	return &value{flag: name, text: "false", kind: "bool", set: func(text string) (err error) {
		if *to, err = strconv.ParseBool(text); err != nil {
			return fmt.Errorf("expected true or false, found %q", text)
		}
		return nil
	}}
}

func (v *value) String() string { return v.text }

// Type is what help calls the flag's value; that of a switch it leaves out.
func (v *value) Type() string { return v.kind }

func (v *value) Set(text string) error {
	if err := v.set(text); err != nil {
		return &flagError{v.flag, err}
	}
	v.text = text
	return nil
}

func setText(to *string) func(string) error {
	return func(text string) error {
		if text == "" {
			return errors.New("must not be empty")
		}
		*to = text
		return nil
	}
}

func oneOf(to *string, words ...string) func(string) error {
	return func(text string) error {
		if !slices.Contains(words, text) {
			return fmt.Errorf("expected %s, found %q", strings.Join(words, ", "), text)
		}
		*to = text
		return nil
	}
}

func addDir(to *[]string) func(string) error {
	return func(dir string) error {
		if dir == "" {
			return errors.New("expected a directory, found nothing")
		}
		*to = append(*to, dir)
		return nil
	}
}

func (f *commonFlags) addEnv(text string) error {
	key, value, ok := strings.Cut(text, "=")
	switch {
	case !ok:
		return errors.New("expected KEY=VALUE; --env-from KEY takes a value from this process's own environment")
	case key == "":
		return errors.New("expected a key before =")
	case strings.IndexByte(text, 0) >= 0:
		return errors.New("must not contain a NUL byte")
	case !utf8.ValidString(text):
		return errors.New("must be UTF-8, which guests are promised")
	}
	f.env = append(f.env, task.Var{Key: key, Value: value})
	return nil
}

func (f *commonFlags) addEnvFrom(key string, lookupEnv func(string) (string, bool)) error {
	if key == "" || strings.Contains(key, "=") {
		return errors.New("expected the name of a variable; --env KEY=VALUE gives a value")
	}
	value, ok := lookupEnv(key)
	if !ok {
		return fmt.Errorf("%s is not set in this process's environment", key)
	}
	if !utf8.ValidString(value) {
		return fmt.Errorf("%s is not UTF-8, which guests are promised", key)
	}
	f.env = append(f.env, task.Var{Key: key, Value: value})
	return nil
}

func (f *commonFlags) setLimit(text string) error {
	name, value, ok := strings.Cut(text, "=")
	if !ok {
		return fmt.Errorf("expected NAME=VALUE such as ask=200ms, found %q", text)
	}
	return registry.SetLimit(&f.limits, name, value)
}

func (f *commonFlags) setTimeout(text string) error {
	d, err := time.ParseDuration(text)
	if err != nil || d <= 0 {
		return fmt.Errorf(`expected a positive duration such as "30s" or "5m", found %q`, text)
	}
	f.timeout = d
	return nil
}

func (f *commonFlags) setLogLevel(text string) error {
	levels := map[string]slog.Level{"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError}
	level, ok := levels[text]
	if !ok {
		return fmt.Errorf("expected debug, info, warn or error, found %s", strconv.Quote(text))
	}
	f.logLevel = level
	return nil
}
