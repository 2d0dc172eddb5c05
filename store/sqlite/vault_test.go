package sqlite

import (
	"path/filepath"
	"testing"
	"time"

	"hallway/store/storetest"
)

func TestOldTurns(t *testing.T) {
	s := idle(t, filepath.Join(t.TempDir(), "hallway.db"))
	storetest.OldTurns(t, s, now, func(at time.Time) { purgeAt(t, s, at, time.Hour) }, func() (n int, err error) {
		err = s.readers.QueryRow(`SELECT count(*) FROM wraps`).Scan(&n)
		return n, err
	})
}
