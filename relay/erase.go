package main

import (
	"fmt"
	"time"

	"hallway/store/sqlite"
)

type eraseCommand struct {
	dbFlag
	userFlag
}

// Run erases a user from the database, while a relay uses it or not.
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
