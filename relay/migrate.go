package main

import (
	"context"
	"errors"
	"fmt"

	"hallway/relay/rules"
	"hallway/store/postgres"
	"hallway/store/sqlite"
)

type migrateCommand struct {
	From string `required:"" placeholder:"FILE" help:"The SQLite database."`
	To   string `required:"" env:"HALLWAY_MIGRATE_TO" placeholder:"URL" help:"The PostgreSQL database, postgres://user@host:port/name, which must exist and have no rooms."`
}

// Run copies a SQLite database to PostgreSQL.
func (c *migrateCommand) Run() error {
	from, to := dbFlag{DB: c.From}, dbFlag{DB: c.To}
	if from.isPostgres() || from.check() != nil {
		return errors.New("--from: this must be the file of a SQLite database")
	}
	if !to.isPostgres() {
		return errors.New("--to: this must be postgres://user@host:port/name")
	}
	ctx, stop := untilSignal()
	defer stop()
	some := false
	_, err := sqlite.FileRows(ctx, c.From, func(rules.StoredFile, int) error { some = true; return nil })
	if err == nil && some {
		return errors.New("--from: this database has uploaded files, which a relay on PostgreSQL does not keep yet")
	}
	line := newProgress("rows")
	rows, err := c.copy(ctx, line)
	line.end()
	if err == nil {
		fmt.Printf("rows copied, and compared by number and checksum: %d\nnow start relays with --db %s; the file is as it was\n", rows, to.name())
	}
	return begun(err)
}

// copy copies all tables and returns the number of their rows.
func (c *migrateCommand) copy(ctx context.Context, line *progress) (rows int, err error) {
	err = sqlite.Dump(ctx, c.From, func(tables []sqlite.Table, reports int64) error {
		all := make([]postgres.Table, len(tables))
		for i, t := range tables {
			all[i] = postgres.Table(t)
			rows += t.Count
		}
		return postgres.Fill(ctx, c.To, all, reports, line.show)
	})
	return rows, err
}
