package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"
)

// version is set when a release is built: -ldflags "-X main.version=1.2.3".
var version = "dev"

// What the command exits with.
const (
	exitFailed = 1 // it began and failed
	exitUsage  = 2 // it could not begin: flags, environment, files, addresses
)

type commandLine struct {
	Serve   serveCommand     `cmd:"" help:"Run the relay."`
	Token   tokenCommand     `cmd:"" help:"Print a token, for a try or a script."`
	Backup  backupCommand    `cmd:"" help:"Copy the database to a file, also while a relay uses it."`
	Restore restoreCommand   `cmd:"" help:"Put a backup in the place of the database; the relay must be stopped."`
	Check   checkCommand     `cmd:"" help:"Look for damage in the database, also while a relay uses it; exit code 1 where there is any."`
	Export  exportCommand    `cmd:"" help:"Write everything that is stored about a user as JSON, also while a relay uses the database."`
	Erase   eraseCommand     `cmd:"" help:"Take a user out of the database for good, beside a relay or without one."`
	Version kong.VersionFlag `help:"Print the version and end."`
}

func main() {
	var line commandLine
	parser, err := kong.New(&line,
		kong.Name("hallway"),
		kong.Description("Hallway, a chat for the web frontends that you have: the relay."),
		kong.Vars{"version": version},
	)
	if err != nil {
		fail(err)
	}
	command, err := parser.Parse(os.Args[1:])
	if err != nil {
		fail(err)
	}
	if err := command.Run(); err != nil {
		fail(err)
	}
}

// failure is an error of a command that had begun its work.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// fail says in one line what is wrong, and ends.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "hallway:", strings.Join(strings.Fields(err.Error()), " "))
	if errors.As(err, new(failure)) {
		os.Exit(exitFailed)
	}
	os.Exit(exitUsage)
}
