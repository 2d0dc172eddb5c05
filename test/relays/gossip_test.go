package relays

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/test/relaytest"
)

// staff returns the token of an organizer.
func (w *world) staff() string {
	return relaytest.Token(w.T, map[string]any{"sub": "mod", "name": "Mod", "role": "organizer", "rooms": []string{"*"}})
}

// put sends a request with the method PUT to a relay, as an organizer.
func (w *world) put(r *relaytest.Relay, path, body string) {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodPut, r.URL()+path, strings.NewReader(body))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+w.staff())
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode >= 300 {
		w.Fatalf("%s: %s", path, resp.Status)
	}
}

// wait waits until a condition holds, and fails the test after d.
func (w *world) wait(d time.Duration, what string, holds func() bool) {
	w.Helper()
	began := time.Now()
	for !holds() {
		if time.Since(began) > d {
			w.Fatalf("not within %v: %s", d, what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

// presentAt waits until a client is told this number of users, or fails.
func (w *world) presentAt(c *client, users int64, within time.Duration) time.Duration {
	w.Helper()
	began := time.Now()
	for {
		f, err := await[protocol.Presence](c, within-time.Since(began))
		if err != nil {
			w.Fatalf("not told of %d users within %v: %v", users, within, err)
		}
		if f.Members == users {
			return time.Since(began)
		}
	}
}

// onlineAt returns the users of the lobby whom a relay lists as online.
func (w *world) onlineAt(r *relaytest.Relay) string {
	var answer struct {
		Members []struct {
			User   struct{ ID string }
			Online bool
		}
	}
	if _, err := w.get(r, w.staff(), "/v1/rooms/lobby/members", &answer); err != nil {
		w.Fatal(err)
	}
	var online []string
	for _, m := range answer.Members {
		if m.Online {
			online = append(online, m.User.ID)
		}
	}
	return strings.Join(online, " ")
}

// TestUsersOfAllRelaysAreOnline checks that the users of all relays count in the number of users and in the list of members, also at a relay
// where nobody has joined the room, and that typing reaches them.
func TestUsersOfAllRelaysAreOnline(t *testing.T) {
	w := newWorld(t, 3)
	ada := w.mustEnter(w.relays[0], "ada", "lobby")
	bob := w.mustEnter(w.relays[1], "bob", "lobby")
	t.Logf("two users: after %v", w.presentAt(ada, 2, limit(2*time.Second)))
	cy := w.mustEnter(w.relays[2], "cy", "lobby")
	again := w.mustEnter(w.relays[2], "ada", "lobby") // one user at two relays
	t.Logf("three users: after %v", w.presentAt(bob, 3, limit(2*time.Second)))
	w.wait(limit(2*time.Second), "all relays know who is online", func() bool {
		return w.onlineAt(w.relays[0]) == "ada bob cy" && w.onlineAt(w.relays[1]) == "ada bob cy" && w.onlineAt(w.relays[2]) == "ada bob cy"
	})
	if err := ada.say(protocol.Typing{Room: "lobby"}); err != nil {
		t.Fatal(err)
	}
	for _, c := range []*client{bob, cy} {
		if f, err := await[protocol.Typist](c, limit(time.Second)); err != nil || f.User.ID != "ada" {
			t.Errorf("heard %+v, %v", f, err)
		}
	}
	again.Close()
	w.relays[1].Kill()
	t.Logf("after a kill: two users after %v", w.presentAt(ada, 2, limit(7*time.Second)))
	ada.Close()
	w.wait(limit(2*time.Second), "a relay says who is in a room that is not open there", func() bool {
		return w.onlineAt(w.relays[0]) == "cy"
	})
	cy.Close()
}

// TestMarkersAndSettingsReachOtherRelays checks that a read marker and a changed setting reach the other relays.
func TestMarkersAndSettingsReachOtherRelays(t *testing.T) {
	w := newWorld(t, 2)
	ada, there, mod := w.mustEnter(w.relays[0], "ada", "lobby"), w.mustEnter(w.relays[1], "ada", "lobby"), w.mustEnter(w.relays[1], "bob", "lobby")
	send := message("lobby")
	if err := ada.say(send); err != nil {
		t.Fatal(err)
	}
	if _, err := await[protocol.Changed](there, patience); err != nil {
		t.Fatal(err)
	}
	if err := ada.say(protocol.Read{Room: "lobby", Seq: 1}); err != nil {
		t.Fatal(err)
	}
	if f, err := await[protocol.Read](there, patience); err != nil || f.Seq != 1 {
		t.Errorf("heard %+v, %v", f, err)
	}
	var room struct{ Unread int64 }
	if _, err := w.get(w.relays[1], w.token("ada"), "/v1/rooms/lobby", &room); err != nil || room.Unread != 0 {
		t.Errorf("%+v, %v", room, err)
	}
	w.put(w.relays[0], "/v1/rooms/lobby", `{"settings":{"slow_mode_s":30}}`)
	if f, err := await[protocol.Settings](mod, patience); err != nil || f.SlowModeS != 30 {
		t.Errorf("heard %+v, %v", f, err)
	}
	// Slow mode counts what was sent at the other relay.
	if err := ada.say(message("lobby")); err != nil {
		t.Fatal(err)
	}
	if _, err := await[protocol.Changed](ada, patience); err != nil {
		t.Fatal(err)
	}
	if err := there.say(message("lobby")); err != nil {
		t.Fatal(err)
	}
	if f, err := await[protocol.Error](there, patience); err != nil || f.Why != protocol.WhySlowMode {
		t.Errorf("heard %+v, %v", f, err)
	}
	if err := w.do(w.relays[1], http.MethodDelete, "/v1/rooms/lobby"); err != nil {
		t.Fatal(err)
	}
	if f, err := await[protocol.Error](ada, patience); err != nil || f.Code != protocol.CodeNotFound {
		t.Errorf("heard %+v, %v", f, err)
	}
}
