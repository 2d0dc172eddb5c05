package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/word"
)

// Store is a [rules.Store] in a SQLite file. Its methods may be called from
// several goroutines at once.
type Store struct {
	reader
	lock   *sql.DB // holds the lock on the file
	writer *sql.DB // one connection, so one transaction at a time

	writes    []*sql.Stmt // see write
	tending   upkeepStatements
	closeOnce func() error
	clock     func() time.Time // measures slices

	scrubber   *scrubber
	forgetting chan struct{} // has room for one caller that makes the index forget
	wipeAfter  time.Duration // wipeAfter, but in tests
	// wipeClosedMax is wipeClosedBytes, but in tests.
	wipeClosedMax int64
	vacuumMax     int64 // the largest database that is written anew after an erasure

	// Owned by the commit whose turn it is:

	turn   sync.Mutex
	upkeep upkeep
	rooms  map[string]room // as the last commit left them; nobody else writes
	// sanctions is an upper bound of the sanctions in rooms; sent and cleared are as in a batch.
	sanctions int
	sent      map[sender]protocol.Time
	cleared   map[sender]int64

	// Of the work beside the commits:

	checkpoints *checkpointer
	stop        chan struct{}  // closed to end the goroutines
	running     sync.WaitGroup // the goroutines
	// unmoved is the error for which the write-ahead log cannot be moved at present.
	unmoved atomic.Pointer[error]
}

var (
	_ rules.Store      = (*Store)(nil)
	_ rules.Directory  = (*Store)(nil)
	_ rules.Moderation = (*Store)(nil)
	_ rules.Upkeep     = (*Store)(nil)
)

// reader reads what is durable, beside the commits.
type reader struct {
	readers    *sql.DB // connections that cannot write
	read       readStatements
	searchable func() error // reports why no search can be answered at present
}

// Options says how to open a store.
type Options struct {
	// Path is the database's file. It is made where it does not exist; its folder
	// must. Beside it SQLite keeps <Path>-wal and <Path>-shm, and the store
	// <Path>.lock.
	Path string
	// clock measures how long the parts take in which others wait; nil: time.Now.
	clock func() time.Time
}

// Open opens the database, makes it where there is none, brings its schema up
// to date and makes sure that it is not damaged and can be written. The error is one line for the
// operator: it names the path and what is wrong with it.
func Open(ctx context.Context, o Options) (*Store, error) {
	path, err := resolve(o.Path)
	if err != nil {
		return nil, fmt.Errorf("open database %q: %w", o.Path, err)
	}
	s := &Store{wipeAfter: wipeAfter, wipeClosedMax: wipeClosedBytes, vacuumMax: vacuumBytes, forgetting: make(chan struct{}, 1), stop: make(chan struct{}), rooms: make(map[string]room), sent: make(map[sender]protocol.Time), cleared: make(map[sender]int64)}
	s.closeOnce = sync.OnceValue(s.close)
	s.searchable = s.upkeep.searchable
	if s.clock = o.clock; s.clock == nil {
		s.clock = time.Now
	}
	if err := s.open(ctx, path); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open database %q: %w", path, explain(err))
	}
	return s, nil
}

func (s *Store) open(ctx context.Context, path string) (err error) {
	if s.lock, err = lock(ctx, path, lockTimeoutMs); err != nil {
		return err
	}
	if err = create(path); err != nil {
		return err
	}
	whole := endedUnclean(path) || small(path)
	if err = checkForeign(ctx, path); err != nil {
		return err
	}
	made := empty(path)
	if s.scrubber, err = openScrubber(path); err != nil {
		return err
	}
	s.writer = connectWriter(path)
	if err = s.writer.PingContext(ctx); err != nil {
		return err
	}
	if whole {
		if err = checkPages(ctx, s.writer); err != nil {
			return err
		}
	}
	if err = migrate(ctx, s.writer); err != nil {
		return err
	}
	if made {
		if _, err = s.writer.ExecContext(ctx, wiped); err != nil {
			return err
		}
	}
	if err = checkIndexVersion(ctx, s.writer, word.Version); err != nil {
		return err
	}
	if err = checkNames(ctx, s.writer, word.NamesVersion); err != nil {
		return err
	}
	if err = checkHeads(ctx, s.writer); err != nil {
		return err
	}
	if whole {
		if err = checkRevs(ctx, s.writer); err != nil {
			return err
		}
	}
	if err = s.upkeep.load(ctx, s.writer); err != nil {
		return err
	}
	s.readers = connectReaders(path)
	if s.writes, err = prepareWrites(ctx, s.writer); err != nil {
		return err
	}
	if s.tending, err = prepareUpkeep(ctx, s.writer); err != nil {
		return err
	}
	if s.read, err = prepareReads(ctx, s.readers); err != nil {
		return err
	}
	s.checkpoints = &checkpointer{db: connectCheckpointer(path), writer: s.writer}
	if err = s.Ready(ctx); err != nil {
		return err
	}
	s.running.Go(func() { s.checkpoints.run(s.stop, func(err error) { s.unmoved.Store(&err) }) })
	s.running.Go(func() { s.tend(s.stop) })
	s.running.Go(func() { s.wipes(s.stop) })
	return nil
}

var touch = writing(`UPDATE probe SET touched = touched + 1`)

// Ready writes to the database, after a commit that is under way. A write-ahead
// log that cannot be moved into the database is an error too: commits still
// succeed, but not for long.
func (s *Store) Ready(ctx context.Context) error {
	if _, err := s.writes[touch].ExecContext(ctx); err != nil {
		s.renewAfter(err)
		return fmt.Errorf("write to the database: %w", err)
	}
	if err := s.unmoved.Load(); err != nil {
		return *err // nil when it can be moved
	}
	return nil
}

// Close waits for the commit that is under way, moves the write-ahead log into
// the database and gives the file free. Pages under way are still read;
// whatever is called afterwards fails, but Close, which returns the same again.
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

// prepare prepares each query on db.
func prepare(ctx context.Context, db *sql.DB, queries map[**sql.Stmt]string) error {
	for stmt, query := range queries {
		var err error
		if *stmt, err = db.PrepareContext(ctx, query); err != nil {
			return fmt.Errorf("prepare %q: %w", query, err)
		}
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
