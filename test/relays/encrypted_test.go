package relays

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
	"hallway/test/relaytest"
)

// enterWith connects a user's device to a relay and joins the lobby.
func (w *world) enterWith(r *relaytest.Relay, token string, d *devicetest.Device) (*client, protocol.Joined) {
	w.Helper()
	c, err := w.dial(r, token)
	if err == nil {
		err = c.say(protocol.Register{Device: d.Device})
	}
	if err == nil {
		_, err = await[protocol.Registered](c, patience)
	}
	if err == nil {
		err = c.say(protocol.Join{Room: "lobby"})
	}
	if err != nil {
		w.Fatal(err)
	}
	joined, err := await[protocol.Joined](c, patience)
	if err != nil {
		w.Fatal(err)
	}
	return c, joined
}

// mustHear reads up to the next frame of a type.
func mustHear[F protocol.RelayFrame](t *testing.T, c *client, within time.Duration) F {
	t.Helper()
	f, err := await[F](c, within)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (c *client) mustSay(t *testing.T, f protocol.ClientFrame) {
	t.Helper()
	if err := c.say(f); err != nil {
		t.Fatal(err)
	}
}

// TestKeysOfOtherRelays checks that a turn, its wraps, the request of a device that lacks it, and the notice that a turn is due reach the
// devices at all relays, and that no relay accepts a stale key.
func TestKeysOfOtherRelays(t *testing.T) {
	w := newWorld(t, 2)
	w.put(w.relays[0], "/v1/rooms/lobby", `{"settings":{"e2ee":1}}`)
	ada, bob, cy := devicetest.New("mod"), devicetest.New("bob"), devicetest.New("cy")
	here, _ := w.enterWith(w.relays[0], w.staff(), &ada)
	there, joined := w.enterWith(w.relays[1], w.token("bob"), &bob)
	if joined.E2EE == nil || joined.E2EE.Turn != nil {
		t.Fatalf("joined %+v", joined.E2EE)
	}
	first := ada.Turn("lobby", 1, nil)
	here.mustSay(t, protocol.MakeTurn{Room: "lobby", Turn: first, Wraps: []protocol.Wrap{devicetest.Wrap(bob.ID)}})
	mustHear[protocol.Turned](t, here, patience)
	if f := mustHear[protocol.Turned](t, there, patience); f.Turn.Kid != first.Kid {
		t.Errorf("turned %+v", f)
	}
	if f := mustHear[protocol.Wrapped](t, there, patience); f.N != 1 || f.Wrap.To != bob.ID {
		t.Errorf("wrapped %+v", f)
	}
	there.mustSay(t, protocol.Send{Room: "lobby", ID: message("lobby").ID, Encrypted: devicetest.Sealed(first.Kid)})
	mustHear[protocol.Changed](t, here, patience)

	// First Bob is the only device at this relay with the key, then there is none.
	began := time.Now()
	late, _ := w.enterWith(w.relays[1], w.token("cy"), &cy)
	late.mustSay(t, protocol.Want{Room: "lobby", N: 1})
	if f := mustHear[protocol.Wanted](t, there, limit(time.Second)); f.Devices[0].ID != cy.ID {
		t.Errorf("wanted %+v", f)
	}
	there.mustSay(t, protocol.HandOn{Room: "lobby", N: 1, Wraps: []protocol.Wrap{devicetest.Wrap(cy.ID)}})
	mustHear[protocol.Wrapped](t, late, patience)
	t.Logf("a late joiner has the secret after %v", time.Since(began))
	late.Close()
	there.Close()
	dee := devicetest.New("dee")
	other, _ := w.enterWith(w.relays[1], w.token("dee"), &dee)
	w.wait(patience, "the holder's connection is gone", func() bool { return w.onlineAt(w.relays[1]) == "dee mod" })
	began = time.Now()
	other.mustSay(t, protocol.Want{Room: "lobby", N: 1})
	if f := mustHear[protocol.Wanted](t, here, patience); len(f.Devices) != 1 || f.Devices[0] != dee.Device {
		t.Fatalf("wanted %+v", f)
	}
	here.mustSay(t, protocol.HandOn{Room: "lobby", N: 1, Wraps: []protocol.Wrap{devicetest.Wrap(dee.ID)}})
	if f := mustHear[protocol.Wrapped](t, other, patience); f.Wrap.To != dee.ID {
		t.Errorf("wrapped %+v", f)
	}
	t.Logf("from another relay after %v", time.Since(began))

	// A ban at the other relay makes a turn due here, and a key that is stale there is also stale here.
	w.put(w.relays[1], "/v1/rooms/lobby/members/bob/ban", "")
	if f := mustHear[protocol.Due](t, here, patience); len(f.Out) != 1 || f.Out[0] != "bob" {
		t.Errorf("due %+v", f)
	}
	second := ada.Turn("lobby", 2, &first, "bob")
	here.mustSay(t, protocol.MakeTurn{Room: "lobby", Turn: second})
	mustHear[protocol.Turned](t, other, patience)
	other.mustSay(t, protocol.Send{Room: "lobby", ID: message("lobby").ID, Encrypted: devicetest.Sealed(first.Kid)})
	if e := mustHear[protocol.Error](t, other, patience); e.Why != protocol.WhyStaleKey {
		t.Errorf("a stale key: %+v", e)
	}
	if status := w.delete(w.relays[1], w.token("dee"), "/v1/devices/"+dee.ID); status != http.StatusNoContent {
		t.Errorf("the end of a device: %d", status)
	}
	if f := mustHear[protocol.Due](t, here, patience); len(f.Out) != 0 {
		t.Errorf("due %+v", f)
	}
}

// delete sends a request with the method DELETE to a relay.
func (w *world) delete(r *relaytest.Relay, token, path string) int {
	w.Helper()
	req, err := http.NewRequestWithContext(w.Context(), http.MethodDelete, r.URL()+path, strings.NewReader(""))
	if err != nil {
		w.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		w.Fatal(err)
	}
	defer resp.Body.Close()
	return resp.StatusCode
}

// TestTurnsAtOnce checks that a room gets only one of two turns with the same number that are made at two relays at once.
func TestTurnsAtOnce(t *testing.T) {
	w := newWorld(t, 2)
	w.put(w.relays[0], "/v1/rooms/lobby", `{"settings":{"e2ee":1}}`)
	var clients []*client
	var devices []devicetest.Device
	for i, r := range w.relays {
		name := fmt.Sprint("mod-", i)
		d := devicetest.New(name)
		token := relaytest.Token(t, map[string]any{"sub": name, "role": "moderator", "rooms": []string{"*"}})
		c, _ := w.enterWith(r, token, &d)
		clients, devices = append(clients, c), append(devices, d)
	}
	for n := int64(1); n <= 5; n++ {
		for i, c := range clients {
			c.mustSay(t, protocol.MakeTurn{Room: "lobby", Turn: devices[i].Turn("lobby", n, nil)})
		}
		kids := map[string]bool{}
		for _, c := range clients {
			for told := false; !told; {
				frame, err := c.next()
				if err != nil {
					t.Fatal(err)
				}
				switch f := frame.(type) {
				case protocol.Error:
					if f.Code != protocol.CodeConflict || f.Of != "turn" {
						t.Fatalf("refused %+v", f)
					}
				case protocol.Turned:
					told = f.Turn.N == n
					kids[f.Turn.Kid] = true
				}
			}
		}
		if len(kids) != 1 {
			t.Fatalf("turn %d: %d of them", n, len(kids))
		}
	}
}
