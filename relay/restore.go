package main

import (
	"fmt"
	"time"

	"hallway/relay/system"
	"hallway/store/sqlite"
)

type restoreCommand struct {
	dbFlag
	filesAtFlag
	From  string `required:"" placeholder:"FILE" help:"The backup."`
	Force bool   `help:"Replace a database that exists; it is kept beside the new one."`
}

// Run replaces the database by a backup, and copies the files beside the backup to their place.
func (c *restoreCommand) Run() error {
	if err := c.inFile("restore a backup with pg_restore, or by point-in-time recovery"); err != nil {
		return err
	}
	ctx, stop := system.UntilSignal()
	defer stop()
	if err := c.copyIn(ctx, &c.dbFlag, c.From); err != nil {
		return asFailure(err)
	}
	line := newProgress("copied")
	kept, err := sqlite.Restore(ctx, c.From, c.DB, c.Force, time.Now(), line.show)
	line.end()
	if kept != "" {
		fmt.Println("the database that was there is now", kept)
	}
	return asFailure(err)
}
