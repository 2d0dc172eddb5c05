package postgres

import (
	"context"
	"testing"
	"time"

	"hallway/relay/rules"
	"hallway/store/storetest"
	"hallway/test/servers"
)

func TestOldTurns(t *testing.T) {
	s := mustOpen(t, Options{hasty: true, URL: servers.Scratch(t), CallersClock: true, idle: true})
	purge := func(at time.Time) {
		s.Retain(rules.Retention{Default: time.Hour, Now: func() time.Time { return at }})
		if err := s.purge(context.Background()); err != nil {
			t.Fatal(err)
		}
	}
	storetest.OldTurns(t, s, now, purge, func() (n int, err error) {
		err = s.readers.QueryRow(context.Background(), `SELECT count(*) FROM wraps`).Scan(&n)
		return n, err
	})
}
