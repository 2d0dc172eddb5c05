package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
)

// life compares the database's identity with the stored one. A message must not vanish after clients have seen it: if
// the database is not the same as before (a promoted standby that may lack commits, a restored backup, a copy), each
// room gets a new epoch, so that clients load it again.
type life struct {
	// lossless reports that a promoted standby lacks no commit.
	lossless bool
}

// An identity names a database and one history of it.
type identity struct {
	system, timeline, oid string
}

const (
	// The first eight digits in the name of a file of the write-ahead log are its timeline, which changes with each
	// promotion.
	selectIdentity = `SELECT (SELECT system_identifier::text FROM pg_control_system()),
		left(pg_walfile_name(pg_current_wal_lsn()), 8), (SELECT oid::text FROM pg_database WHERE datname = current_database())`
	selectDatabase = `SELECT cluster, system, timeline, oid, least FROM database`
)

// check compares the database with the one to which a relay last connected.
func (l *life) check(ctx context.Context, conn *pgx.Conn) error {
	is, was, cluster, err := l.readIdentity(ctx, conn, selectDatabase)
	if err != nil || is == was && cluster != "" {
		return err
	}
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	// Another relay may do the same now.
	is, was, cluster, err = l.readIdentity(ctx, conn, selectDatabase+` FOR UPDATE`)
	if err != nil || is == was && cluster != "" {
		return err
	}
	if cluster != "" && !(l.lossless && is.system == was.system && is.oid == was.oid) {
		if _, err := tx.Exec(ctx, `UPDATE rooms SET epoch = `+randomEpoch+` WHERE name IS NOT NULL`); err != nil {
			return err
		}
	}
	if cluster == "" || is.system != was.system || is.oid != was.oid { // a new database, or a copy of another one
		cluster = strings.ToLower(rand.Text())
	}
	_, err = tx.Exec(ctx, `UPDATE database SET cluster = $1, system = $2, timeline = $3, oid = $4`, cluster, is.system, is.timeline, is.oid)
	if err != nil {
		return err
	}
	return tx.Commit(ctx)
}

// randomEpoch makes an epoch as newEpoch does, but in SQL: 32 random bits.
const randomEpoch = `substr(md5(random()::text || clock_timestamp()::text || key::text), 1, 8)`

// newEpoch returns a new epoch: 40 random bits, so that epochs are unique.
func newEpoch(string) string { return strings.ToLower(rand.Text()[:8]) }

// readIdentity reads the present and the stored identity.
func (l *life) readIdentity(ctx context.Context, conn *pgx.Conn, query string) (is, was identity, cluster string, err error) {
	if err = conn.QueryRow(ctx, selectIdentity).Scan(&is.system, &is.timeline, &is.oid); err != nil {
		return is, was, "", fmt.Errorf("read the database's identity: %w", err)
	}
	var least int
	err = conn.QueryRow(ctx, query).Scan(&cluster, &was.system, &was.timeline, &was.oid, &least)
	if errors.Is(err, pgx.ErrNoRows) {
		return is, was, "", errors.New("the table database has no row")
	}
	if err == nil && least > schema {
		err = errNewer(least)
	}
	return is, was, cluster, err
}

// errNewer is the error of a database that needs a newer program.
func errNewer(least int) error {
	return fmt.Errorf("a newer hallway has used it (it needs schema %d, this one knows %d)", least, schema)
}
