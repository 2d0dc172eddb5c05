// Command toolexec runs a tool of the Go toolchain for go build's -toolexec. It replaces the toolchain's compiler by the
// patched one:
//
//	toolexec COMPILER ID TOOL ARGUMENTS…
//
// It adds the ID to the version that it reports to the go command, so that the build cache keeps the packages of the two
// compilers apart. The main function is run; to replace another tool, add it there. The command must not know how the patched
// compiler differs.
package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	if len(args) < 3 {
		fmt.Fprintln(os.Stderr, "usage: toolexec COMPILER ID TOOL ARGUMENTS…")
		return 2
	}
	compiler, id, tool, args := args[0], args[1], args[2], args[3:]
	ours := strings.TrimSuffix(filepath.Base(tool), ".exe") == "compile" && os.Getenv("GOARCH") == "wasm"
	if ours {
		tool = compiler
	}
	cmd := exec.Command(tool, args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	if ours && len(args) == 1 && args[0] == "-V=full" {
		cmd.Stdout = nil
		version, err := cmd.Output()
		if err == nil {
			fmt.Println(strings.TrimSpace(string(version)), "hallway-"+id)
			return 0
		}
		return code(err)
	}
	return code(cmd.Run())
}

// code returns the exit code for the error of a command.
func code(err error) int {
	var exit *exec.ExitError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &exit):
		return exit.ExitCode()
	default:
		fmt.Fprintln(os.Stderr, "toolexec:", err)
		return 1
	}
}
