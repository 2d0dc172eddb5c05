package postgres

import (
	"context"
	"testing"
	"time"

	"hallway/relay/rules"
	"hallway/store/storetest"
	"hallway/test/servers"
)

// TestPurgedMessagesChangeTheRules checks that a purge gives the room's rules a new version, by which other relays
// notice it.
func TestPurgedMessagesChangeTheRules(t *testing.T) {
	s, ctx := mustOpen(t, Options{hasty: true, URL: servers.Scratch(t), CallersClock: true, idle: true}), context.Background()
	for i, at := range []time.Time{now, now.Add(2 * time.Hour)} {
		if _, err := s.Commit(at, storetest.Sends("lobby", 3*i, 3)); err != nil {
			t.Fatal(err)
		}
	}
	version := func() int64 {
		heads, err := s.Heads(ctx, []string{"lobby"})
		if err != nil {
			t.Fatal(err)
		}
		return heads.Rooms[0].Rules
	}
	before, told := version(), int64(0)
	s.Retain(rules.Retention{
		Default: time.Hour, Now: func() time.Time { return now.Add(150 * time.Minute) },
		Purged: func(_, _ string, below int64) { told = below },
	})
	if err := s.purge(ctx); err != nil {
		t.Fatal(err)
	}
	ruling, err := s.Ruling(ctx, "lobby")
	if err != nil || ruling.Below != 4 || told != 4 {
		t.Errorf("below %d is gone, told %d, %v", ruling.Below, told, err)
	}
	if now := version(); now <= before {
		t.Errorf("the version of the rules is %d, was %d", now, before)
	}
	if _, err := s.Commit(now.Add(151*time.Minute), storetest.Sends("lobby", 6, 1)); err != nil {
		t.Errorf("after a purge: %v", err)
	}
}
