package relaytest_test

import (
	"os"
	"path/filepath"
	"testing"

	"hallway/test/relaytest"
)

// standIn is a program whose child notices the end of the program, and then writes a file beside the database.
const standIn = `#!/bin/sh
mkfifo "$5"
{ cat; : >"$5.late"; } <"$5" &
exec 9>"$5"
echo '{"msg":"listening"}' >&2
wait
`

// TestKillWaitsForChildren kills a program whose child outlives it for a moment.
func TestKillWaitsForChildren(t *testing.T) {
	program := filepath.Join(t.TempDir(), "stand-in")
	if err := os.WriteFile(program, []byte(standIn), 0o700); err != nil {
		t.Fatal(err)
	}
	r := relaytest.StartProgram(t, program)
	r.Kill()
	if _, err := os.Stat(r.Database + ".late"); err != nil {
		t.Errorf("Kill has returned before the child of the program ended: %v", err)
	}
}
