package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Store is a [rules.Store] in a PostgreSQL database that other relays use as well. Its methods are safe for concurrent
// use. Its parts share only what they need; Store itself commits.
type Store struct {
	*db
	reader
	files
	shared
	upkeep
	clock func() time.Time

	closing sync.Once

	// Owned by the commit under way:

	turn    sync.Mutex
	closed  bool
	writer  writer
	kept    kept
	cleared map[sender]int64 // as in a batch
	quickly resting
}

// reader reads the durable state, each answer in one snapshot.
type reader struct {
	*db
	searchable func() error // returns the reason why no search can be answered now
}

var (
	_ rules.Store      = (*Store)(nil)
	_ rules.Directory  = reader{}
	_ rules.Moderation = reader{}
	_ rules.Locks      = reader{}
	_ rules.Files      = files{}
	_ rules.Shared     = shared{}
)

var errClosed = errors.New("the store is closed")

// Options hold the parameters of Open.
type Options struct {
	// URL names the database: postgres://user:password@host:port/database. The variables of PostgreSQL's programs
	// (PGPASSWORD, PGSSLMODE …) complete it.
	URL string
	// Lossless reports that a promoted standby lacks no commit (synchronous replication), so that clients need not load
	// all rooms again after a promotion.
	Lossless bool
	// CallersClock takes created_at from the caller's clock instead of the server's: for tests, and for a single
	// writer.
	CallersClock bool
	// clock measures the parts of a batch that other ops wait for; nil: time.Now.
	clock func() time.Time
	// idle turns the upkeep off; hasty neither waits for the disk nor refuses a server that does not.
	idle, hasty bool
}

// Open connects to the database, brings its schema up to date and checks that it can be written. The error is one line
// for the operator, without the password.
func Open(ctx context.Context, o Options) (*Store, error) {
	if o.clock == nil {
		o.clock = time.Now
	}
	d := &db{options: o, life: life{lossless: o.Lossless}}
	s := &Store{
		db: d, files: files{d}, shared: shared{d}, clock: o.clock,
		writer: writer{db: d}, kept: kept{rooms: make(map[string]*room)}, cleared: make(map[sender]int64),
	}
	s.upkeep.init(d)
	s.reader = reader{d, s.upkeep.searchable}
	err := d.open(ctx)
	if err == nil {
		err = s.upkeep.start(ctx)
	}
	if err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open database %q: %w", Name(o.URL), explain(err))
	}
	return s, nil
}

// Close waits for the commit under way and ends all connections. All other calls fail afterwards; Close may be called
// again.
func (s *Store) Close() error {
	s.closing.Do(func() {
		s.upkeep.close()
		s.turn.Lock()
		defer s.turn.Unlock()
		s.closed = true
		s.writer.disconnect()
		s.closePools()
	})
	return nil
}

// callersTime returns the time of messages by the caller's clock; nil: the server's clock counts.
func (s *Store) callersTime(now time.Time) *protocol.Time {
	if !s.options.CallersClock {
		return nil
	}
	at := protocol.TimeOf(now)
	return &at
}

// text replaces characters that the server does not accept in a searched text. No name or id has these characters.
func text(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", "\x01"), "\U0010ffff")
}
