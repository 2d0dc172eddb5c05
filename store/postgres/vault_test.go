package postgres

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/test/servers"
)

// TestOldTurns: with old messages go the turns and wraps that no message needs any more, but never the newest turn.
func TestOldTurns(t *testing.T) {
	s := mustOpen(t, Options{hasty: true, URL: servers.Scratch(t), CallersClock: true, idle: true})
	d, organizer := devicetest.New("u_o"), protocol.User{ID: "u_o", Role: protocol.RoleOrganizer}
	commit := func(at time.Time, op rules.Op) {
		t.Helper()
		if outcomes, err := s.Commit(at, []rules.Op{op}); err != nil || outcomes[0].Code != "" {
			t.Fatalf("%+v: %+v, %v", op, outcomes, err)
		}
	}
	commit(now, rules.Op{Room: "lobby", Sender: organizer, Do: rules.Configure{Settings: `{"e2ee":1}`}})
	commit(now, rules.Op{Sender: organizer, Do: rules.Register{Device: d.Device}})
	var last *protocol.Turn
	for n := range 4 { // a turn an hour, with a message behind it
		at := now.Add(time.Duration(n) * time.Hour)
		turn := d.Turn("lobby", int64(n+1), last)
		last = &turn
		commit(at, rules.Op{Room: "lobby", Sender: organizer, Do: rules.MakeTurn{Turn: turn, Device: d.ID}})
		id := fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n)
		commit(at.Add(10*time.Minute), rules.Op{Room: "lobby", Sender: organizer, Do: rules.Send{Send: protocol.Send{Room: "lobby", ID: id, Encrypted: devicetest.Sealed(turn.Kid)}}})
	}
	left := func(at time.Time, want ...int64) {
		t.Helper()
		s.Retain(rules.Retention{Default: time.Hour, Now: func() time.Time { return at }})
		if err := s.purge(context.Background()); err != nil {
			t.Fatal(err)
		}
		turns, _, err := s.Turns(context.Background(), "lobby", 0, 10)
		var numbers []int64
		for _, turn := range turns {
			numbers = append(numbers, turn.N)
		}
		var wraps int
		if scan := s.readers.QueryRow(context.Background(), `SELECT count(*) FROM wraps`).Scan(&wraps); err != nil || scan != nil || !slices.Equal(numbers, want) || wraps != len(want) {
			t.Errorf("the turns are %v, %v, with %d wraps, %v; want %v", numbers, err, wraps, scan, want)
		}
	}
	left(now.Add(30*time.Minute), 1, 2, 3, 4)
	left(now.Add(71*time.Minute), 2, 3, 4) // the first message is gone
	left(now.Add(48*time.Hour), 4)         // all are
}
