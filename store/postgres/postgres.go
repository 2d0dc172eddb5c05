package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"hallway/relay/rules"
)

// Store is a [rules.Store] in a PostgreSQL database that other relays use as well. Its methods may be called from several
// goroutines at once.
type Store struct {
	options Options
	config  *pgxpool.Config
	life    life
	readers *pgxpool.Pool // pages, lists and the upkeep
	heads   *pgxpool.Pool // heads, for which a join waits: they stand behind no search
	clock   func() time.Time

	closing   sync.Once
	stop      chan struct{}  // closed to end the upkeep
	running   sync.WaitGroup // the upkeep
	stopping  context.Context
	endUpkeep context.CancelFunc

	upkeep upkeep

	// Owned by the commit whose turn it is:

	turn                   sync.Mutex
	closed                 bool
	writer                 writer
	rooms                  map[string]*room // as the last commits left them; a commit compares their versions
	sanctions              int              // an upper bound of those in rooms
	cleared                map[sender]int64 // as in a batch
	quickRest, quickRested int              // batches for which the quick way is not tried, and how many that were the last time
}

var (
	_ rules.Store      = (*Store)(nil)
	_ rules.Directory  = (*Store)(nil)
	_ rules.Moderation = (*Store)(nil)
	_ rules.Shared     = (*Store)(nil)
	_ rules.Upkeep     = (*Store)(nil)
)

var errClosed = errors.New("the store is closed")

// Options say how to open a store.
type Options struct {
	// URL names the database: postgres://user:password@host:port/database. What it does not say, the variables of
	// PostgreSQL's programs do (PGPASSWORD, PGSSLMODE …).
	URL string
	// Lossless says that a standby which is promoted lacks no commit (synchronous replication), so that clients need not
	// load all rooms anew after a promotion.
	Lossless bool
	// CallersClock makes created_at come from the caller's clock in place of the server's: for tests, and for one writer.
	CallersClock bool
	// clock measures how long the parts take in which others wait; nil: time.Now.
	clock func() time.Time
	// idle leaves the upkeep undone, hasty does not wait for the disk, and bears a server that does not.
	idle, hasty bool
}

// Open connects to the database, brings its schema up to date and makes sure that it can be written. The error is one
// line for the operator, without the password.
func Open(ctx context.Context, o Options) (*Store, error) {
	s := &Store{
		options: o, life: life{lossless: o.Lossless}, clock: o.clock, stop: make(chan struct{}),
		rooms: make(map[string]*room), cleared: make(map[sender]int64),
	}
	s.stopping, s.endUpkeep = context.WithCancel(context.Background())
	if s.clock == nil {
		s.clock = time.Now
	}
	if err := s.open(ctx); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open database %q: %w", Name(o.URL), explain(err))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context) (err error) {
	if s.config, err = parse(s.options.URL); err != nil {
		return err
	}
	if err = s.migrate(ctx); err != nil {
		return err
	}
	if s.readers, err = s.pool(ctx, readersMax); err != nil {
		return err
	}
	if err = s.checkDisk(ctx); err != nil {
		return err
	}
	if s.heads, err = s.pool(ctx, headsMax); err != nil {
		return err
	}
	if err = s.checkNames(ctx); err != nil {
		return err
	}
	if err = s.Ready(ctx); err != nil {
		return err
	}
	if err = s.upkeep.load(ctx, s); err != nil {
		return err
	}
	if !s.options.idle {
		s.running.Go(s.tend)
	}
	return nil
}

// migrate makes sure that texts can be stored, and brings the schema up to date.
func (s *Store) migrate(ctx context.Context) error {
	conn, err := s.connectOnce(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close(ctx) }()
	if encoding := conn.PgConn().ParameterStatus("server_encoding"); encoding != "UTF8" {
		return fmt.Errorf("its encoding is %s: make it with --encoding=UTF8", encoding)
	}
	old, err := outdated(ctx, conn)
	if err != nil || !old {
		return err
	}
	return migrate(ctx, s.config.ConnConfig)
}

// checkDisk refuses a server that tells of commits before they are on the disk.
func (s *Store) checkDisk(ctx context.Context) error {
	var fsync string
	if err := s.readers.QueryRow(ctx, `SHOW fsync`).Scan(&fsync); err != nil {
		return err
	}
	if fsync == "off" && !s.options.hasty {
		return errors.New("its server has fsync=off and loses messages when the machine stops: set fsync=on")
	}
	return nil
}

// Ready returns why the database cannot be written at present; see [rules.Store].
func (s *Store) Ready(ctx context.Context) error {
	var standby, readOnly bool
	var least int
	ask := func() error {
		return s.heads.QueryRow(ctx, `SELECT pg_is_in_recovery(), current_setting('transaction_read_only')::boolean, least FROM database`).
			Scan(&standby, &readOnly, &least)
	}
	err := ask()
	if isLost(err) { // the connection may be an old one: whether the server is up, only a new one tells
		s.resetPools()
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

// Close waits for the commit that is under way and ends all connections. Whatever is called afterwards fails, but Close,
// which returns the same again.
func (s *Store) Close() error {
	s.closing.Do(func() {
		close(s.stop)
		s.endUpkeep()
		s.running.Wait()
		s.endLeases()
		s.turn.Lock()
		defer s.turn.Unlock()
		s.closed = true
		s.disconnect()
		for _, pool := range []*pgxpool.Pool{s.readers, s.heads} {
			if pool != nil {
				pool.Close()
			}
		}
	})
	return nil
}

// endLeases leaves this relay's jobs to others. Where that fails, their time runs out.
func (s *Store) endLeases() {
	if s.readers == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	_, _ = s.readers.Exec(ctx, `DELETE FROM leases WHERE holder = $1`, s.upkeep.holder)
}

// text returns a text by which is searched as the server takes it. No name or id has the characters that it replaces.
func text(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\x01"), "\U0010ffff")
}
