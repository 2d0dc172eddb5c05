// Command balanced stands in for the program hallway, for tests that use the relay only over the network: its `serve` runs three relays
// on PostgreSQL and NATS behind HAProxy, which hands each connection to the next relay. Such a test must see the same as with
// one relay.
//
//	balanced run go test ./test/compat    starts PostgreSQL and NATS, and runs a command with HALLWAY_PROGRAM set to this one
//	balanced serve --addr … --db …        serves in place of a relay; a later call with the same --db gets the same database
//	balanced …                            runs any other command of hallway
//
// The main type is relays, which `serve` starts. To add a flag that three relays cannot share, handle it there. The command must not
// depend on a test.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"

	"hallway/test/relaytest"
	"hallway/test/servers"
)

// The variables by which `run` tells `serve` what it has started. HALLWAY_PROGRAM names this command for package relaytest and for
// the tests in a browser.
const (
	programVariable  = "BALANCED_PROGRAM"
	postgresVariable = "BALANCED_POSTGRES"
	natsVariable     = "BALANCED_NATS"
)

func main() {
	var code int
	var err error
	switch args := os.Args[1:]; {
	case len(args) > 1 && args[0] == "run":
		code, err = runCommand(args[1:])
	case os.Getenv(postgresVariable) == "":
		err = errors.New("usage: balanced run COMMAND…")
		code = 2
	case len(args) > 0 && args[0] == "serve" && !ownDatabase(args):
		err = serve(args[1:])
	default:
		program := os.Getenv(programVariable)
		err = syscall.Exec(program, append([]string{program}, args...), os.Environ())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "balanced:", err)
		code = max(code, 1)
	}
	os.Exit(code)
}

// runCommand runs a command with a relay program that is this one, and returns its exit code.
func runCommand(command []string) (code int, err error) {
	folder, err := os.MkdirTemp("", "hallway-balanced-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	program, err := relaytest.Build(folder)
	if err != nil {
		return 1, err
	}
	self, err := os.Executable()
	if err != nil {
		return 1, err
	}
	// With `go run` this program is a temporary file. It exists until this process ends, and the tests end earlier.
	signals, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	err = servers.Outside(func(t servers.Test) error {
		database, nats := servers.NewCluster(t, "max_connections=500"), servers.NATS(t)
		run := exec.CommandContext(signals, command[0], command[1:]...)
		run.Cancel = func() error { return run.Process.Signal(os.Interrupt) }
		run.Stdin, run.Stdout, run.Stderr = os.Stdin, os.Stdout, os.Stderr
		run.Env = append(os.Environ(), "HALLWAY_PROGRAM="+self, programVariable+"="+program,
			postgresVariable+"="+database.URL("postgres"), natsVariable+"=nats://"+nats.Addr)
		err := run.Run()
		var exit *exec.ExitError
		if errors.As(err, &exit) {
			code, err = max(exit.ExitCode(), 1), nil
		}
		return err
	})
	return code, err
}

// abs returns the absolute path, or the path itself if that fails.
func abs(path string) string {
	if full, err := filepath.Abs(path); err == nil {
		return full
	}
	return path
}
