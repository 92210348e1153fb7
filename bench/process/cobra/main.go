// Command cobra is the least that a command-line program with cobra is: one command with a flag and an argument, which
// prints a line.
package main

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
)

func main() {
	var runners string
	root := &cobra.Command{Use: "cobra"}
	route := &cobra.Command{
		Use:  "route SPEC",
		Args: cobra.ExactArgs(1),
		Run: func(_ *cobra.Command, args []string) {
			fmt.Println(runners, args[0])
		},
	}
	route.Flags().StringVarP(&runners, "runners", "r", "runners", "read modules of `DIR`")
	root.AddCommand(route)
	if root.Execute() != nil {
		os.Exit(1)
	}
}
