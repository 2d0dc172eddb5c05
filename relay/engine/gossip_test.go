package engine_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"
	"time"

	"hallway/protocol"
	busmemory "hallway/relay/bus/memory"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
	"hallway/relay/rules"
)

func TestPresenceCoversAllRelays(t *testing.T) {
	cluster(t, 3, busmemory.Faults{Delay: 5 * time.Millisecond}, func(rs *gossips) {
		ada, bob := rs.enter(0, "ada"), rs.enter(1, "bob")
		ada2 := rs.enter(2, "ada")
		within(rs.T, 2*time.Second, "all know of two users", func() bool {
			return members(ada) == 2 && members(bob) == 2 && members(ada2) == 2
		})
		for i := range 3 {
			online, err := rs.engines[i].Online(rs.Context(), "lobby")
			if err != nil || len(online) != 2 || !online["ada"] || !online["bob"] {
				t.Errorf("relay %d: %v, %v", i, online, err)
			}
		}
		bob.end()
		within(rs.T, 2*time.Second, "bob has left", func() bool { return members(ada) == 1 && members(ada2) == 1 })
		ada.end()
		within(rs.T, 2*time.Second, "relay 1 is asked about a room that nobody has there", func() bool {
			online, err := rs.engines[1].Online(rs.Context(), "lobby")
			return err == nil && len(online) == 1 && online["ada"]
		})
	})
}

func TestARelayThatFallsSilentIsDropped(t *testing.T) {
	cluster(t, 2, busmemory.Faults{}, func(rs *gossips) {
		ada, bob := rs.enter(0, "ada"), rs.enter(1, "bob")
		within(rs.T, 2*time.Second, "two users", func() bool { return members(ada) == 2 && members(bob) == 2 })
		rs.places[1].locked(func() { rs.network.Part(rs.places[0].member, rs.places[1].member) })
		if n := rs.engines[0].Stats().Relays; n != 2 {
			t.Errorf("%d relays are heard", n)
		}
		took := within(rs.T, 7*time.Second, "one user", func() bool { return members(ada) == 1 && members(bob) == 1 })
		if n := rs.engines[0].Stats().Relays; took < 3*time.Second || n != 1 {
			t.Errorf("dropped after %v, %d relays are heard", took, n)
		}
		rs.places[1].locked(rs.network.Heal)
		within(rs.T, 3*time.Second, "two users again", func() bool { return members(ada) == 2 && members(bob) == 2 })
	})
}

func TestTypingReachesAllRelays(t *testing.T) {
	cluster(t, 2, busmemory.Faults{}, func(rs *gossips) {
		ada, bob := rs.enter(0, "ada"), rs.enter(1, "bob")
		ada2 := rs.enter(1, "ada")
		var crowd []*reader
		for i := range 12 {
			crowd = append(crowd, rs.enter(0, fmt.Sprint("user", i)))
		}
		within(rs.T, 2*time.Second, "all are known", func() bool { return members(ada) == 14 && members(bob) == 14 })
		ada.Say(protocol.Typing{Room: "lobby"})
		if took := within(rs.T, time.Second, "bob hears of it", func() bool { return heard[protocol.Typist](bob) != nil }); took > 50*time.Millisecond {
			t.Errorf("after %v", took)
		}
		if f := heard[protocol.Typist](bob); f.User.ID != "ada" {
			t.Errorf("heard %+v", f)
		}
		ada2.Say(protocol.Typing{Room: "lobby"}) // too soon, by another relay
		never(rs.T, time.Second, "bob hears of it twice", func() bool { return len(all[protocol.Typist](bob)) > 1 })
		if heard[protocol.Typist](ada2) != nil {
			t.Error("a user hears of the own typing")
		}
		for _, c := range crowd {
			c.Say(protocol.Typing{Room: "lobby"})
		}
		bob2 := rs.enter(1, "eve")
		bob2.Say(protocol.Typing{Room: "lobby"})
		time.Sleep(500 * time.Millisecond)
		if n := len(all[protocol.Typist](bob)); n > 7 { // Ada's first, five a second at each relay, and the limit again
			t.Errorf("bob hears of %d typists", n)
		}
	})
}

func TestReadMarkersReachTheUsersOtherRelays(t *testing.T) {
	cluster(t, 2, busmemory.Faults{}, func(rs *gossips) {
		ada := rs.enter(0, "ada")
		for n := range 5 {
			ada.Say(relaytest.SendOf(n))
		}
		within(rs.T, time.Second, "all are sent", func() bool { return len(all[protocol.Changed](ada)) == 5 })
		here, there, other := rs.enter(0, "ada"), rs.enter(1, "ada"), rs.enter(1, "bob")
		marker := func() int64 { return rs.store.Life("lobby").MarkerOf("ada") }
		ada.Say(protocol.Read{Room: "lobby", Seq: 2})
		within(rs.T, 100*time.Millisecond, "the first marker is written at once", func() bool { return marker() == 2 })
		for seq := range int64(10) {
			ada.Say(protocol.Read{Room: "lobby", Seq: seq})
			time.Sleep(10 * time.Millisecond)
		}
		within(rs.T, 3*time.Second, "the last marker is the head", func() bool { return marker() == 5 })
		for _, c := range []*reader{here, there} {
			within(rs.T, 100*time.Millisecond, "the other connections hear of it", func() bool { return len(all[protocol.Read](c)) == 2 })
			if f := heard[protocol.Read](c); f.Seq != 5 {
				t.Errorf("heard %+v", f)
			}
		}
		if f := heard[protocol.Read](ada); f != nil {
			t.Errorf("who reads hears %+v", f)
		}
		if f := heard[protocol.Read](other); f != nil {
			t.Errorf("another user hears %+v", f)
		}
		// The marker of a leaving user is written at once, because the user may return at another relay.
		bob := rs.enter(0, "bob")
		bob.Say(protocol.Read{Room: "lobby", Seq: 1})
		time.Sleep(100 * time.Millisecond)
		bob.Say(protocol.Read{Room: "lobby", Seq: 4})
		time.Sleep(10 * time.Millisecond)
		bob.end()
		within(rs.T, 100*time.Millisecond, "bob's marker is written", func() bool { return rs.store.Life("lobby").MarkerOf("bob") == 4 })
	})
}

// MarkRead fails when the store does.
func (s *countedStore) MarkRead(ctx context.Context, marks []rules.ReadMark) ([]int64, error) {
	if err := s.reads(); err != nil {
		return nil, err
	}
	return s.Store.MarkRead(ctx, marks)
}

// TestMarkersSurviveAnOutage checks that failed markers are retried while their user is here.
func TestMarkersSurviveAnOutage(t *testing.T) {
	cluster(t, 1, busmemory.Faults{}, func(rs *gossips) {
		ada := rs.enter(0, "ada")
		ada.Say(relaytest.SendOf(1))
		within(rs.T, time.Second, "it is sent", func() bool { return heard[protocol.Changed](ada) != nil })
		rs.store.set(true)
		ada.Say(protocol.Read{Room: "lobby", Seq: 1})
		time.Sleep(10 * time.Second)
		if seq := rs.store.Life("lobby").MarkerOf("ada"); seq != 0 {
			t.Fatalf("written: %d", seq)
		}
		rs.store.set(false)
		within(rs.T, 3*time.Second, "the marker is written", func() bool { return rs.store.Life("lobby").MarkerOf("ada") == 1 })
	})
}

// lostOrNot runs a test twice: over the bus, within 100 ms, and after the bus has lost the news, within 6 s.
func lostOrNot(t *testing.T, test func(rs *gossips, act func(), within time.Duration)) {
	for name, lost := range map[string]bool{"told": false, "lost": true} {
		t.Run(name, func(t *testing.T) {
			cluster(t, 2, busmemory.Faults{Delay: 5 * time.Millisecond}, func(rs *gossips) {
				if lost {
					test(rs, rs.deaf, 6*time.Second)
				} else {
					test(rs, func() {}, 100*time.Millisecond)
				}
			})
		})
	}
}

func TestABanHoldsAtAllRelays(t *testing.T) {
	lostOrNot(t, func(rs *gossips, act func(), d time.Duration) {
		bob, mod := rs.enter(1, "bob"), rs.enter(1, "eve moderator")
		time.Sleep(6 * time.Second)
		act()
		rs.change(0, rules.Moderate{Act: protocol.ActBan, User: "bob", Reason: "spam"})
		within(rs.T, d, "bob is evicted", func() bool { f := heard[protocol.Error](bob); return f != nil && f.Why == protocol.WhyBanned })
		within(rs.T, d, "the relay refuses bob's requests", func() bool {
			_, banned := rs.engines[1].Banned(time.Now(), rules.Ban{Room: "lobby", User: "bob"}, protocol.RoleParticipant)
			return banned
		})
		if d < time.Second {
			within(rs.T, d, "the moderator hears of it", func() bool {
				f := heard[protocol.Moderated](mod)
				return f != nil && f.Act == protocol.ActBan && f.By.ID == "mod"
			})
		}
		bob.Say(relaytest.SendOf(1))
		within(rs.T, time.Second, "bob may not send", func() bool { return len(all[protocol.Error](bob)) == 2 })
		rs.change(0, rules.Moderate{Act: protocol.ActUnban, User: "bob"})
		within(rs.T, d, "the ban has ended", func() bool {
			_, banned := rs.engines[1].Banned(time.Now(), rules.Ban{Room: "lobby", User: "bob"}, protocol.RoleParticipant)
			return !banned
		})
	})
}

// TestABanHoldsWhereNobodyIsInTheRoom checks the answers of REST at a relay without a stream of the room.
func TestABanHoldsWhereNobodyIsInTheRoom(t *testing.T) {
	lostOrNot(t, func(rs *gossips, act func(), d time.Duration) {
		rs.enter(0, "bob").end()
		time.Sleep(6 * time.Second)
		act()
		rs.change(0, rules.Moderate{Act: protocol.ActBan, User: "bob"})
		within(rs.T, d, "the relay refuses bob's requests", func() bool {
			_, banned := rs.engines[1].Banned(time.Now(), rules.Ban{Room: "lobby", User: "bob"}, protocol.RoleParticipant)
			return banned
		})
	})
}

func TestARevocationHoldsAtAllRelays(t *testing.T) {
	lostOrNot(t, func(rs *gossips, act func(), d time.Duration) {
		bob := rs.enter(1, "bob")
		old, _ := roles{}.Verify(time.Now(), netip.Addr{}, "bob")
		time.Sleep(6 * time.Second)
		act()
		rs.change(0, rules.Revoke{User: "bob", On: true})
		within(rs.T, d, "bob's connection is closed", func() bool {
			select {
			case <-bob.ended:
				return true
			default:
				return false
			}
		})
		if f := heard[protocol.Error](bob); bob.closed != protocol.ClosePutOut || f == nil || f.Why != protocol.WhyRevoked {
			t.Errorf("closed %d after %+v", bob.closed, f)
		}
		if !rs.engines[1].Revoked(old) {
			t.Error("the old token is valid")
		}
		time.Sleep(time.Second)
		again := rs.enter(1, "bob") // with a new token
		never(rs.T, 7*time.Second, "the new token is refused", func() bool { return again.closed != 0 })
	})
}

func TestMutesAndSettingsHoldAtAllRelays(t *testing.T) {
	lostOrNot(t, func(rs *gossips, act func(), d time.Duration) {
		bob, mod := rs.enter(1, "bob"), rs.enter(1, "eve moderator")
		mod.Say(relaytest.SendOf(1))
		within(rs.T, time.Second, "there is a message", func() bool { return heard[protocol.Changed](bob) != nil })
		time.Sleep(6 * time.Second)
		act()
		rs.change(0, rules.Moderate{Act: protocol.ActMute, User: "bob", Reason: "loud"})
		within(rs.T, d, "bob hears of the mute", func() bool {
			f := heard[protocol.Moderated](bob)
			return f != nil && f.Act == protocol.ActMute && f.Reason == "loud"
		})
		rs.change(0, rules.Adjust{Adjust: protocol.Adjust{Room: "lobby", SlowModeS: ptr(int64(30))}})
		within(rs.T, d, "bob hears of the slow mode", func() bool { f := heard[protocol.Settings](bob); return f != nil && f.SlowModeS == 30 })
		rs.change(0, rules.Report{ID: relaytest.SendOf(1).ID, Reason: "rude"})
		within(rs.T, d, "the moderator hears of the report", func() bool { f := heard[protocol.Reports](mod); return f != nil && f.Open == 1 })
		rs.change(0, rules.Moderate{Act: protocol.ActUnmute, User: "bob"})
		within(rs.T, d, "bob hears that the mute has ended", func() bool {
			f := heard[protocol.Moderated](bob)
			return f != nil && f.Act == protocol.ActUnmute
		})
		joined := rs.enter(1, "bob")
		if f := heard[protocol.Joined](joined); f.Muted {
			t.Errorf("joined %+v", f)
		}
	})
}

func TestALowerTokenCountsAtAllRelays(t *testing.T) {
	lostOrNot(t, func(rs *gossips, act func(), d time.Duration) {
		eve := rs.enter(1, "eve moderator")
		time.Sleep(6 * time.Second)
		act()
		rs.enter(0, "eve").end()
		mute := protocol.Moderate{Room: "lobby", Act: protocol.ActMute, User: "bob"}
		lowered := func() bool {
			role, ok := rs.engines[1].Rank("eve", "lobby")
			return ok && role == protocol.RoleParticipant
		}
		within(rs.T, d+hub.TickEvery, "eve has lost the role", lowered)
		eve.Say(mute)
		within(rs.T, time.Second, "eve may not moderate", func() bool { f := heard[protocol.Error](eve); return f != nil && f.Code == protocol.CodeForbidden })
		never(rs.T, 12*time.Second, "eve has the role again", func() bool { return !lowered() })
	})
}

func TestADroppedRoomEndsAtAllRelays(t *testing.T) {
	lostOrNot(t, func(rs *gossips, act func(), d time.Duration) {
		bob := rs.enter(1, "bob")
		time.Sleep(6 * time.Second)
		act()
		rs.change(0, rules.Drop{})
		within(rs.T, d, "bob hears of it", func() bool { f := heard[protocol.Error](bob); return f != nil && f.Code == protocol.CodeNotFound })
	})
}

func TestConnectionsOfAUserCountAtAllRelays(t *testing.T) {
	limit := func(c *hub.Config) { c.ConnsPerUser = 3 }
	cluster(t, 3, busmemory.Faults{Lost: 300}, func(rs *gossips) {
		var all []*reader
		for i := range 3 {
			all = append(all, rs.enter(i, "ada"))
		}
		time.Sleep(10 * time.Second)
		rs.places[0].locked(func() { rs.network.Faults.Lost = 0 })
		time.Sleep(6 * time.Second) // lost news are repeated
		late := rs.read(0, "ada")
		<-late.ended
		if late.closed != protocol.CloseTooMany {
			t.Errorf("closed %d", late.closed)
		}
		all[2].end()
		within(rs.T, time.Second, "the place is free", func() bool { return rs.admits(0, "ada") })
		time.Sleep(time.Second) // all relays know of its end
		all[2] = rs.enter(2, "ada")
		time.Sleep(time.Second)
		if rs.admits(0, "ada") {
			t.Error("a fourth connection is accepted")
		}
		rs.places[2].locked(func() { rs.network.Part(rs.places[0].member, rs.places[2].member) })
		within(rs.T, 6*time.Second, "a relay that is gone has no connections", func() bool { return rs.admits(0, "ada") })
		all[2].end()
		all[0].end()
		all[1].end()
	}, limit)
}

func TestTheRateOfAUserCountsAtAllRelays(t *testing.T) {
	limit := func(c *hub.Config) { c.Rate = 1 }
	cluster(t, 2, busmemory.Faults{}, func(rs *gossips) {
		ada, there := rs.enter(0, "ada"), rs.enter(1, "ada")
		for n := range 4 {
			ada.Say(relaytest.SendOf(n))
		}
		time.Sleep(300 * time.Millisecond)
		there.Say(relaytest.SendOf(9))
		within(rs.T, time.Second, "the burst is used up", func() bool {
			f := heard[protocol.Error](there)
			return f != nil && f.Code == protocol.CodeRateLimited
		})
		time.Sleep(time.Second)
		there.Say(relaytest.SendOf(9))
		within(rs.T, time.Second, "it fills up again", func() bool { return len(all[protocol.Changed](there)) == 5 })
	}, limit)
}

func ptr[T any](v T) *T { return &v }
