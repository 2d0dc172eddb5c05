package postgres

import (
	"context"
	"sync"
	"testing"
	"time"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
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

// registering registers a device.
func registering(d devicetest.Device) rules.Op {
	return rules.Op{Sender: protocol.User{ID: d.User}, Do: rules.Register{Device: d.Device}}
}

// atOnce commits an op through each store at the same time, and returns the number of accepted ones.
func atOnce(t *testing.T, stores []*Store, op func(i int) rules.Op) (taken int) {
	t.Helper()
	outcomes := make([]rules.Outcome, len(stores))
	var work sync.WaitGroup
	for i, s := range stores {
		work.Go(func() { outcomes[i] = mustCommit(t, s, now, op(i))[0] })
	}
	work.Wait()
	for _, out := range outcomes {
		switch out.Code {
		case "":
			taken++
		case protocol.CodeConflict:
		default:
			t.Errorf("refused with %+v", out.Refusal)
		}
	}
	return taken
}

var bob = protocol.User{ID: "u_2", Name: "Bob", Role: protocol.RoleParticipant}

// TestDeviceLimitsHoldAcrossRelays checks that of two devices that come through two relays at once, one is accepted if
// only one fits.
func TestDeviceLimitsHoldAcrossRelays(t *testing.T) {
	url := servers.Scratch(t)
	stores := []*Store{mustOpen(t, Options{hasty: true, URL: url, idle: true}), mustOpen(t, Options{hasty: true, URL: url, idle: true})}
	const rounds = 300
	mustCommit(t, stores[0], now, rules.Op{Room: "lobby", Sender: ada, Do: rules.Open{}},
		rules.Op{Room: "lobby", Sender: ada, Do: rules.Configure{Settings: `{"e2ee":1}`}})
	for _, step := range []string{
		`INSERT INTO devices SELECT 'd' || n, 'u' || n, '{}', 9000000000000000, 0 FROM generate_series(1, $1) AS n`,
		`INSERT INTO room_devices SELECT key, 'd' || n, 1 FROM generate_series(1, $1) AS n, rooms`,
	} {
		if _, err := stores[0].readers.Exec(t.Context(), step, protocol.RoomDevicesMax-1); err != nil {
			t.Fatal(err)
		}
	}
	remove := func(query string, ids ...string) {
		t.Helper()
		if _, err := stores[0].readers.Exec(t.Context(), query, ids); err != nil {
			t.Fatal(err)
		}
	}
	devices := make([]devicetest.Device, protocol.UserDevicesMax-1)
	for i := range devices {
		devices[i] = devicetest.New(bob.ID)
		mustCommit(t, stores[0], now, registering(devices[i]))
	}
	for n := range rounds {
		more := [...]devicetest.Device{devicetest.New(bob.ID), devicetest.New(bob.ID)}
		if taken := atOnce(t, stores, func(i int) rules.Op { return registering(more[i]) }); taken != 1 {
			t.Errorf("round %d: %d of the user's devices are taken", n, taken)
		}
		remove(`DELETE FROM devices WHERE id = ANY ($1)`, more[0].ID, more[1].ID)
		if taken := atOnce(t, stores, func(int) rules.Op { return registering(more[0]) }); taken != 2 {
			t.Errorf("round %d: a device through two relays is taken %d times", n, taken)
		}
		remove(`DELETE FROM devices WHERE id = ANY ($1)`, more[0].ID)
		if taken := atOnce(t, stores, func(i int) rules.Op {
			return rules.Op{Room: "lobby", Sender: bob, Do: rules.Open{Device: devices[i].ID}}
		}); taken != 1 {
			t.Errorf("round %d: %d of the room's devices are taken", n, taken)
		}
		remove(`DELETE FROM room_devices WHERE device = ANY ($1)`, devices[0].ID, devices[1].ID)
	}
}
