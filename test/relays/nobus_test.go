package relays

import (
	"testing"
	"time"

	"hallway/protocol"
	"hallway/test/relaytest"
	"hallway/test/servers"
)

// TestRelaysWithoutBus checks that two relays on one PostgreSQL without --nats, as during a deployment, send each other's messages within
// a second, and report nothing about a bus.
func TestRelaysWithoutBus(t *testing.T) {
	w := &world{T: t}
	url := servers.PostgreSQL(t)
	for range 2 {
		w.relays = append(w.relays, relaytest.StartOn(t, url, "--rate", "0"))
	}
	ada, bob := w.mustEnter(w.relays[0], "ada", "lobby"), w.mustEnter(w.relays[1], "bob", "lobby")
	var took []time.Duration
	for range 9 {
		send := message("lobby")
		began := time.Now()
		if err := ada.say(send); err != nil {
			t.Fatal(err)
		}
		for _, c := range []*client{ada, bob} {
			if f, err := await[protocol.Changed](c, patience); err != nil || f.Message.ID != send.ID {
				t.Fatalf("heard %+v, %v", f, err)
			}
		}
		took = append(took, time.Since(began))
	}
	w.inTime("told without a bus", took, time.Second)
	w.untilReady(0, "")
}
