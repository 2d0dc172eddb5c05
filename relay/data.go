package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"hallway/protocol"
	"hallway/store/sqlite"
)

// dbFlag names the database that a command is about.
type dbFlag struct {
	DB string `name:"db" default:"hallway.db" env:"HALLWAY_DB" help:"The database's file."`
}

type backupCommand struct {
	dbFlag
	To    string `required:"" placeholder:"FILE" help:"Where to put the copy."`
	Force bool   `help:"Put it in the place of a file that is there."`
}

// Run copies the database, beside a relay or without one.
func (c *backupCommand) Run() error {
	ctx, stop := untilSignal()
	defer stop()
	line := newProgress("copied")
	err := sqlite.Backup(ctx, c.DB, c.To, c.Force, line.show)
	line.end()
	return begun(err)
}

type restoreCommand struct {
	dbFlag
	From  string `required:"" placeholder:"FILE" help:"The backup."`
	Force bool   `help:"Put it in the place of a database that is there, which is kept beside it."`
}

// Run puts a backup in the place of the database.
func (c *restoreCommand) Run() error {
	ctx, stop := untilSignal()
	defer stop()
	line := newProgress("copied")
	kept, err := sqlite.Restore(ctx, c.From, c.DB, c.Force, time.Now(), line.show)
	line.end()
	if kept != "" {
		fmt.Println("the database that was there is now", kept)
	}
	return begun(err)
}

type checkCommand struct{ dbFlag }

// Run looks for damage and prints what it finds, one thing a line.
func (c *checkCommand) Run() error {
	ctx, stop := untilSignal()
	defer stop()
	line := newProgress("checked")
	findings := 0
	err := sqlite.Check(ctx, c.DB, func(text string) {
		line.end()
		findings++
		fmt.Println(text)
	}, line.show)
	line.end()
	if err == nil && findings > 0 {
		err = fmt.Errorf("%s: findings: %d", c.DB, findings)
	}
	return begun(err)
}

// userFlag names the user whom a command is about.
type userFlag struct {
	User string `required:"" help:"The user's id."`
}

func (f *userFlag) check() error {
	if !protocol.ValidUser(f.User) {
		return errors.New("--user: this is no valid id of a user")
	}
	return nil
}

type exportCommand struct {
	dbFlag
	userFlag
	To string `placeholder:"FILE" help:"Where to write it, a file that is not there yet; without it, to stdout."`
}

// Run writes what is known of a user.
func (c *exportCommand) Run() (err error) {
	if err := c.check(); err != nil {
		return err
	}
	ctx, stop := untilSignal()
	defer stop()
	if c.To == "" {
		return begun(sqlite.Export(ctx, c.DB, c.User, os.Stdout))
	}
	file, err := os.OpenFile(c.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--to: %s is there already", c.To)
	}
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	err = sqlite.Export(ctx, c.DB, c.User, file)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(c.To)
	}
	return begun(err)
}

type eraseCommand struct {
	dbFlag
	userFlag
}

// Run takes a user out of the database, beside a relay or without one.
func (c *eraseCommand) Run() error {
	if err := c.check(); err != nil {
		return err
	}
	ctx, stop := untilSignal()
	defer stop()
	line := newProgress("messages")
	n, err := sqlite.Erase(ctx, c.DB, c.User, time.Now(), line.show)
	line.end()
	if err == nil {
		fmt.Println("messages erased:", n)
	}
	return begun(err)
}

// begun tells apart what could not begin and what failed under way.
func begun(err error) error {
	if err == nil || errors.As(err, new(sqlite.NotBegunError)) {
		return err
	}
	return failure{err}
}
