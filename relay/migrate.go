package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"hallway/files"
	"hallway/relay/place"
	"hallway/relay/rules"
	"hallway/relay/system"
	"hallway/store/postgres"
	"hallway/store/sqlite"
)

type migrateCommand struct {
	filesAtFlag
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
	ctx, stop := system.UntilSignal()
	defer stop()
	moved, err := c.openMove(ctx, &from)
	if err != nil {
		return err
	}
	defer func() { _ = moved.Close() }()
	line := newProgress("rows")
	rows, err := c.copy(ctx, moved, line)
	line.end()
	if err == nil {
		fmt.Printf("rows copied, and compared by number and checksum: %d\n", rows)
		at := ""
		if moved.Store != nil {
			at = " --files " + c.place(&from)
			fmt.Printf("files: %d; their bytes stay in %s, which belongs to the new database now\n", moved.files, c.place(&from))
		}
		fmt.Printf("now start relays with --db %s%s; the file is as it was\n", to.name(), at)
	}
	return asFailure(err)
}

// copy copies all tables and returns the number of their rows.
func (c *migrateCommand) copy(ctx context.Context, moved *move, line *progress) (rows int, err error) {
	err = sqlite.Dump(ctx, c.From, func(tables []sqlite.Table, reports int64) error {
		all := make([]postgres.Table, len(tables))
		for i, t := range tables {
			all[i] = postgres.Table(t)
			rows += t.Count
		}
		if err := moved.handOver(ctx); err != nil {
			return err
		}
		err := postgres.Fill(ctx, c.To, all, reports, moved.to, line.show)
		if err != nil {
			err = errors.Join(err, moved.handBack(context.WithoutCancel(ctx)))
		}
		return err
	})
	return rows, err
}

// A move hands a place of files over to another database. The bytes stay: only one of the two databases may own them,
// because each deletes unknown files.
type move struct {
	files.Store        // nil: there is no such place
	files       int    // the number of files in the database
	from, to    string // the names of the databases at the place; "": no file was ever stored
	done        bool   // this command has handed the place over
}

// openMove opens the place of a database's files.
func (c *migrateCommand) openMove(ctx context.Context, db *dbFlag) (*move, error) {
	m := &move{}
	name, err := db.fileRows(ctx, func(_ rules.StoredFile, all int) error { m.files = all; return nil })
	if err != nil || name == "" {
		return m, asFailure(err)
	}
	sum := sha256.Sum256([]byte("hallway migrated " + name))
	m.from, m.to = name, hex.EncodeToString(sum[:16])
	at := c.place(db)
	switch there, err := c.openBeside(ctx, db); {
	case err != nil:
		return m, err
	case there != nil:
		_ = there.Close()
	case m.files == 0:
		return m, nil
	case at == "":
		return m, fmt.Errorf("--files: the database has %d files: name the place of their bytes", m.files)
	default:
		return m, fmt.Errorf("--files: the database has %d files, and there is no folder %s with their bytes", m.files, at)
	}
	if m.Store, err = place.Open(ctx, at, place.Alone); err != nil {
		return m, fmt.Errorf("--files: %w", err)
	}
	return m, nil
}

// handOver hands the place over to the new database.
func (m *move) handOver(ctx context.Context) error {
	if m.Store == nil {
		return nil
	}
	owner, err := files.Owner(ctx, m.Store)
	if err != nil {
		return err
	}
	err = files.HandOver(ctx, m.Store, place.Name(m.from), place.Name(m.to))
	m.done = err == nil && owner == place.Name(m.from)
	if errors.Is(err, files.ErrForeign) {
		err = notBegunError{fmt.Errorf("--files: %w", err)}
	}
	return err
}

// handBack hands the place back to the old database, if the old one owned it when the command began.
func (m *move) handBack(ctx context.Context) error {
	if !m.done {
		return nil
	}
	return files.HandOver(ctx, m.Store, place.Name(m.to), place.Name(m.from))
}

// Close closes the place.
func (m *move) Close() error {
	if m.Store == nil {
		return nil
	}
	return m.Store.Close()
}
