package core

import (
	"strconv"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// state checks the state of the lock.
func (s *sealedChat) state(want client.LockState) {
	s.t.Helper()
	if got := s.c.Snapshot().Lock.State; got != want {
		s.t.Errorf("the lock is %q, want %q", got, want)
	}
}

// shows checks a message's mark, its text and its author's name.
func (s *sealedChat) shows(id string, mark client.Mark, text, name string) {
	s.t.Helper()
	snapshot := s.c.Snapshot()
	for _, m := range snapshot.Messages {
		if m.ID == id {
			if snapshot.Marks[id] != mark || m.Text != text || m.Sender.Name != name {
				s.t.Errorf("%s is %q, %q by %q, want %q, %q by %q", id, snapshot.Marks[id], m.Text, m.Sender.Name, mark, text, name)
			}
			return
		}
	}
	s.t.Errorf("%s is not shown", id)
}

func TestNothingIsSealedBelowTheHighestTurn(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.kept = turnOf(5, "d-mod")
	s.c = New(client.Config{Room: "lobby", Encrypted: true, Rand: func() float64 { return 0.5 }})
	s.step(client.Started{Token: testToken("ada")})
	s.join(&protocol.Locked{Turn: turnOf(4, "d-mod"), Wrap: wrapOf("4.k")})
	s.send("m1", "secret")
	s.wait(time.Minute)
	if sends := s.take("send"); len(sends) != 0 {
		t.Fatalf("sends %+v", sends)
	}
	s.turned(turnOf(6, "d-mod"))
	if sends := s.take("send"); len(sends) != 1 || sends[0].Encrypted.Kid != "6.k" {
		t.Fatalf("sends %+v", sends)
	}
}

func TestARenewalTellsOfATurnThatAnotherTabHasStored(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.devices["d-mod"] = deviceOf("d-mod", "mo", protocol.RoleModerator, 48*time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(4, "d-mod"), Wrap: wrapOf("4.k")})
	s.kept = turnOf(5, "d-mod")
	s.wait(24*time.Hour - time.Minute) // the certificate is renewed
	s.send("m1", "secret")
	s.wait(time.Second)
	if sends := s.take("send"); len(sends) != 0 {
		t.Fatalf("sends %+v", sends)
	}
	s.turned(turnOf(5, "d-mod"))
	if sends := s.take("send"); len(sends) != 1 || sends[0].Encrypted.Kid != "5.k" {
		t.Fatalf("sends %+v", sends)
	}
}

// stale refuses a message because its key is stale.
func (s *sealedChat) stale(id string) {
	s.relay(protocol.Error{Code: protocol.CodeUnavailable, Why: protocol.WhyStaleKey, Room: "lobby", ID: id, Message: "stale"})
}

// sealsAnew refuses a message because its key is stale, and checks that it comes again under a kid.
func (s *sealedChat) sealsAnew(id, kid string) {
	s.t.Helper()
	s.stale(id)
	s.wait(time.Second)
	if anew := s.take("send"); len(anew) != 1 || anew[0].ID != id || anew[0].Encrypted.Kid != kid {
		s.t.Fatalf("wrote %+v", anew)
	}
}

func TestSealedOnceAndAnewOnlyAfterStaleKey(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.send("m1", "secret")
	first := s.take("send")
	s.lose()
	// The turn has changed, but the message may be in the room. It is written in its first form.
	s.join(&protocol.Locked{Turn: turnOf(2, "d-mod"), Wrap: wrapOf("2.k")})
	again := s.take("send")
	if len(first) != 1 || len(again) != 1 || *first[0].Encrypted != *again[0].Encrypted {
		t.Fatalf("wrote %+v, then %+v", first, again)
	}
	s.sealsAnew("m1", "2.k")
}

// TestAnItemOfAnotherTabIsSealedAnew checks an item that a tab has stored without its text before it died.
func TestAnItemOfAnotherTabIsSealedAnew(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(2, "d-mod"), Wrap: wrapOf("2.k")})
	stored := sealedBy("d-own", "1.k", 0, "secret")
	s.step(client.PeerSaid{Note: client.Note{Kind: client.NoteHand, Item: client.Item{ID: "m1", Sealed: &stored}}})
	if first := s.take("send"); len(first) != 1 || *first[0].Encrypted != stored {
		t.Fatalf("wrote %+v", first)
	}
	s.sealsAnew("m1", "2.k")
}

// TestAnItemUnderAnOlderKeyIsSealedAnewWhicheverIsRefusedFirst checks two items under different keys. The relay may first refuse the
// one under the newest key, because it waits for the other one. Only the one under the older key is sealed again.
func TestAnItemUnderAnOlderKeyIsSealedAnewWhicheverIsRefusedFirst(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(2, "d-mod"), Wrap: wrapOf("2.k")})
	newest, older := sealedBy("d-own", "2.k", 0, "first"), sealedBy("d-own", "1.k", 0, "second")
	for _, item := range []client.Item{{ID: "m1", Sealed: &newest}, {ID: "m2", Sealed: &older}} {
		s.step(client.PeerSaid{Note: client.Note{Kind: client.NoteHand, Item: item}})
	}
	s.take("send")
	for _, id := range []string{"m1", "m2"} {
		s.stale(id)
	}
	s.wait(time.Second)
	kids := map[string]string{}
	for _, f := range s.take("send") {
		kids[f.ID] = f.Encrypted.Kid
	}
	if len(kids) != 2 || kids["m1"] != "2.k" || kids["m2"] != "2.k" {
		t.Fatalf("wrote %v", kids)
	}
}

// TestAWithheldTurn checks a relay that sends an older turn on the next connection. The chat writes nothing under the older key, and
// shows that it waits, until a turn comes that is as high as the one that it knows.
func TestAWithheldTurn(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.turned(turnOf(2, "d-mod", "out"))
	s.state(client.LockReady)
	s.lose()
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.state(client.LockWaiting)
	s.send("m1", "secret")
	s.relay(protocol.Wanted{Room: "lobby", N: 1, Devices: []protocol.Device{deviceOf("d-5", "out", protocol.RoleParticipant, time.Hour)}})
	s.wait(time.Minute)
	for _, f := range append(s.take("send"), s.take("wraps")...) {
		if f.Type == "wraps" || f.Encrypted == nil || f.Encrypted.Kid != "2.k" {
			t.Errorf("wrote %+v", f)
		}
	}
	s.state(client.LockWaiting)
	s.turned(turnOf(3, "d-mod", "out"))
	s.state(client.LockReady)
	if sends := s.take("send"); len(sends) != 1 || sends[0].Encrypted.Kid != "3.k" {
		t.Errorf("sends %+v", sends)
	}
}

func TestKeysAreHandedToAdmittedDevicesAlone(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod", "out"), Wrap: wrapOf("1.k")})
	wanted := []protocol.Device{
		deviceOf("d-2", "bo", protocol.RoleParticipant, time.Hour),
		deviceOf("d-3", "cy", protocol.RoleParticipant, -time.Hour),
		deviceOf("d-4", "eve", "", time.Hour),
		deviceOf("d-5", "out", protocol.RoleParticipant, time.Hour),
		{ID: "d-6", Cert: "forged"},
	}
	s.relay(protocol.Wanted{Room: "lobby", N: 1, Devices: wanted})
	handed := s.take("wraps")
	if len(handed) != 1 || len(handed[0].Wraps) != 1 || handed[0].Wraps[0].To != "d-2" {
		t.Errorf("handed %+v", handed)
	}
	s.relay(protocol.Wanted{Room: "lobby", N: 2, Devices: wanted})
	if handed := s.take("wraps"); len(handed) != 0 {
		t.Errorf("handed %+v for a turn that is not the newest", handed)
	}
}

func TestATurnCountsOnlyFromAModeratorsDevice(t *testing.T) {
	for name, turn := range map[string]*protocol.Turn{
		"a participant's": turnOf(1, "d-2"), "a forged one": turnOf(1, "d-mod"), "an unknown device's": turnOf(1, "d-9"),
	} {
		s := newSealedChat(t, "ada", protocol.RoleParticipant)
		s.devices["d-2"] = deviceOf("d-2", "bo", protocol.RoleParticipant, time.Hour)
		if name == "a forged one" {
			turn.Sig = "bad"
		}
		s.join(&protocol.Locked{Turn: turn, Wrap: wrapOf("1.k")})
		s.state(client.LockWaiting)
		s.send("m1", "secret")
		s.wait(time.Minute)
		if sends := s.take("send"); len(sends) != 0 {
			t.Errorf("%s: sends %+v", name, sends)
		}
	}
}

// TestATurnWithANumberForItsTime checks turns whose time is in seconds or milliseconds since 1970, as other clients write it. A turn
// after the expiry of its maker's certificate does not count.
func TestATurnWithANumberForItsTime(t *testing.T) {
	for _, c := range []struct {
		after time.Duration
		state client.LockState
	}{{-time.Hour, client.LockReady}, {240 * time.Hour, client.LockWaiting}} {
		at := scriptStart.Add(c.after)
		for _, n := range []int64{at.Unix(), at.UnixMilli()} {
			s := newSealedChat(t, "ada", protocol.RoleParticipant)
			turn := turnOf(1, "d-mod")
			turn.At = strconv.FormatInt(n, 10)
			s.join(&protocol.Locked{Turn: turn, Wrap: wrapOf("1.k")})
			s.state(c.state)
		}
	}
}

func TestABogusWrapIsAskedForAgain(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("bogus")})
	s.state(client.LockWaiting)
	s.wait(3 * time.Second)
	if wants := s.take("want"); len(wants) != 1 || wants[0].N != 1 {
		t.Errorf("wants %+v", wants)
	}
	s.relay(protocol.Wrapped{Room: "lobby", N: 1, Wrap: *wrapOf("1.k")})
	s.state(client.LockReady)
}

func TestMessagesAreWhatTheirAuthorsSealed(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.devices["d-2"] = deviceOf("d-2", "bo", protocol.RoleParticipant, time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(3, "d-mod"), Wrap: wrapOf("3.k")})
	sealed := func(device, kid string, edit int64, text string) *protocol.Encrypted {
		e := sealedBy(device, kid, edit, text)
		return &e
	}
	s.message("well", "bo", sealed("d-2", "3.k", 0, "hi"))
	s.message("earlier", "bo", sealed("d-2", "1.k", 0, "long ago"))
	s.message("another's", "mo", sealed("d-2", "3.k", 0, "I am mo"))
	s.message("uncertain", "bo", sealed("d-9", "3.k", 0, "who?"))
	s.message("altered", "bo", &protocol.Encrypted{Kid: "3.k", CT: "x"})
	s.message("later", "bo", sealed("d-2", "4.k", 0, "not yet"))
	s.message("plain", "bo", nil)
	s.shows("well", client.MarkNone, "hi", "Sure bo")
	s.shows("earlier", client.MarkNone, "long ago", "Sure bo")
	s.shows("another's", client.MarkAltered, "", "Relay says mo")
	s.shows("uncertain", client.MarkUncertain, "who?", "Relay says bo")
	s.shows("altered", client.MarkAltered, "", "Relay says bo")
	s.shows("later", client.MarkWaiting, "", "Relay says bo")
	s.shows("plain", client.MarkPlain, "plain", "Relay says bo")

	edited := func(edit int64, text string) {
		s.seq++
		m := protocol.Message{
			Room: "lobby", ID: "well", Seq: 1, Rev: s.seq, CreatedAt: 1, EditedAt: protocol.Time(s.seq),
			Sender: protocol.User{ID: "bo", Name: "Relay says bo", Role: "participant"}, Encrypted: sealed("d-2", "3.k", edit, text),
		}
		s.relay(protocol.Changed{Message: m})
	}
	edited(2, "second")
	s.shows("well", client.MarkNone, "second", "Sure bo")
	edited(1, "first")
	s.shows("well", client.MarkAltered, "", "Relay says bo")
	edited(0, "hi")
	s.shows("well", client.MarkAltered, "", "Relay says bo")
}

// TestUnopenedMessagesAreTriedAgain checks that a message is opened when its missing device, check or turn comes on the same connection.
func TestUnopenedMessagesAreTriedAgain(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.devices["d-2"] = deviceOf("d-2", "bo", protocol.RoleParticipant, time.Hour)
	s.devices["d-3"] = deviceOf("d-3", "cy", protocol.RoleParticipant, time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(2, "d-mod"), Wrap: wrapOf("2.k")})
	for _, c := range []struct {
		id, sender, device, kid string
		fails                   *bool
	}{
		{"m1", "bo", "d-2", "2.k", &s.keyless},
		{"m2", "cy", "d-3", "2.k", &s.down},
		{"m3", "bo", "d-2", "1.k", &s.down},
	} {
		*c.fails = true
		sealed := sealedBy(c.device, c.kid, 0, "words")
		s.message(c.id, c.sender, &sealed)
		s.wait(30 * time.Second)
		s.shows(c.id, client.MarkWaiting, "", "Relay says "+c.sender)
		*c.fails = false
		s.wait(30 * time.Second)
		s.shows(c.id, client.MarkNone, "words", "Sure "+c.sender)
	}
}

func TestNothingPlainIsSent(t *testing.T) {
	for name, join := range map[string]func(s *sealedChat){
		"old relay":      func(s *sealedChat) { s.join(nil, "pinned") },
		"plain room":     func(s *sealedChat) { s.join(nil) },
		"plain after it": func(s *sealedChat) { s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")}) },
	} {
		s := newSealedChat(t, "ada", protocol.RoleParticipant)
		join(s)
		if name == "plain after it" {
			s.send("m0", "secret")
			s.message("m0", "ada", s.take("send")[0].Encrypted)
			s.lose()
			s.join(nil, "pinned")
		}
		s.state(client.LockMissing)
		s.send("m1", "secret")
		s.step(client.EditText{ID: "m0", Text: "secret"})
		s.wait(time.Minute)
		if n := len(s.take("send")) + len(s.take("edit")); n != 0 {
			t.Errorf("%s: %d frames are sent", name, n)
		}
	}
}
