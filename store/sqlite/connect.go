package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"

	"github.com/mattn/go-sqlite3"
)

// The settings of the database. They are in the DSN, so that each connection of a pool has them.
const (
	// A writer waits this long for another writing process (a backup, a person with the sqlite3 shell) before Commit
	// fails.
	busyTimeoutMs = "5000"
	// A starting relay waits this long for the end of its predecessor.
	lockTimeoutMs = "1000"
	// The page caches, in KiB (negative, by SQLite's convention).
	writerCache = "-65536"
	readerCache = "-8192"
	// logBytesMax is the size to which SQLite cuts the file of a write-ahead log when it restarts the log.
	logBytesMax = "67108864"
	// readersMin is the least number of connections that may read in parallel.
	readersMin = 4
)

// resolve returns the absolute path of the file itself, without symbolic links, so that two ways to one database find
// the same lock. It refuses a directory.
func resolve(path string) (string, error) {
	if path == "" {
		return "", errors.New("the path is empty")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if file, err := filepath.EvalSymlinks(path); err == nil {
		path = file
	} // otherwise it does not exist yet, or opening it returns the error
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return "", errors.New("is a directory") // before a lock is created beside it
	}
	return path, nil
}

// lockSuffix is the end of the lock file's name, beside its database.
const lockSuffix = ".lock"

// lock locks path.lock, and waits for it at most timeoutMs. The lock holds until the returned pool is closed or the
// process ends. The file is an empty SQLite database whose only connection keeps the lock, because SQLite's locks work
// on every system.
func lock(ctx context.Context, path, timeoutMs string) (*sql.DB, error) {
	path += lockSuffix
	if err := create(path); err != nil {
		return nil, err
	}
	db := connect(path, 1, url.Values{
		"_busy_timeout": {timeoutMs},
		"_locking_mode": {"EXCLUSIVE"},
		"_journal_mode": {"MEMORY"}, // avoids a second file
	})
	if _, err := db.ExecContext(ctx, `BEGIN EXCLUSIVE; COMMIT`); err != nil {
		_ = db.Close()
		var e sqlite3.Error
		if errors.As(err, &e) && e.Code == sqlite3.ErrBusy {
			return nil, errInUse
		}
		return nil, err
	}
	return db, nil
}

var errInUse = errors.New("another relay is using it")

// create makes an empty file that only its owner may read, if there is none; its error is clearer than SQLite's. It
// never opens an existing file: closing it would drop the locks that SQLite holds on it in this process.
func create(path string) error {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return file.Close()
}

func connectWriter(path string) *sql.DB {
	return connect(path, 1, url.Values{
		"_journal_mode": {"WAL"},
		"_synchronous":  {"FULL"},
		"_busy_timeout": {busyTimeoutMs},
		"_foreign_keys": {"on"},
		"_txlock":       {"immediate"},
		"_cache_size":   {writerCache},
		// Deleted content in a page is overwritten, and so is a freed page.
		"_secure_delete": {"ON"},
	}, `PRAGMA wal_autocheckpoint = 0`, `PRAGMA temp_store = MEMORY`, `PRAGMA journal_size_limit = `+logBytesMax)
}

func connectReaders(path string) *sql.DB {
	return connect(path, max(readersMin, runtime.GOMAXPROCS(0))+1, url.Values{ // a backup may use one
		"mode":          {"ro"},
		"_busy_timeout": {busyTimeoutMs},
		"_cache_size":   {readerCache},
	})
}

// connectReader connects without the right to change anything, even the journal's mode.
func connectReader(path string) *sql.DB {
	return connect(path, 1, url.Values{
		"mode":          {"ro"},
		"_busy_timeout": {busyTimeoutMs},
		"_cache_size":   {readerCache},
	})
}

// connectCheckpointer makes a connection that never waits.
func connectCheckpointer(path string) *sql.DB {
	return connect(path, 1, url.Values{
		"_busy_timeout": {"0"},
		"_synchronous":  {"FULL"},
	}, `PRAGMA wal_autocheckpoint = 0`)
}

// connect returns a pool of conns connections to the file at path. It opens none yet. The params and the pragmas set up
// each connection; a pragma is a setting for which the driver has no param.
func connect(path string, conns int, params url.Values, pragmas ...string) *sql.DB {
	file := url.URL{Path: filepath.ToSlash(path)}
	db := sql.OpenDB(&connector{
		dsn: "file:" + file.EscapedPath() + "?" + params.Encode(),
		driver: &sqlite3.SQLiteDriver{ConnectHook: func(conn *sqlite3.SQLiteConn) error {
			for _, pragma := range pragmas {
				if _, err := conn.Exec(pragma, nil); err != nil {
					return err
				}
			}
			return nil
		}},
	})
	db.SetMaxOpenConns(conns)
	db.SetMaxIdleConns(conns)
	return db
}

// connector opens the connections of a pool.
type connector struct {
	dsn    string
	driver *sqlite3.SQLiteDriver
}

func (c *connector) Connect(context.Context) (driver.Conn, error) { return c.driver.Open(c.dsn) }

func (c *connector) Driver() driver.Driver { return c.driver }
