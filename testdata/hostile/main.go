//go:build unix

// Command hostile writes a corpus of hostile and malformed inputs, and what the command soltiwasm must make of each:
//
//	go run ./testdata/hostile DIR
//
// DIR gets a folder for each case and a file cases.json, an array of [Case]. A case's folder holds the runners
// directory "runners", and most hold a document "spec.yaml". The same bytes come out every time. The test TestHostile of
// cmd/soltiwasm drives every case through the real program.
//
// The inputs are the project's own. Each says what it strains and which defence has to hold.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: hostile DIR")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, "hostile:", err)
		os.Exit(1)
	}
}

// cases are all of them, by group.
func cases() []Case {
	var all []Case
	for _, group := range []func() []Case{
		countCases, lebCases, truncationCases, structureCases, featureCases,
		compileCases, nearCases, sizeCases,
		startCases, loopCases, bulkCases, recursionCases, growthCases,
		floodCases, runFloodCases,
		contractCases, phaseCases, rangeCases, replyCases, statusCases,
		nameCases, textCases, metricCases,
		processCases, wasmActionCases, outputCases,
		fileCases, sidecarCases, grantCases, manifestCases, specCases, specFileCases,
	} {
		all = append(all, group()...)
	}
	return all
}

// write makes every case's folder, and the list of cases.
func write(dir string) error {
	all := cases()
	seen := map[string]bool{}
	for _, c := range all {
		if seen[c.Name] {
			return fmt.Errorf("two cases are named %s", c.Name)
		}
		seen[c.Name] = true
		if err := c.write(filepath.Join(dir, c.Name)); err != nil {
			return fmt.Errorf("case %s: %w", c.Name, err)
		}
	}
	text, err := json.MarshalIndent(all, "", "\t")
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "cases.json"), append(text, '\n'), 0o644)
}
