package core

import (
	"slices"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// made returns the only turn that the chat has written.
func (s *sealedChat) made() protocol.Turn {
	s.t.Helper()
	made := s.take("turn")
	if len(made) != 1 {
		s.t.Fatalf("made %d turns", len(made))
	}
	turn, err := protocol.DecodeTurn(made[0].Turn)
	if err != nil {
		s.t.Fatal(err)
	}
	return turn
}

// makesNone checks that the chat makes no turn when its user asks for one.
func (s *sealedChat) makesNone(user string) {
	s.t.Helper()
	s.step(client.NewTurn{})
	s.wait(time.Minute)
	if made := s.take("turn"); len(made) != 0 {
		s.t.Errorf("%s made %d turns", user, len(made))
	}
}

func TestModeratorMakesTheFirstTurn(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.devices["d-2"] = deviceOf("d-2", "bo", protocol.RoleParticipant, time.Hour)
	s.devices["d-3"] = deviceOf("d-3", "cy", protocol.RoleParticipant, -time.Hour) // expired
	s.devices["d-4"] = deviceOf("d-4", "eve", "", time.Hour)                       // for another room
	s.devices["d-5"] = deviceOf("d-5", "out", protocol.RoleParticipant, time.Hour)
	s.join(&protocol.Locked{Due: true, Out: []string{"out"}})
	s.state(client.LockWaiting)
	s.wait(2 * time.Second)
	made := s.take("turn")
	if len(made) != 1 {
		t.Fatalf("made %d turns", len(made))
	}
	turn, err := protocol.DecodeTurn(made[0].Turn)
	if err != nil {
		t.Fatal(err)
	}
	var to []string
	for _, w := range made[0].Wraps {
		to = append(to, w.To)
	}
	slices.Sort(to)
	if turn.N != 1 || !slices.Equal(turn.Out, []string{"out"}) || !slices.Equal(to, []string{"d-2", "d-mod", "d-own"}) {
		t.Errorf("made %+v for %v", turn, to)
	}
	s.relay(protocol.Turned{Room: "lobby", Turn: turn})
	s.state(client.LockReady)
	s.send("m1", "secret words")
	sends := s.take("send")
	if len(sends) != 1 || sends[0].Text != "" || sends[0].Encrypted == nil || sends[0].Encrypted.Kid != "1.k" {
		t.Errorf("sends %+v", sends)
	}
	for _, item := range s.saved {
		if item.Text != "" || item.Sealed == nil {
			t.Errorf("saved as plain text: %+v", item)
		}
	}
}

// TestModeratorReplacesTheTurnThatTheRelayLost checks that the moderator makes a turn that is as high as the lost one: other users may
// have stored that one.
func TestModeratorReplacesTheTurnThatTheRelayLost(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.relay(protocol.Due{Room: "lobby"})
	s.wait(2 * time.Second)
	s.made()
	s.lose() // the relay is restored from a backup, and asks for no turn
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.state(client.LockReady)
	s.wait(2 * time.Second)
	turn := s.made()
	if turn.N != 2 {
		t.Fatalf("made %+v", turn)
	}
	s.relay(protocol.Turned{Room: "lobby", Turn: turn})
	s.wait(time.Minute)
	if made := s.take("turn"); len(made) != 0 {
		t.Errorf("made %d more turns", len(made))
	}
}

// TestALaterPageReplacesTheTurnThatTheRelayLost checks the same after the page that wrote the turn has ended. The relay had sent the
// turn to other users only.
func TestALaterPageReplacesTheTurnThatTheRelayLost(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.relay(protocol.Due{Room: "lobby"})
	s.wait(2 * time.Second)
	s.made()
	s.reload()
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.wait(2 * time.Second)
	if turn := s.made(); turn.N != 2 {
		t.Fatalf("made %+v", turn)
	}
}

// TestATurnOfAnotherTabIsWaitedFor checks that this tab makes no turn while its relay has not heard of the turn that another tab has
// stored. A new turn would skip that one.
func TestATurnOfAnotherTabIsWaitedFor(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.kept = turnOf(3, "d-mod")
	s.turned(turnOf(2, "d-mod"))
	s.relay(protocol.Due{Room: "lobby"})
	s.wait(5 * time.Second)
	if made := s.take("turn"); len(made) != 0 {
		t.Fatalf("made %d turns", len(made))
	}
	s.turned(turnOf(3, "d-mod"))
	s.state(client.LockReady)
	s.wait(time.Minute)
	if made := s.take("turn"); len(made) != 0 {
		t.Fatalf("made %d turns", len(made))
	}
	s.lose() // the relay has lost the turn
	s.join(&protocol.Locked{Turn: turnOf(2, "d-mod"), Wrap: wrapOf("2.k")})
	s.wait(2 * time.Second)
	s.made()
}

// TestATurnIsVerifiedOnceItsMakerIsKnown checks a turn whose secret comes before the record of its maker's device.
func TestATurnIsVerifiedOnceItsMakerIsKnown(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.down = true
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.wait(time.Minute)
	s.state(client.LockWaiting)
	s.down = false
	s.wait(30 * time.Second)
	s.state(client.LockReady)
}

// TestNothingIsWrittenWithoutATurn checks that no message is written to a relay that has lost all turns. It would refuse each message
// and count it towards the rate limit, which the next turn needs, too.
func TestNothingIsWrittenWithoutATurn(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.lose()
	s.send("m1", "secret")
	s.join(&protocol.Locked{Due: true})
	s.state(client.LockWaiting)
	s.wait(2 * time.Second)
	s.made()
	s.relay(protocol.Error{Code: protocol.CodeRateLimited, Room: "lobby", Of: "turn", Message: "too many messages", RetryAfterMs: 700})
	s.wait(time.Second)
	made := s.take("turn")
	if len(made) != 1 {
		t.Fatalf("made %d turns after the wait that the relay has named", len(made))
	}
	if sends := s.take("send"); len(sends) != 0 {
		t.Errorf("sends %+v", sends)
	}
	turn, err := protocol.DecodeTurn(made[0].Turn)
	if err != nil || turn.N != 2 {
		t.Fatalf("made %+v, %v", turn, err)
	}
	s.relay(protocol.Turned{Room: "lobby", Turn: turn})
	s.state(client.LockReady)
	s.wait(time.Second)
	if sends := s.take("send"); len(sends) != 1 || sends[0].Encrypted.Kid != "2.k" {
		t.Errorf("sends %+v", sends)
	}
}

// TestNewKeysAreMadeAtOnce checks that a moderator who waits for the key begins a new chapter.
func TestNewKeysAreMadeAtOnce(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod")})
	s.wait(10 * time.Second)
	if made := s.take("turn"); len(made) != 0 {
		t.Fatalf("made %d turns that nobody asked for", len(made))
	}
	s.state(client.LockWaiting)
	s.step(client.NewTurn{})
	s.wait(2 * time.Second)
	chapter := s.made()
	if chapter.N != 2 || chapter.Link != "" || chapter.PrevKid != "1.k" || chapter.Prev == "" {
		t.Fatalf("made %+v", chapter)
	}
	s.relay(protocol.Turned{Room: "lobby", Turn: chapter})
	s.state(client.LockReady)
	s.step(client.NewTurn{})
	s.wait(2 * time.Second)
	if next := s.made(); next.N != 3 || next.PrevKid != "2.k" || next.Link == "" {
		t.Fatalf("made %+v", next)
	}

	s = newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.makesNone("a participant")
}

// TestADeviceThatTheRelayHasLostIsRegisteredAgain checks a relay that was restored from a backup without the device while the
// connection stayed open.
func TestADeviceThatTheRelayHasLostIsRegisteredAgain(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod")})
	s.wait(2 * time.Second)
	if wants := s.take("want"); len(wants) == 0 {
		t.Fatal("no key was asked for")
	}
	s.take("device")
	s.relay(protocol.Error{Code: protocol.CodeForbidden, Room: "lobby", Of: "want", Message: "this connection has not registered a device"})
	if devices := s.take("device"); len(devices) != 1 {
		t.Fatalf("registered %d devices", len(devices))
	}
}

// TestNothingIsWrittenDuringAJoinWhileMessagesAreInFlight checks that no message overtakes those in flight. The relay may refuse them,
// and would take a later message after the join.
func TestNothingIsWrittenDuringAJoinWhileMessagesAreInFlight(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.send("m1", "one")
	s.take("send")
	s.take("join")
	s.relay(protocol.Error{Code: protocol.CodeConflict, Room: "lobby", Of: "turn", Message: "there is a newer turn"})
	if joins := s.take("join"); len(joins) != 1 {
		t.Fatalf("joined %d times", len(joins))
	}
	s.send("m2", "two")
	if sends := s.take("send"); len(sends) != 0 {
		t.Fatalf("wrote %+v", sends)
	}
	s.relay(protocol.Error{Code: protocol.CodeRateLimited, Room: "lobby", ID: "m1", Message: "too many messages", RetryAfterMs: 500})
	s.wait(time.Second)
	if sends := s.take("send"); len(sends) != 2 || sends[0].ID != "m1" || sends[1].ID != "m2" {
		t.Fatalf("wrote %+v", sends)
	}
}

// TestNothingIsSealedUntilTheTurnIsKeptWithItsSecret checks that nothing is sealed before the turn is stored with its secret.
// Another tab may have stored a higher turn since the turn was stored without it.
func TestNothingIsSealedUntilTheTurnIsKeptWithItsSecret(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod")})
	s.kept, s.mute = turnOf(2, "d-mod"), true
	s.relay(protocol.Wrapped{Room: "lobby", N: 1, Wrap: *wrapOf("1.k")})
	for _, op := range []string{"unwrap", "keep"} {
		s.state(client.LockWaiting)
		if len(s.held) != 1 {
			t.Fatalf("%s: the vault has %d ops", op, len(s.held))
		}
		asked := s.held[0]
		s.held = nil
		s.step(client.CryptoDone{Req: asked.Req, Result: s.vault(asked.Op)})
	}
	s.state(client.LockWaiting)
}

// TestNewKeysAreMadeAlthoughTheRoomIsJoinedMeanwhile checks a user's request for new keys while the room is joined a second time, with
// the device.
func TestNewKeysAreMadeAlthoughTheRoomIsJoinedMeanwhile(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod")})
	s.step(client.NewTurn{})
	s.relay(protocol.Joined{Room: "lobby", Epoch: "e1", Role: s.role, E2EE: &protocol.Locked{Turn: turnOf(1, "d-mod")}})
	s.wait(2 * time.Second)
	if turn := s.made(); turn.N != 2 {
		t.Fatalf("made the turn %d", turn.N)
	}
}

// TestNothingIsSealedDuringARenewal renews the certificate after another tab has stored a higher turn. The vault would carry out an op
// that seals after the renewal, which tells of that turn.
func TestNothingIsSealedDuringARenewal(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.devices["d-mod"] = deviceOf("d-mod", "mo", protocol.RoleModerator, 48*time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.wait(22 * time.Hour)
	s.kept, s.mute = turnOf(2, "d-mod"), true
	s.wait(time.Hour) // the certificate is about to expire
	s.send("m1", "secret")
	if len(s.held) != 1 || s.held[0].Op != (client.OpenDevice{User: "ada", Renew: true}) {
		t.Fatalf("the vault has the ops %+v", s.held)
	}
	s.mute = false
	s.step(client.CryptoDone{Req: s.held[0].Req, Result: s.vault(s.held[0].Op)})
	if last := s.saved[len(s.saved)-1]; last.ID != "m1" || last.Sealed.Kid != e2ee.OwnKid {
		t.Fatalf("saved %+v", last)
	}
	s.turned(turnOf(2, "d-mod"))
	if sends := s.take("send"); len(sends) != 1 || sends[0].Encrypted.Kid != "2.k" {
		t.Fatalf("sends %+v", sends)
	}
}
