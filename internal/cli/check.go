package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/soltihq/soltiwasm/internal/author"
	"github.com/soltihq/soltiwasm/taskfile"
)

func (a *app) checkCommand() *cobra.Command {
	var specs []string
	var explain string
	cmd := &cobra.Command{
		Use:   "check MODULE…",
		Short: "Hold modules to the ABI, and say what each breaks and how to mend it",
		Long: `check reads each module, runs it in the sandbox with specs of the kinds that it takes, ordinary and difficult ones, and
says which clauses of the ABI it breaks. Each finding has a stable code, a level, a sentence and a fix. An error breaks
the contract, a warning will bite one day, an info may well be as it should be. The exit code is 1 if there is an error.

The specs are made up from the manifest's kinds and from what the module looks for. What an own spec shows check may
not find out: give some with --spec. The module is granted what it asks for, its tasks' run is called for up to a
second, and processes are never started. The sidecar beside the module gives its configuration and its limits.
Environment variables that the module requests or looks up are made up, too; real ones are given with --env.

With --explain CODE it says what the code is about instead, or with --explain all what every code is about.`,
		Example: `  soltiwasm check hello.wasm
  soltiwasm check --spec testdata/hello.yaml hello.wasm
  soltiwasm check --env HELLO_TOKEN=secret hello.wasm
  soltiwasm check -o json runners/*.wasm | jq -c 'select(.ok | not)'
  soltiwasm check --explain SW402`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case explain == "" && len(args) == 0:
				return errors.New("expected a MODULE, found none")
			case explain != "" && len(args) > 0:
				return fmt.Errorf("expected no MODULE with --explain, found %q", args[0])
			}
			return nil
		},
		ValidArgsFunction: completeModules,
	}
	define(cmd, "spec", "", "try the specs of `SPEC` too, a file, directory or - (repeatable)", appendText(&specs))
	define(cmd, "explain", "", "say what `CODE` is about, or all", setText(&explain))
	must(cmd.RegisterFlagCompletionFunc("spec", completeSpecFlag))
	must(cmd.RegisterFlagCompletionFunc("explain", cobra.FixedCompletions(clauseCodes(), cobra.ShellCompDirectiveNoFileComp)))
	return a.runs(cmd, func(ctx context.Context, args []string) error {
		if explain != "" {
			return a.explainClauses(explain)
		}
		return a.check(ctx, args, specs)
	})
}

// completeModules has shells offer the files that are modules.
func completeModules(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"wasm"}, cobra.ShellCompDirectiveFilterFileExt
}

// completeSpecFlag has shells offer the files that hold specs.
func completeSpecFlag(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return []string{"yaml", "yml", "json"}, cobra.ShellCompDirectiveFilterFileExt
}

// appendText is a flag that may be given several times.
func appendText(to *[]string) func(string) error {
	return func(text string) error {
		if text == "" {
			return errors.New("must not be empty")
		}
		*to = append(*to, text)
		return nil
	}
}

func (a *app) check(ctx context.Context, modules, specs []string) error {
	a.preferChecking()
	given, err := a.validSpecs(ctx, specs)
	if err != nil {
		return err
	}
	return a.withWorkshop(func(w author.Workshop) error {
		out := a.answer("MODULE", "OK", "ERRORS", "WARNINGS", "INFOS")
		checking := a.console.begin("checking")
		defer checking.end()
		for i, module := range modules {
			checking.set("checking %s, %d of %d", module, i+1, len(modules))
			report, err := w.Check(ctx, module, given)
			if err == nil {
				if !report.OK() {
					a.raise(exitHost)
				}
				err = out.print(newCheckRow(report))
			}
			if err != nil {
				return errors.Join(err, out.flush())
			}
		}
		return out.flush()
	})
}

// validSpecs reads specs all of which have to be valid.
func (a *app) validSpecs(ctx context.Context, args []string) ([]taskfile.Item, error) {
	if len(args) == 0 {
		return nil, nil
	}
	items, err := a.readSpecs(ctx, args)
	if err != nil {
		return nil, err
	}
	for _, item := range items {
		if item.Err != nil {
			a.raise(exitUsage)
			return nil, errors.New(a.invalid(item.Err).Message)
		}
	}
	return items, nil
}

// checkRow is what was found about one module.
type checkRow struct {
	Module   string       `json:"module"`
	OK       bool         `json:"ok"`
	Findings []findingRow `json:"findings"`
}

type findingRow struct {
	Code    author.Code  `json:"code"`
	Level   author.Level `json:"level"`
	Message string       `json:"message"`
	Fix     string       `json:"fix"`
}

func newCheckRow(r author.Report) checkRow {
	row := checkRow{Module: r.Module, OK: r.OK(), Findings: make([]findingRow, len(r.Findings))}
	for i, f := range r.Findings {
		row.Findings[i] = findingRow(f)
	}
	return row
}

func (r checkRow) line() line {
	count := map[author.Level]int{}
	l := line{}
	for _, f := range r.Findings {
		count[f.Level]++
		colour := map[author.Level]string{author.LevelError: red, author.LevelInfo: dim}[f.Level]
		l.notes = append(l.notes,
			cell{text: fmt.Sprintf("%s %s: %s", f.Code, f.Level, f.Message), colour: colour},
			cell{text: "  " + f.Fix, colour: dim})
	}
	l.cells = plain(r.Module, "yes", strconv.Itoa(count[author.LevelError]), strconv.Itoa(count[author.LevelWarning]),
		strconv.Itoa(count[author.LevelInfo]))
	l.cells[1].colour = green
	if !r.OK {
		l.cells[1] = cell{text: "no", colour: red}
	}
	return l
}

// clauseCodes are the codes that check can report.
func clauseCodes() []string {
	codes := []string{"all"}
	for _, c := range author.Clauses() {
		codes = append(codes, string(c.Code))
	}
	return codes
}

// explainClauses says what a code is about, or all are.
func (a *app) explainClauses(word string) error {
	clauses := author.Clauses()
	if word != "all" {
		c, ok := author.FindClause(author.Code(strings.ToUpper(word)))
		if !ok {
			return usagef("--explain: there is no code %q; --explain all lists them", word)
		}
		clauses = []author.Clause{c}
	}
	out := a.answer("CODE", "LEVEL", "RULE")
	for _, c := range clauses {
		if err := out.print(clauseRow{c.Code, c.Level, c.Rule, c.Fix}); err != nil {
			return err
		}
	}
	return out.flush()
}

// clauseRow is one thing that check looks at.
type clauseRow struct {
	Code  author.Code  `json:"code"`
	Level author.Level `json:"level"`
	Rule  string       `json:"rule"`
	Fix   string       `json:"fix"`
}

func (r clauseRow) line() line {
	return line{cells: plain(string(r.Code), string(r.Level), r.Rule), notes: []cell{{text: r.Fix, colour: dim}}}
}
