package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/mattn/go-sqlite3"
)

// wholeCheckBytes limits the size of a database that is checked whole each time it is opened, which takes a second or
// less. A larger one is checked whole only after an unclean end.
const wholeCheckBytes = 256 << 20

// endedUnclean reports whether the last process did not close the database: a log is left. It must be called before
// the database is opened.
func endedUnclean(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// small reports whether the database at path is small enough to be checked whole each time.
func small(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() <= wholeCheckBytes
}

// empty reports whether there is nothing in the file at path.
func empty(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() == 0
}

// querier is a database or a transaction.
type querier interface {
	asks
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

var errForeign = errors.New("it is not the database of a relay")

// contents reports whether the database holds anything, and whether a relay has made it: then it has the history of a
// relay's schema.
func contents(ctx context.Context, db querier) (some, ours bool, err error) {
	err = db.QueryRowContext(ctx, `
		SELECT count(*) > 0, coalesce(max(name = 'goose_db_version'), 0) FROM sqlite_schema`).Scan(&some, &ours)
	return some, ours, err
}

// checkForeign refuses a database of another program, before anything in it is changed. A damaged one is left to the
// later checks.
func checkForeign(ctx context.Context, path string) error {
	db := connectReader(path)
	defer func() { _ = db.Close() }()
	if some, ours, err := contents(ctx, db); err == nil && some && !ours {
		return errForeign
	}
	return nil
}

// isNoDatabase reports whether err tells that a file is no database of SQLite.
func isNoDatabase(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrNotADB
}

// checkPages looks for damage at each page of the file.
func checkPages(ctx context.Context, db querier) error {
	var found string
	if err := db.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&found); err != nil {
		return err
	}
	if found != "ok" {
		return damaged(strings.Join(strings.Fields(found), " ")) // SQLite takes several lines
	}
	return nil
}

// checkHeads makes sure that each room's head is the rev of its last change, whether the message is there or was
// deleted because of its age. It is quick, however large the database is.
func checkHeads(ctx context.Context, db querier) error {
	var room string
	var head, last int64
	err := db.QueryRowContext(ctx, `
		SELECT name, head, max(purged,
			coalesce((SELECT max(seq) FROM messages WHERE room = rooms.key), 0),
			coalesce((SELECT rev FROM messages INDEXED BY messages_changed
				WHERE room = rooms.key AND rev <> seq ORDER BY rev DESC LIMIT 1), 0)) AS last
		FROM rooms WHERE dropped = 0 AND last <> head LIMIT 1`).Scan(&room, &head, &last)
	if wrong, err := found(err); !wrong {
		return err
	}
	return damaged(fmt.Sprintf("the head of room %q is %d, its last change has rev %d", room, head, last))
}

// checkRevs makes sure that no change of a message has the rev of another message's creation. No index prevents that,
// so it reads all changed messages.
func checkRevs(ctx context.Context, db querier) error {
	var room string
	var rev int64
	err := db.QueryRowContext(ctx, `
		SELECT rooms.name, changed.rev FROM messages AS changed INDEXED BY messages_changed
		JOIN messages AS made ON made.room = changed.room AND made.seq = changed.rev
		JOIN rooms ON rooms.key = changed.room
		WHERE changed.rev <> changed.seq AND rooms.dropped = 0 LIMIT 1`).Scan(&room, &rev)
	if wrong, err := found(err); !wrong {
		return err
	}
	return damaged(fmt.Sprintf("two messages of room %q have rev %d", room, rev))
}

func damaged(how string) error {
	return fmt.Errorf("it is damaged, restore a backup (%s)", how)
}

// explain turns an error of the driver into one that says what it means to the operator.
func explain(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && e.Code == sqlite3.ErrCorrupt {
		return damaged(e.Error())
	}
	return err
}
