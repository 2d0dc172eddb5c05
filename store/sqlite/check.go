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

// wholeCheckBytes limits the size of a database that is completely checked at each opening, which takes at most about a
// second. A larger one is completely checked only after an unclean end.
const wholeCheckBytes = 256 << 20

// wasNotClosed reports whether the last process did not close the database: its log remains. It must be called before
// the database is opened.
func wasNotClosed(path string) bool {
	info, err := os.Stat(path + "-wal")
	return err == nil && info.Size() > 0
}

// small reports whether the database at path is small enough for a complete check at each opening.
func small(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Size() <= wholeCheckBytes
}

// empty reports whether the file at path is empty.
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

// contents reports whether the database has any content, and whether a relay has made it: then it has the history of a
// relay's schema.
func contents(ctx context.Context, db querier) (some, ours bool, err error) {
	err = db.QueryRowContext(ctx, `
		SELECT count(*) > 0, coalesce(max(name = 'goose_db_version'), 0) FROM sqlite_schema`).Scan(&some, &ours)
	return some, ours, err
}

// checkForeign refuses a database of another program, before anything in it is changed. It ignores damage, which later
// checks find.
func checkForeign(ctx context.Context, path string) error {
	db := connectReader(path)
	defer func() { _ = db.Close() }()
	if some, ours, err := contents(ctx, db); err == nil && some && !ours {
		return errForeign
	}
	return nil
}

// isNoDatabase reports whether err means that a file is not an SQLite database.
func isNoDatabase(err error) bool {
	var e sqlite3.Error
	return errors.As(err, &e) && e.Code == sqlite3.ErrNotADB
}

// checkPages looks for damage in each page of the file.
func checkPages(ctx context.Context, db querier) error {
	found := ""
	err := ask(ctx, db, func(scan func(...any) error) error {
		var text string
		err := scan(&text)
		if found == "" && text != "ok" && !isBeingEmptied(text) {
			found = strings.Join(strings.Fields(text), " ") // SQLite's text has several lines
		}
		return err
	}, `PRAGMA quick_check(2)`)
	if err == nil && found != "" {
		err = damaged(found)
	}
	return err
}

// isBeingEmptied reports whether SQLite's finding is about an old index of words: its tables do not match while a reindex
// empties them.
func isBeingEmptied(finding string) bool {
	return strings.Contains(finding, "inverted index for FTS4 table main.search_old")
}

// checkHeads checks that each room's head is the rev of its last change, whether the message exists or was deleted
// because of its age. It is quick in a database of any size.
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

// checkRevs checks that no change of a message has the rev of another message's creation. No index prevents that, so it
// reads all changed messages.
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

// explain turns an error of the driver into one with its meaning for the operator.
func explain(err error) error {
	var e sqlite3.Error
	if errors.As(err, &e) && e.Code == sqlite3.ErrCorrupt {
		return damaged(e.Error())
	}
	return err
}
