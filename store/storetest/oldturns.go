package storetest

import (
	"context"
	"slices"
	"testing"
	"time"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
	"hallway/relay/rules"
)

// sealedStore is a [rules.Store] that lists the turns of a room.
type sealedStore interface {
	rules.Store
	Turns(ctx context.Context, room string, before int64, limit int) (turns []protocol.Turn, more bool, err error)
}

// OldTurns tests that the deletion of old messages also deletes the turns and wraps that no message needs, but never
// the newest turn. purge makes the store delete, at a time, messages that are older than an hour; wraps counts the
// wraps.
func OldTurns(t *testing.T, s sealedStore, now time.Time, purge func(at time.Time), wraps func() (n int, err error)) {
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
	for n := range 4 { // one turn an hour, each followed by a message
		at := now.Add(time.Duration(n) * time.Hour)
		turn := d.Turn("lobby", int64(n+1), last)
		last = &turn
		commit(at, rules.Op{Room: "lobby", Sender: organizer, Do: rules.MakeTurn{Turn: turn, Device: d.ID}})
		send := protocol.Send{Room: "lobby", ID: id(n), Encrypted: devicetest.Sealed(turn.Kid)}
		commit(at.Add(10*time.Minute), rules.Op{Room: "lobby", Sender: organizer, Do: rules.Send{Send: send}})
	}
	left := func(at time.Time, want ...int64) {
		t.Helper()
		purge(at)
		turns, _, err := s.Turns(context.Background(), "lobby", 0, 10)
		var numbers []int64
		for _, turn := range turns {
			numbers = append(numbers, turn.N)
		}
		if n, scan := wraps(); err != nil || scan != nil || !slices.Equal(numbers, want) || n != len(want) {
			t.Errorf("the turns are %v, %v, with %d wraps, %v; want %v", numbers, err, n, scan, want)
		}
	}
	left(now.Add(30*time.Minute), 1, 2, 3, 4)
	left(now.Add(71*time.Minute), 2, 3, 4) // the first message is deleted
	left(now.Add(48*time.Hour), 4)         // all messages are
}
