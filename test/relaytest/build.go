package relaytest

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// program is the path of the relay that Main built.
var program string

// Program returns the path of the relay that Main built, for its other commands.
func Program() string { return program }

// Main builds the relay, runs the tests and returns their exit code. If HALLWAY_PROGRAM names a program, the tests run that program instead.
func Main(m *testing.M) int {
	if program = os.Getenv("HALLWAY_PROGRAM"); program != "" {
		return m.Run()
	}
	folder, err := os.MkdirTemp("", "hallway-relay-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	program, err = Build(folder)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}

// Build builds the relay in a folder and returns the path of the program.
func Build(folder string) (program string, err error) {
	program = filepath.Join(folder, "hallway")
	if out, err := exec.Command("go", "build", "-o", program, "hallway/relay").CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, out)
	}
	return program, nil
}

// StandsIn reports whether another program stands in for the relay.
func StandsIn() bool { return os.Getenv("HALLWAY_PROGRAM") != "" }
