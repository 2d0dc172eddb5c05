package hub_test

import (
	"encoding/base64"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// sealedOf returns a message under a key that the room does not have.
func sealedOf(n int) protocol.Send {
	f := sendOf(n, "")
	f.Encrypted = &protocol.Encrypted{
		Alg: "A256GCM", Kid: "1." + strings.Repeat("A", 22),
		IV: base64.RawURLEncoding.EncodeToString(make([]byte, 12)), CT: base64.RawURLEncoding.EncodeToString(make([]byte, 256+16)),
	}
	return f
}

// TestStaleKeyNeedsALookUp checks the use of stale_key, which a client takes as proof that the message is
// not stored. Behind a block with the why stale_key, a send that finds the queue full, or whose look-up fails, is
// refused without it.
func TestStaleKeyNeedsALookUp(t *testing.T) {
	w := newWorld(hub.Config{QueueOps: 1})
	mo := protocol.User{ID: "mo", Role: protocol.RoleOrganizer}
	_, err := w.store.Commit(w.now, []rules.Op{{Room: "lobby", Sender: mo, Do: rules.Configure{Settings: `{"e2ee":1}`}}})
	if err != nil {
		t.Fatal(err)
	}
	ada := w.member("ada")
	refused := map[string]protocol.Error{}
	ada.heard = func(data []byte) {
		if f, err := protocol.DecodeRelay(data); err == nil {
			if e, ok := f.(protocol.Error); ok {
				refused[e.ID] = e
			}
		}
	}
	says := func(n int, why protocol.Why) {
		t.Helper()
		e, ok := refused[sendOf(n, "").ID]
		if !ok || e.Code != protocol.CodeUnavailable || e.Why != why {
			t.Errorf("send %d is refused with %+v, want why %q", n, e, why)
		}
	}

	ada.take(sealedOf(1))
	w.commit()
	says(1, protocol.WhyStaleKey)

	ada.take(sealedOf(2)) // looked up
	ada.take(sealedOf(3)) // the queue is full
	says(3, "")
	w.commit()
	says(2, protocol.WhyStaleKey)

	for len(w.batch) > 0 {
		w.commit()
	}
	ada.take(sealedOf(4))
	w.fail()
	says(4, "")
}
