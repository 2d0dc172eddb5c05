package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"hallway/store/row"
)

const (
	// readersMax bounds the connections for pages and the upkeep, headsMax those for heads.
	readersMax = 8
	headsMax   = 2
)

// db is the database for all work except commits. Its methods are safe for concurrent use.
type db struct {
	options Options
	config  *pgxpool.Config
	life    life
	readers *pgxpool.Pool // pages, lists and the upkeep
	heads   *pgxpool.Pool // heads, which joins wait for: they never wait behind a search
}

// open opens the pools, brings the schema up to date and checks that the database can be written.
func (d *db) open(ctx context.Context) (err error) {
	if d.config, err = parse(d.options.URL); err != nil {
		return err
	}
	if err = d.migrate(ctx); err != nil {
		return err
	}
	if d.readers, err = d.pool(ctx, readersMax); err != nil {
		return err
	}
	if err = d.checkDisk(ctx); err != nil {
		return err
	}
	if d.heads, err = d.pool(ctx, headsMax); err != nil {
		return err
	}
	if err = d.checkNames(ctx); err != nil {
		return err
	}
	return d.Ready(ctx)
}

// closePools closes the pools that were opened.
func (d *db) closePools() {
	for _, pool := range []*pgxpool.Pool{d.readers, d.heads} {
		if pool != nil {
			pool.Close()
		}
	}
}

// pool returns a pool of at most n connections, each prepared by prepare.
func (d *db) pool(ctx context.Context, n int32) (*pgxpool.Pool, error) {
	config := d.config.Copy()
	config.MaxConns = n
	config.MinConns = 0
	config.AfterConnect = d.prepare
	return pgxpool.NewWithConfig(ctx, config)
}

// prepare prepares a new connection: it sets the session's settings, and checks that the database is still the same and
// compatible with this program.
func (d *db) prepare(ctx context.Context, conn *pgx.Conn) error {
	if _, err := conn.PgConn().Exec(ctx, settings).ReadAll(); err != nil {
		return err
	}
	if d.options.hasty {
		if _, err := conn.Exec(ctx, `SET synchronous_commit = off`); err != nil {
			return err
		}
	}
	return d.life.check(ctx, conn)
}

// resetPools closes the connections of the pools, each once it is idle: a restart of the server has broken them.
func (d *db) resetPools() {
	d.readers.Reset()
	d.heads.Reset()
}

// connectOnce returns a connection by the URL, without settings.
func (d *db) connectOnce(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 2*connectTimeout)
	defer cancel()
	return pgx.ConnectConfig(ctx, d.config.ConnConfig)
}

// migrate checks that texts can be stored, and brings the schema up to date.
func (d *db) migrate(ctx context.Context) error {
	conn, err := d.connectOnce(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	if encoding := conn.PgConn().ParameterStatus("server_encoding"); encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s: create it with --encoding=UTF8", encoding)
	}
	old, err := outdated(ctx, conn)
	if err != nil || !old {
		return err
	}
	return migrate(ctx, d.config.ConnConfig)
}

// checkDisk refuses a server that reports commits before they are on the disk.
func (d *db) checkDisk(ctx context.Context) error {
	var fsync string
	if err := d.readers.QueryRow(ctx, `SHOW fsync`).Scan(&fsync); err != nil {
		return err
	}
	if fsync == "off" && !d.options.hasty {
		return errors.New("its server has fsync=off and loses messages when the machine stops: set fsync=on")
	}
	return nil
}

// Ready returns the reason why the database cannot be written now; see [rules.Store].
func (d *db) Ready(ctx context.Context) error {
	var standby, readOnly bool
	var least int
	ask := func() error {
		return d.heads.QueryRow(ctx, `SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean, least FROM database`).
			Scan(&standby, &readOnly, &least)
	}
	err := ask()
	if isLost(err) { // the connection may be an old one: only a new one shows whether the server is up
		d.resetPools()
		err = ask()
	}
	switch {
	case err != nil:
		return fmt.Errorf("reach the database: %w", explain(err))
	case standby:
		return errors.New("the database is a standby, which cannot be written")
	case readOnly:
		return errors.New("the database is read-only")
	case least > schema:
		return errNewer(least)
	}
	return nil
}

// each calls do for each row of a query.
func (d *db) each(ctx context.Context, do func(row.Scan) error, query string, args ...any) error {
	rows, err := d.readers.Query(ctx, query, args...)
	if err != nil {
		return explain(err)
	}
	defer rows.Close()
	return row.Each(rows, do)
}

// readAll reads the rows of a query. doing describes the work in an error.
func readAll[T any](ctx context.Context, d *db, doing string, read func(row.Scan) (T, error), query string, args ...any) (all []T, err error) {
	if err = d.each(ctx, row.Into(&all, read), query, args...); err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	return all, nil
}

const lease = `INSERT INTO leases (job, holder, until) VALUES ($1, $2, hallway_now() + $3)
	ON CONFLICT (job) DO UPDATE SET holder = excluded.holder, until = excluded.until
	WHERE leases.holder = excluded.holder OR leases.until <= hallway_now()`

// Lease gives a job to the holder for a time; see [rules.Shared].
func (d *db) Lease(ctx context.Context, job, holder string, term time.Duration) (held bool, err error) {
	tag, err := d.readers.Exec(ctx, lease, job, holder, term.Microseconds())
	if err != nil {
		return false, fmt.Errorf("lease the job %q: %w", job, explain(err))
	}
	return tag.RowsAffected() == 1, nil
}
