package main

import (
	"hallway/relay/system"
	"hallway/store/sqlite"
)

type backupCommand struct {
	dbFlag
	filesAtFlag
	To    string `required:"" placeholder:"FILE" help:"The file to write."`
	Force bool   `help:"Overwrite a file that exists."`
}

// Run copies the database, and its files into a folder beside the copy, even while a relay uses it.
func (c *backupCommand) Run() error {
	if err := c.inFile("take a backup with pg_dump, or by continuous archiving"); err != nil {
		return err
	}
	ctx, stop := system.UntilSignal()
	defer stop()
	line := newProgress("copied")
	err := sqlite.Backup(ctx, c.DB, c.To, c.Force, line.show)
	line.end()
	if err == nil {
		err = c.copyOut(ctx, &c.dbFlag, c.To)
	}
	return asFailure(err)
}
