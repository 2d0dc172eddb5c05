// Package native_test lets people chat from native clients, built from the same
// core as the browser's, over the real relay and a real database, and kills
// whoever can be killed. Relay and clients are processes of their own, so that a
// kill is a kill.
package native_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// relayProgram is the built relay.
var relayProgram string

func TestMain(m *testing.M) {
	if os.Getenv(clientVariable) != "" {
		runClient()
		return
	}
	if folder := os.Getenv(saveVariable); folder != "" {
		saveForever(folder)
	}
	os.Exit(buildAndRun(m))
}

func buildAndRun(m *testing.M) int {
	folder, err := os.MkdirTemp("", "hallway-native-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(folder)
	relayProgram = filepath.Join(folder, "hallway")
	if out, err := exec.Command("go", "build", "-o", relayProgram, "hallway/relay").CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "go build: %v\n%s", err, out)
		return 1
	}
	return m.Run()
}
