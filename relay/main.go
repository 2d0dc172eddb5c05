package main

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/alecthomas/kong"

	"hallway/files/apart"
)

// version is set when a release is built: -ldflags "-X main.version=1.2.3".
var version = "dev"

// The exit codes.
const (
	exitFailed = 1 // the command began its work and failed
	exitUsage  = 2 // the command could not begin: flags, environment, files, addresses
)

type commandLine struct {
	Serve   serveCommand     `cmd:"" help:"Run the relay."`
	Token   tokenCommand     `cmd:"" help:"Print a token, for tests and scripts."`
	Backup  backupCommand    `cmd:"" help:"Copy the database to a file, also while a relay uses it."`
	Restore restoreCommand   `cmd:"" help:"Replace the database by a backup. Stop the relay first."`
	Check   checkCommand     `cmd:"" help:"Check the database for damage, also while a relay uses it. The exit code is 1 if there is any."`
	Export  exportCommand    `cmd:"" help:"Write all stored data about a user as JSON, also while a relay uses the database."`
	Erase   eraseCommand     `cmd:"" help:"Erase a user from the database for good, also while a relay uses it."`
	Migrate migrateCommand   `cmd:"" help:"Copy a SQLite database to PostgreSQL, so that several relays can share it. Stop the relay first. Clients keep the messages that they have loaded."`
	Keeper  keeperCommand    `cmd:"" help:"Give the keys of end-to-end encrypted rooms to users who join while no other device is online. Run it on your own server, never on the relay's machine."`
	Version kong.VersionFlag `help:"Print the version and exit."`
}

func main() {
	if len(os.Args) == 3 && os.Args[1] == apart.Command { // a process that the relay has started to process a picture
		os.Exit(apart.Main(os.Args[2]))
	}
	var line commandLine
	parser, err := kong.New(&line,
		kong.Name("hallway"),
		kong.Description("The relay of Hallway, a chat for your web frontends."),
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

// failure is the error of a command that has begun its work.
type failure struct{ error }

func (f failure) Unwrap() error { return f.error }

// fail prints an error in one line and exits.
func fail(err error) {
	fmt.Fprintln(os.Stderr, "hallway:", strings.Join(strings.Fields(err.Error()), " "))
	if errors.As(err, new(failure)) {
		os.Exit(exitFailed)
	}
	os.Exit(exitUsage)
}
