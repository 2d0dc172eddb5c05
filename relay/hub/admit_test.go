package hub_test

import (
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
)

// TestOnlyTheWelcomedAreAdmitted checks that the transport accepts large frames of a connection only after its hello
// was accepted.
func TestOnlyTheWelcomedAreAdmitted(t *testing.T) {
	for name, c := range map[string]struct {
		frames   []protocol.ClientFrame
		admitted bool
	}{
		"nothing":             {nil, false},
		"a join":              {[]protocol.ClientFrame{protocol.Join{Room: "lobby"}}, false},
		"a bad token":         {[]protocol.ClientFrame{protocol.Hello{Token: "mallory"}}, false},
		"an expired token":    {[]protocol.ClientFrame{protocol.Hello{Token: "late"}}, false},
		"a hello":             {[]protocol.ClientFrame{protocol.Hello{Token: "ada"}}, true},
		"a hello after pings": {[]protocol.ClientFrame{protocol.Ping{T: "1"}, protocol.Ping{T: "2"}, protocol.Hello{Token: "ada"}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(hub.Config{})
			conn := w.open("c")
			for _, f := range c.frames {
				w.Received(w.now, conn.session, protocol.Encode(f))
			}
			if conn.admitted != c.admitted {
				t.Errorf("admitted: %v", conn.admitted)
			}
		})
	}
}
