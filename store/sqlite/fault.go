package sqlite

import (
	"context"
	"database/sql/driver"
	"errors"

	"github.com/mattn/go-sqlite3"
)

// renewAfter gives up the writer's connection after an error of the disk or the
// file, which may have left it unusable; the next use opens a fresh one and
// prepares its statements on it. A full disk leaves it as good as it was.
func (s *Store) renewAfter(err error) {
	var e sqlite3.Error
	if !errors.As(err, &e) {
		return
	}
	switch e.Code {
	case sqlite3.ErrIoErr, sqlite3.ErrCorrupt, sqlite3.ErrNotADB, sqlite3.ErrCantOpen, sqlite3.ErrProtocol:
	default:
		return
	}
	conn, connErr := s.writer.Conn(context.Background())
	if connErr != nil {
		return // none is open, or the store is closed
	}
	_ = conn.Raw(func(any) error { return driver.ErrBadConn }) // the pool closes it
	_ = conn.Close()
}
