package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"hallway/relay/system"
	"hallway/store/postgres"
	"hallway/store/sqlite"
)

type exportCommand struct {
	dbFlag
	filesAtFlag
	userFlag
	To string `placeholder:"FILE" help:"The file to write, which must not exist; by default stdout. Then the user's files are copied to the folder FILE.files."`
}

// Run writes all stored data about a user.
func (c *exportCommand) Run() (err error) {
	if err := errors.Join(c.userFlag.check(), c.dbFlag.check()); err != nil {
		return err
	}
	ctx, stop := system.UntilSignal()
	defer stop()
	if c.To == "" {
		return asFailure(c.export(ctx, os.Stdout))
	}
	file, err := os.OpenFile(c.To, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("--to: %s exists already", c.To)
	}
	if err != nil {
		return fmt.Errorf("--to: %w", err)
	}
	err = c.export(ctx, file)
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		_ = os.Remove(c.To)
	} else if err = c.exportTo(ctx, &c.dbFlag, c.User, c.To+".files"); err == nil {
		err = c.warn(ctx, &c.dbFlag, "the bytes of the user's were not copied")
	}
	return asFailure(err)
}

// export writes the rows of the user to w.
func (c *exportCommand) export(ctx context.Context, w io.Writer) error {
	if c.isPostgres() {
		return postgres.Export(ctx, c.DB, c.User, w)
	}
	return sqlite.Export(ctx, c.DB, c.User, w)
}
