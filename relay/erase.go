package main

import (
	"errors"
	"fmt"
	"time"

	"hallway/relay/system"
	"hallway/store/postgres"
	"hallway/store/sqlite"
)

type eraseCommand struct {
	dbFlag
	filesAtFlag
	userFlag
}

// Run erases a user from the database, even while a relay uses it.
func (c *eraseCommand) Run() error {
	if err := errors.Join(c.userFlag.check(), c.dbFlag.check()); err != nil {
		return err
	}
	ctx, stop := system.UntilSignal()
	defer stop()
	line := newProgress("messages")
	var n int
	var err error
	if c.isPostgres() {
		n, err = postgres.Erase(ctx, c.DB, c.User, line.show)
	} else {
		n, err = sqlite.Erase(ctx, c.DB, c.User, time.Now(), line.show)
	}
	line.end()
	if err == nil {
		err = c.deleteDoomed(ctx, &c.dbFlag)
	}
	if err == nil {
		fmt.Println("messages erased:", n)
	}
	return asFailure(err)
}
