package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"hallway/relay/rules"
	"hallway/store/postgres"
	"hallway/store/sqlite"
)

// A database is the store that a relay needs. A database that several relays share is a [rules.Shared], too.
type database interface {
	rules.Store
	rules.Directory
	rules.Moderation
	rules.Locks
	rules.Upkeep
}

// dbFlag names the database of a command.
type dbFlag struct {
	DB string `name:"db" default:"hallway.db" env:"HALLWAY_DB" help:"The database: the file of a SQLite database, or postgres://user@host:port/name. The password may be in the variable PGPASSWORD or in the file ~/.pgpass."`
}

// isPostgres reports whether the database is in PostgreSQL and not in a file.
func (f *dbFlag) isPostgres() bool {
	return strings.HasPrefix(f.DB, "postgres://") || strings.HasPrefix(f.DB, "postgresql://")
}

// name returns the database's name without a password.
func (f *dbFlag) name() string {
	if f.isPostgres() {
		return postgres.Name(f.DB)
	}
	return f.DB
}

// check refuses a database that is neither in a file nor in PostgreSQL.
func (f *dbFlag) check() error {
	scheme, _, found := strings.Cut(f.DB, "://")
	if found && !f.isPostgres() {
		return fmt.Errorf("--db: %s:// is not known, only the path of a file and postgres://", scheme)
	}
	return nil
}

// inFile refuses, for a command that needs a database in a file, any other database, and names the alternative.
func (f *dbFlag) inFile(instead string) error {
	if f.isPostgres() {
		return errors.New("--db: this command is for a database in a file; with PostgreSQL " + instead)
	}
	return f.check()
}

// folder returns the folder of the relay's files beside its database.
func (f *dbFlag) folder() string {
	if f.isPostgres() {
		return "."
	}
	return filepath.Dir(f.DB)
}

// open opens the database for a relay.
func (f *dbFlag) open(ctx context.Context, failover string) (database, error) {
	if f.isPostgres() {
		return postgres.Open(ctx, postgres.Options{URL: f.DB, Lossless: failover == failoverLossless})
	}
	return sqlite.Open(ctx, sqlite.Options{Path: f.DB})
}

// fileRows calls each for every file in the database, with the number of all, and returns the name by which the place
// of the files knows the database.
func (f *dbFlag) fileRows(ctx context.Context, each func(file rules.StoredFile, all int) error) (name string, err error) {
	if f.isPostgres() {
		return postgres.FileRows(ctx, f.DB, each)
	}
	return sqlite.FileRows(ctx, f.DB, each)
}

// asFailure turns an error into a failure, unless the command had not begun its work.
func asFailure(err error) error {
	if err == nil || errors.As(err, new(notBegunError)) || errors.As(err, new(sqlite.NotBegunError)) || errors.As(err, new(postgres.NotBegunError)) {
		return err
	}
	return failure{err}
}
