package postgres

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// connectTimeout bounds an attempt to connect.
	connectTimeout = 3 * time.Second
	// connectEvery is the least time between a failed attempt and the next one, so that refused attempts do not keep a
	// starting server busy.
	connectEvery = 100 * time.Millisecond
	// A peer that does not answer for aliveIdle and aliveProbes times aliveEvery counts as dead.
	aliveIdle   = 5 * time.Second
	aliveEvery  = 2 * time.Second
	aliveProbes = 3
)

// Every connection asks for plans that do not depend on statistics, which are missing or old while a table fills: each
// statement has one plan, through the indexes. idle_in_transaction_session_timeout unlocks the rooms of a relay that
// was cut off.
const settings = `SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_hashjoin = off;
	SET enable_mergejoin = off; SET jit = off; SET idle_in_transaction_session_timeout = '2s'; SET synchronous_commit = on;
	SET client_min_messages = warning`

// parse parses the URL of a database. Its error never contains the password.
func parse(dsn string) (*pgxpool.Config, error) {
	config, err := pgxpool.ParseConfig(dsn)
	if err != nil {
		return nil, errors.New("the URL is not valid: it is postgres://user@host:port/database, with special characters as %XX")
	}
	c := config.ConnConfig
	c.ConnectTimeout = connectTimeout
	dialer := &net.Dialer{
		Timeout:         connectTimeout,
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: aliveIdle, Interval: aliveEvery, Count: aliveProbes},
		Control:         boundUnacknowledged,
	}
	c.DialFunc = dialer.DialContext
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "hallway"
	}
	if c.ValidateConnect == nil { // of several hosts, use the one that can be written
		c.ValidateConnect = pgconn.ValidateConnectTargetSessionAttrsReadWrite
	}
	return config, nil
}

// Name returns a database's URL without its password, for logs.
func Name(dsn string) string {
	u, err := url.Parse(dsn)
	if err != nil {
		return "postgres://"
	}
	if u.User != nil {
		u.User = url.User(u.User.Username())
	}
	u.RawQuery = ""
	return u.String()
}

// A writer keeps the connection for commits. One goroutine at a time uses it.
type writer struct {
	db     *db
	conn   *pgx.Conn
	failed error       // of the last attempt to connect
	tried  time.Time   // the time of that attempt
	warned atomic.Bool // the server has warned since the transaction began
}

// connect returns the connection for commits; a new one if the last one was lost. made reports that it is new.
func (w *writer) connect(ctx context.Context) (conn *pgx.Conn, made bool, err error) {
	if c := w.conn; c != nil && !c.IsClosed() {
		return c, false, nil
	}
	if w.failed != nil && time.Since(w.tried) < connectEvery {
		return nil, false, w.failed
	}
	if !w.tried.IsZero() { // the last one was lost, and maybe those of the pools, too
		w.db.resetPools()
	}
	conn, err = w.dial(ctx)
	w.conn, w.failed, w.tried = conn, err, time.Now()
	return conn, true, err
}

// isLost reports whether a query failed because of its connection, not because of the query itself.
func isLost(err error) bool {
	var refused *pgconn.PgError
	return err != nil && (!errors.As(err, &refused) || hasClass(err, "57P", "08"))
}

func (w *writer) dial(ctx context.Context) (*pgx.Conn, error) {
	config := w.db.config.ConnConfig.Copy()
	config.OnNotice = func(_ *pgconn.PgConn, n *pgconn.Notice) {
		if n.SeverityUnlocalized == "WARNING" {
			w.warned.Store(true)
		}
	}
	ctx, cancel := context.WithTimeout(ctx, 2*connectTimeout)
	defer cancel()
	conn, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return nil, err
	}
	if err = w.db.prepare(ctx, conn); err != nil {
		_ = conn.Close(ctx)
		return nil, err
	}
	return conn, nil
}

// disconnect drops the writer's connection.
func (w *writer) disconnect() {
	if w.conn == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	_ = w.conn.Close(ctx)
	w.conn = nil
}

// explain turns an error into one line with its meaning for the operator.
func explain(err error) error {
	if err == nil {
		return nil
	}
	var refused *pgconn.PgError
	if errors.As(err, &refused) {
		return fmt.Errorf("%s (SQLSTATE %s)", refused.Message, refused.Code)
	}
	var connect *pgconn.ConnectError
	if errors.As(err, &connect) {
		first, _, _ := strings.Cut(strings.TrimSpace(connect.Unwrap().Error()), "\n") // the text has one line for each address
		return errors.New(first)
	}
	return err
}
