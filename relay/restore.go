package main

import (
	"fmt"
	"time"

	"hallway/store/sqlite"
)

type restoreCommand struct {
	dbFlag
	From  string `required:"" placeholder:"FILE" help:"The backup."`
	Force bool   `help:"Replace a database that exists; it is kept beside the new one."`
}

// Run replaces the database by a backup.
func (c *restoreCommand) Run() error {
	if err := c.inFile("restore a backup with pg_restore, or by point-in-time recovery"); err != nil {
		return err
	}
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
