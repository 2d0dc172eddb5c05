package hub_test

import (
	"fmt"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
)

// member is a connection that has said hello and joined the lobby.
func (w *world) member(name string) *fakeConn {
	c := w.open(name)
	c.take(protocol.Hello{Token: name})
	c.take(protocol.Join{Room: "lobby"})
	if w.batch != nil {
		w.commit()
	}
	w.out = nil
	return c
}

func (c *fakeConn) take(f protocol.ClientFrame) {
	c.world.Received(c.world.now, c.session, f.Append(nil))
}

func sendOf(n int, text string) protocol.Send {
	return protocol.Send{Room: "lobby", ID: fmt.Sprintf(idFormat, n), Text: text}
}

func TestBatchIsBounded(t *testing.T) {
	const textBytes, sends = 8000, 30
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	for n := range sends {
		ada.take(sendOf(n, strings.Repeat("x", textBytes)))
	}
	for done := 0; done < sends; {
		if most := hub.BatchBytesMax/textBytes + 1; len(w.batch) == 0 || len(w.batch) > most {
			t.Fatalf("a batch of %d, want 1 to %d", len(w.batch), most)
		}
		done += len(w.batch)
		w.commit()
	}
}

func TestRoomsOfASessionAreBounded(t *testing.T) {
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	for n := 1; n < hub.RoomsPerSessionMax; n++ {
		ada.take(protocol.Join{Room: fmt.Sprint("room", n)})
		w.commit()
	}
	w.out = nil
	ada.take(protocol.Join{Room: "one-more"})
	ada.take(protocol.Join{Room: "lobby"})
	want := []string{
		`ada← {"type":"error","code":"bad_request","message":"too many rooms on this connection","room":"one-more"}`,
		`ada← {"type":"joined","room":"lobby","epoch":"e-lobby","head":0,"members":1,"read":0,"role":"participant"}`,
	}
	if got := strings.Join(w.out, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// TestOpsOfASessionAreBounded: one connection cannot fill the queue of all.
func TestOpsOfASessionAreBounded(t *testing.T) {
	w := newWorld(hub.Config{})
	ada, bob := w.member("ada"), w.member("bob")
	w.out = nil
	for n := range hub.SessionOpsMax {
		ada.take(sendOf(n, "x"))
	}
	if len(w.out) != 1 { // the first batch
		t.Fatalf("%d effects, among them %s", len(w.out), w.out[len(w.out)-1])
	}
	ada.take(sendOf(hub.SessionOpsMax, "x"))
	if got := w.out[len(w.out)-1]; !strings.Contains(got, `ada← {"type":"error","code":"unavailable"`) {
		t.Errorf("one more: %s", got)
	}
	bob.take(sendOf(hub.SessionOpsMax+1, "x"))
	if len(w.out) != 2 {
		t.Errorf("of another: %s", w.out[len(w.out)-1])
	}
	if got := w.Pending(); got != hub.SessionOpsMax+1 {
		t.Errorf("%d ops are pending", got)
	}
}

// TestNothingIsLeftBehind: who has gone leaves no room and no op in memory.
func TestNothingIsLeftBehind(t *testing.T) {
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	ada.take(sendOf(1, "x"))
	w.Closed(w.now, ada.session)
	w.commit()
	if w.Sessions() != 0 || w.Pending() != 0 {
		t.Errorf("%d sessions, %d ops", w.Sessions(), w.Pending())
	}
	w.open("bob").take(protocol.Hello{Token: "bob"})
	w.conns["bob"].take(protocol.Join{Room: "lobby"})
	if got := w.out[len(w.out)-1]; got != "store← open lobby" {
		t.Errorf("the room was still in memory: %s", got)
	}
}
