package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Store is a [rules.Store] in a SQLite file. Its methods are safe for concurrent use. Its parts share only what they
// need; Store itself commits.
type Store struct {
	*db
	reader
	files
	upkeep
	wiper
	closeOnce func() error

	// Owned by the commit under way:

	rooms map[string]room // their state after the last commits; no other process writes
	// sanctions is an upper bound of the sanctions in rooms; sent and cleared are as in a batch.
	sanctions int
	sent      map[sender]protocol.Time
	cleared   map[sender]int64
	scratch   scratch
}

var (
	_ rules.Store      = (*Store)(nil)
	_ rules.Directory  = reader{}
	_ rules.Moderation = reader{}
	_ rules.Locks      = reader{}
	_ rules.Files      = files{}
	_ rules.Upkeep     = (*Store)(nil)
)

// reader reads the durable state, beside the commits.
type reader struct {
	*db
	searchable func() error // returns the reason why no search can be answered now
}

// Options hold the parameters of Open.
type Options struct {
	// Path is the database's file. It is created if it does not exist; its folder must exist. Beside it SQLite keeps
	// <Path>-wal and <Path>-shm, and the store <Path>.lock.
	Path string
	// clock measures the parts of a batch that other ops wait for; nil: time.Now.
	clock func() time.Time
}

// Open opens the database, creates it if it is missing, brings its schema up to date, and checks that it is not damaged
// and can be written. The error is one line for the operator: it names the path and the fault.
func Open(ctx context.Context, o Options) (*Store, error) {
	path, err := resolve(o.Path)
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", o.Path, err)
	}
	if o.clock == nil {
		o.clock = time.Now
	}
	d := &db{clock: o.clock, stop: make(chan struct{})}
	s := &Store{
		db: d, upkeep: upkeep{db: d},
		rooms: make(map[string]room), sent: make(map[sender]protocol.Time), cleared: make(map[sender]int64), scratch: newScratch(),
	}
	s.reader = reader{d, s.upkeep.searchable}
	s.files = files{d, &s.upkeep.wiping}
	s.wiper = newWiper(d, &s.upkeep)
	s.closeOnce = sync.OnceValue(s.close)
	if err := s.open(ctx, path); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open database %q: %w", path, explain(err))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) error {
	made, whole, err := s.lockFile(ctx, path)
	if err != nil {
		return err
	}
	if s.scrubber, err = openScrubber(path); err != nil {
		return err
	}
	if err := checkAndMigrate(ctx, s.writer, made, whole); err != nil {
		return err
	}
	if err := s.upkeep.load(ctx); err != nil {
		return err
	}
	if err := s.connect(ctx, path); err != nil {
		return err
	}
	if err := s.Ready(ctx); err != nil {
		return err
	}
	s.running.Go(func() { s.checkpoints.run(s.stop, func(err error) { s.unmoved.Store(&err) }) })
	s.running.Go(s.maintain)
	s.running.Go(s.runWipes)
	return nil
}

// Close waits for the commit under way, moves the write-ahead log into the database and unlocks the file. Readers
// finish their pages. All other calls fail afterwards; a second Close returns the same error.
func (s *Store) Close() error { return s.closeOnce() }

func (s *Store) close() error {
	var errs []error
	close(s.stop)
	s.running.Wait()
	if s.checkpoints != nil {
		s.wipeClosed(context.Background())
		errs = append(errs, s.checkpoints.db.Close())
	}
	if s.readers != nil {
		errs = append(errs, s.readers.Close())
	}
	if s.writer != nil {
		_, _, err := checkpoint(context.Background(), s.writer, "TRUNCATE")
		errs = append(errs, err, s.writer.Close())
	}
	if s.scrubber != nil { // not before, because of SQLite's locks
		errs = append(errs, s.scrubber.file.Close())
	}
	if s.lock != nil {
		errs = append(errs, s.lock.Close())
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// affects reports whether a statement has changed anything.
func affects(r sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := r.RowsAffected()
	return n > 0, err
}
