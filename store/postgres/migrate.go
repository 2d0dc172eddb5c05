package postgres

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

const (
	// schema is the version after all migrations. A migration that breaks relays of an older version raises the column
	// database.least to its own version; such relays can run with all other migrations.
	schema = 4

	// migrateTurnEvery and migrateTurns bound the time that a relay waits for another one that migrates.
	migrateTurnEvery = 100 * time.Millisecond
	migrateTurns     = 3000
)

// outdated reports whether the schema is older than this program's. The column database.least tells whether this
// program may use a newer one.
func outdated(ctx context.Context, conn *pgx.Conn) (bool, error) {
	var there bool
	if err := conn.QueryRow(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&there); err != nil || !there {
		return true, err
	}
	var version int64
	err := conn.QueryRow(ctx, `SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&version)
	return version < schema, err
}

// migrate brings the schema to the newest version of this program. One relay does it, the others wait.
func migrate(ctx context.Context, config *pgx.ConnConfig) error {
	db := stdlib.OpenDB(*config)
	defer func() { _ = db.Close() }()
	locker, err := lock.NewPostgresTableLocker(lock.WithTableLockTimeout(migrateTurnEvery, migrateTurns))
	if err != nil {
		return err
	}
	files, err := fs.Sub(migrationFiles, "migrations")
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithDisableGlobalRegistry(true), goose.WithLogger(goose.NopLogger()), goose.WithLocker(locker))
	if err != nil {
		return err
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("bring the schema to version %d: %w", schema, err)
	}
	return nil
}
