package main

import (
	"fmt"

	"hallway/store/sqlite"
)

type checkCommand struct{ dbFlag }

// Run looks for damage and prints each finding on a line.
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
