package main

import (
	"fmt"

	"hallway/relay/system"
	"hallway/store/postgres"
	"hallway/store/sqlite"
)

type checkCommand struct {
	dbFlag
	filesAtFlag
}

// Run looks for damage and prints each finding on a line.
func (c *checkCommand) Run() error {
	if err := c.dbFlag.check(); err != nil {
		return err
	}
	ctx, stop := system.UntilSignal()
	defer stop()
	line := newProgress("checked")
	findings := 0
	found := func(text string) {
		line.end()
		findings++
		fmt.Println(text)
	}
	var err error
	if c.isPostgres() {
		err = postgres.Check(ctx, c.DB, found, line.show)
	} else {
		err = sqlite.Check(ctx, c.DB, found, line.show)
	}
	line.end()
	if err == nil && findings == 0 {
		files := newProgress("files")
		err = c.checkFiles(ctx, &c.dbFlag, found, files.show)
		files.end()
	}
	if err == nil {
		err = c.warn(ctx, &c.dbFlag, "their bytes were not looked at")
	}
	if err == nil && findings > 0 {
		err = fmt.Errorf("%s: findings: %d", c.name(), findings)
	}
	return asFailure(err)
}
