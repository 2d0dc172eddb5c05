package hub_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/guard"
	"hallway/relay/hub"
	"hallway/relay/rules"
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
	c.world.Received(c.world.now, c.session, protocol.Encode(f))
}

func sendOf(n int, text string) protocol.Send {
	return protocol.Send{Room: "lobby", ID: fmt.Sprintf(idFormat, n), Text: text}
}

// TestFloodBatchesAreShort checks that a batch of users with many ops is short, and that a new user's op is in the
// next batch, whatever waits.
func TestFloodBatchesAreShort(t *testing.T) {
	const users, each = 300, 5
	w := newWorld(hub.Config{})
	var conns []*fakeConn
	for i := range users {
		conns = append(conns, w.member(fmt.Sprintf("u%d", i)))
	}
	ada := w.member("ada")
	for n := range users * each {
		conns[n%users].take(sendOf(n, "flood"))
	}
	w.commit() // the first op, alone
	var sizes []int
	for n := users * each; w.batch != nil; n++ {
		if n == users*each+3 {
			ada.take(sendOf(n, "no flood"))
			w.commit()
			if w.batch[0].Sender.ID != "ada" {
				t.Errorf("the next batch begins with an op of %s", w.batch[0].Sender.ID)
			}
		}
		sizes = append(sizes, len(w.batch))
		w.commit()
	}
	// First one op of each user, then short batches, then the rest, which is no flood.
	if sizes[0] <= guard.FloodOpsMax || sizes[2] != guard.FloodOpsMax || sizes[len(sizes)-2] <= guard.FloodOpsMax {
		t.Errorf("batches of %v", sizes)
	}
}

func TestBatchIsBounded(t *testing.T) {
	const textBytes, sends = 8000, 30
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	for n := range sends {
		ada.take(sendOf(n, strings.Repeat("x", textBytes)))
	}
	for done := 0; done < sends; {
		if most := guard.RoomBatchBytesMax/textBytes + 1; len(w.batch) == 0 || len(w.batch) > most {
			t.Fatalf("a batch of %d, want 1 to %d", len(w.batch), most)
		}
		done += len(w.batch)
		w.commit()
	}
}

// TestBatchOfManyRooms checks that rooms do not wait for each other, unless together their frames would be too much for
// a user in all of them.
func TestBatchOfManyRooms(t *testing.T) {
	const textBytes = 8000
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	rooms := make([]string, 60)
	for i := range rooms {
		rooms[i] = fmt.Sprint("room", i)
		ada.take(protocol.Join{Room: rooms[i]})
		w.commit()
	}
	ada.take(sendOf(100, "first")) // its batch is under way while the others arrive
	for i, room := range rooms {
		ada.take(protocol.Send{Room: room, ID: fmt.Sprintf(idFormat, i), Text: strings.Repeat("x", textBytes)})
	}
	w.commit()
	if n, most := len(w.batch), guard.BatchBytesMax/textBytes+1; n <= guard.RoomBatchBytesMax/textBytes+1 || n > most {
		t.Errorf("a batch of %d, want at most %d, and more than of one room", n, most)
	}
}

// TestBatchCountsMessagesOfReactions checks that a reaction counts with its message: the reaction is small, the message is
// not.
func TestBatchCountsMessagesOfReactions(t *testing.T) {
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	for range 300 {
		ada.take(protocol.React{Room: "lobby", ID: fmt.Sprintf(idFormat, 1), Emoji: "👍", On: true})
	}
	w.commit() // the first op, alone
	if n := len(w.batch); n < 20 || n > guard.RoomBatchBytesMax/1024 {
		t.Errorf("a batch of %d reactions", n)
	}
}

func TestRoomsOfASessionAreBounded(t *testing.T) {
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	for n := 1; n < guard.RoomsPerSessionMax; n++ {
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

// TestOpsOfASessionAreBounded checks that one connection cannot fill the queue.
func TestOpsOfASessionAreBounded(t *testing.T) {
	w := newWorld(hub.Config{})
	ada, bob := w.member("ada"), w.member("bob")
	w.out = nil
	for n := range guard.SessionOpsMax {
		ada.take(sendOf(n, "x"))
	}
	if len(w.out) != 1 { // the first batch
		t.Fatalf("%d effects, among them %s", len(w.out), w.out[len(w.out)-1])
	}
	ada.take(sendOf(guard.SessionOpsMax, "x"))
	if got := w.out[len(w.out)-1]; !strings.Contains(got, `ada← {"type":"error","code":"unavailable"`) {
		t.Errorf("one more: %s", got)
	}
	bob.take(sendOf(guard.SessionOpsMax+1, "x"))
	if len(w.out) != 2 {
		t.Errorf("of another: %s", w.out[len(w.out)-1])
	}
	if got := w.Pending(); got != guard.SessionOpsMax+1 {
		t.Errorf("%d ops are pending", got)
	}
}

// TestNothingIsLeftBehind checks that users who have left leave no room and no op in memory.
func TestNothingIsLeftBehind(t *testing.T) {
	w := newWorld(hub.Config{})
	ada := w.member("ada")
	ada.take(sendOf(1, "x"))
	w.Closed(w.now, ada.session)
	w.commit()
	if w.Stats().Sessions != 0 || w.Pending() != 0 {
		t.Errorf("%d sessions, %d ops", w.Stats().Sessions, w.Pending())
	}
	w.open("bob").take(protocol.Hello{Token: "bob"})
	w.conns["bob"].take(protocol.Join{Room: "lobby"})
	if got := w.out[len(w.out)-1]; got != "store← open lobby for bob" {
		t.Errorf("the room was still in memory: %s", got)
	}
}

// TestFramesAreBounded checks that each frame of a flood is refused, and no other frame.
func TestFramesAreBounded(t *testing.T) {
	w := newWorld(hub.Config{FramesPerSecond: 10})
	ada := w.member("ada") // two frames of the burst
	for range guard.FramesBurstMax - 2 {
		ada.take(protocol.Ping{T: "1"})
	}
	if last := w.out[len(w.out)-1]; last != `ada← {"type":"pong","t":1}` {
		t.Fatal(last)
	}
	w.out = nil
	ada.take(protocol.Ping{T: "2"})
	ada.take(protocol.Hello{Token: "ada"})
	ada.take(protocol.Typing{Room: "lobby"}) // dropped
	w.Received(w.now, ada.session, []byte(`{"type":"bogus","room":"lobby"}`))
	ada.take(sendOf(1, "sends have a rate of their own"))
	w.now = w.now.Add(99 * time.Millisecond)
	ada.take(protocol.Leave{Room: "lobby"})
	w.now = w.now.Add(time.Millisecond)
	ada.take(protocol.Ping{T: "3"})
	ada.take(protocol.Ping{T: "4"})
	const refused = `ada← {"type":"error","code":"rate_limited","message":"too many frames",`
	want := []string{
		refused + `"retry_after_ms":100}`,
		refused + `"retry_after_ms":100}`,
		`ada← {"type":"error","code":"bad_request","message":"the frame's type is not known","room":"lobby"}`,
		"store← send " + fmt.Sprintf(idFormat, 1),
		refused + `"room":"lobby","retry_after_ms":1}`,
		`ada← {"type":"pong","t":3}`,
		refused + `"retry_after_ms":100}`,
	}
	if got := strings.Join(w.out, "\n"); got != strings.Join(want, "\n") {
		t.Errorf("got\n%s\nwant\n%s", got, strings.Join(want, "\n"))
	}
}

// TestWindowChangesBeforeFanOut checks that a client that gets a change, or a head, finds it in the window, and that
// the window is never ahead of the store.
func TestWindowChangesBeforeFanOut(t *testing.T) {
	w := newWorld(hub.Config{})
	heard := 0
	look := func(frame []byte) {
		f, err := protocol.DecodeRelay(frame)
		if err != nil {
			t.Fatal(err)
		}
		var rev int64
		switch f := f.(type) {
		case protocol.Joined:
			rev = f.Head
		case protocol.Changed:
			rev = f.Message.Rev
		default:
			return
		}
		heard++
		body, ok := w.Windows().Of("lobby").Page(rules.Query{Kind: rules.QuerySince, At: 2, Limit: 50}, "")
		page, err := protocol.DecodePage(body)
		if !ok || err != nil || page.Head < rev || page.Head > w.store.Life("lobby").Head() || int64(len(page.Messages)) != page.Head-2 {
			t.Errorf("told of rev %d: %v, %v, %+v", rev, ok, err, page)
		}
	}
	join := func(name string) *fakeConn {
		c := w.open(name)
		c.heard = look
		c.take(protocol.Hello{Token: name})
		c.take(protocol.Join{Room: "lobby"})
		return c
	}
	first := w.member("first")
	first.take(sendOf(1, "before all are gone"))
	w.commit()
	first.take(sendOf(2, "and again"))
	w.commit()
	w.Closed(w.now, first.session)
	if w.Windows().Of("lobby") != nil {
		t.Error("the window of a room that all have left is still there")
	}

	ada := join("ada")
	ada.take(sendOf(3, "x"))
	w.commit() // the Open
	join("bob")
	ada.take(sendOf(4, "y"))
	join("eve")
	for w.batch != nil {
		w.commit()
	}
	ada.take(sendOf(5, "lost"))
	w.lose()
	if _, ok := w.Windows().Of("lobby").Page(rules.Query{Kind: rules.QuerySince, At: 4, Limit: 50}, ""); ok {
		t.Error("a window that may be behind the store answers")
	}
	w.Filled("lobby", hub.Fill{}) // read for a window that was dropped
	w.Filled("nowhere", hub.Fill{})
	if heard != 3+1+2 { // three joined; one message before bob has, one before eve has
		t.Errorf("heard of %d", heard)
	}
}

// TestSilentConnectionHoldsNoMore checks that a connection that joins, gets messages and answers heartbeats takes no
// memory beyond its own types, and that the check would notice each kind of activity.
func TestSilentConnectionHoldsNoMore(t *testing.T) {
	w := newWorld(hub.Config{Rate: 5})
	silent, writer := w.member("ada"), w.member("bob")
	writer.take(sendOf(1, "hello"))
	w.commit()
	for range 3 {
		silent.take(protocol.Ping{T: "1"})
		w.Alive(w.now, silent.session)
		w.wait(2 * hub.TickEvery)
	}
	if !hub.Silent(silent.session) {
		t.Error("the silent connection has more than its own types")
	}
	for i, frame := range []protocol.ClientFrame{
		sendOf(2, "hello"),
		protocol.Typing{Room: "lobby"},
		protocol.Read{Room: "lobby", Seq: 1},
		protocol.Leave{Room: "stage"}, // refused
	} {
		c := w.member(fmt.Sprint("user", i))
		w.wait(2 * hub.TickEvery)
		before := hub.Silent(c.session)
		c.take(frame)
		if w.batch != nil {
			w.commit()
		}
		w.wait(5 * time.Second) // the rates are full again
		if after := hub.Silent(c.session); !before || after {
			t.Errorf("silent before %T: %v, after it: %v", frame, before, after)
		}
	}
}
