package core

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// The relay lies in these tests: it forges, withholds and repeats turns.

// ban lets the chat's user ban another user.
func (s *sealedChat) ban(user string, role protocol.Role) {
	s.step(client.Moderate{Act: protocol.ActBan, User: user})
	s.relay(protocol.Moderated{Room: "lobby", Act: protocol.ActBan, User: protocol.User{ID: user, Role: role}, By: protocol.User{ID: s.user, Role: s.role}})
}

// unban lets the chat's user lift a ban.
func (s *sealedChat) unban(user string) {
	s.step(client.Moderate{Act: protocol.ActUnban, User: user})
	s.relay(protocol.Moderated{Room: "lobby", Act: protocol.ActUnban, User: protocol.User{ID: user, Role: protocol.RoleParticipant}, By: protocol.User{ID: s.user, Role: s.role}})
}

// handedTo requests the secret of a turn for a device of a user, and reports whether the chat sends it.
func (s *sealedChat) handedTo(n int64, user string) bool {
	s.relay(protocol.Wanted{Room: "lobby", N: n, Devices: []protocol.Device{deviceOf("d-"+user, user, protocol.RoleParticipant, time.Hour)}})
	return len(s.take("wraps")) > 0
}

// TestAForgedTurnEndsNoBan checks a ban after two lies of the relay: it sends a turn that shuts the banned user out, and then again
// the turn before it.
func TestAForgedTurnEndsNoBan(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.devices["d-eve"] = deviceOf("d-eve", "eve", protocol.RoleParticipant, time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.ban("eve", protocol.RoleParticipant)
	forged := turnOf(2, "d-mod", "eve")
	forged.Sig = "bad"
	s.relay(protocol.Turned{Room: "lobby", Turn: *forged})
	s.relay(protocol.Joined{Room: "lobby", Epoch: "e1", Role: s.role, E2EE: &protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")}})
	if s.handedTo(1, "eve") {
		t.Error("the secret was handed to a user whom this one has banned")
	}
	s.wait(time.Minute) // the relay does not ask for a turn
	made := s.take("turn")
	if len(made) == 0 {
		t.Error("no turn shuts out the user who was banned")
	}
	for _, f := range made {
		if turn, err := protocol.DecodeTurn(f.Turn); err != nil || !slices.Contains(turn.Out, "eve") {
			t.Errorf("made %+v, %v", turn, err)
		}
	}
}

// TestALaterBanOfAnotherModeratorCounts checks that a user whom this user has let in is shut out again after another moderator's ban.
func TestALaterBanOfAnotherModeratorCounts(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod", "eve"), Wrap: wrapOf("1.k")})
	s.unban("eve")
	s.wait(2 * time.Second)
	second := s.made()
	if len(second.Out) != 0 {
		t.Fatalf("made %+v", second)
	}
	s.relay(protocol.Turned{Room: "lobby", Turn: second})
	s.turned(turnOf(3, "d-mod", "eve"))
	s.relay(protocol.Due{Room: "lobby"})
	s.wait(2 * time.Second)
	if turn := s.made(); turn.N != 4 || !slices.Contains(turn.Out, "eve") {
		t.Errorf("made %+v", turn)
	}
}

// TestAnOlderSecretIsNotHandedOn checks that a newcomer does not get a secret of an earlier chapter when the relay repeats an old turn.
func TestAnOlderSecretIsNotHandedOn(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	if !s.handedTo(1, "bo") {
		t.Fatal("the newest secret was not handed on")
	}
	chapter := turnOf(2, "d-mod")
	chapter.Link, chapter.PrevKid = "", ""
	s.turned(chapter)
	s.turned(turnOf(1, "d-mod"))
	if s.handedTo(1, "cy") {
		t.Error("a secret before the highest turn was handed on")
	}
}

// TestAnOlderSecretIsNotHandedOnAfterARenewal tells of a higher turn that another tab has stored, by the renewal of the certificate,
// while the vault wraps the secret of the turn before it.
func TestAnOlderSecretIsNotHandedOnAfterARenewal(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.wait(22 * time.Hour)
	s.kept, s.mute = turnOf(2, "d-mod", "bo"), true
	s.relay(protocol.Wanted{Room: "lobby", N: 1, Devices: []protocol.Device{deviceOf("d-bo", "bo", protocol.RoleParticipant, 48*time.Hour)}})
	s.wait(time.Hour) // the certificate is about to expire
	var ops []client.CryptoOp
	for len(s.held) > 0 {
		op := s.held[0]
		s.held, ops = s.held[1:], append(ops, op.Op)
		s.step(client.CryptoDone{Req: op.Req, Result: s.vault(op.Op)})
	}
	if _, wraps := ops[len(ops)-1].(client.WrapKey); !wraps || len(ops) != 3 || ops[1] != (client.OpenDevice{User: "ada", Renew: true}) {
		t.Fatalf("the vault had the ops %+v", ops)
	}
	if len(s.take("wraps")) > 0 {
		t.Error("a secret before the highest turn was handed on")
	}
}

// TestATurnOfAnotherTabShutsOut checks that a user stays shut out by a turn that another tab has stored and the relay withholds from
// this tab.
func TestATurnOfAnotherTabShutsOut(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.devices["d-eve"] = deviceOf("d-eve", "eve", protocol.RoleParticipant, time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.kept = turnOf(3, "d-mod", "eve")
	s.turned(turnOf(2, "d-mod"))
	if s.handedTo(2, "eve") {
		t.Error("the secret was handed to a user whom another tab's turn shuts out")
	}
	s.wait(time.Minute)
	made := s.take("turn")
	if len(made) == 0 {
		t.Fatal("no turn was made")
	}
	turn, err := protocol.DecodeTurn(made[0].Turn)
	if err != nil || turn.N != 4 || !slices.Contains(turn.Out, "eve") {
		t.Errorf("made %+v, %v", turn, err)
	}
}

// TestATurnIsOfItsKid checks that a turn whose number differs from its kid's is ignored.
func TestATurnIsOfItsKid(t *testing.T) {
	for name, turn := range map[string]*protocol.Turn{"a higher kid": turnOf(1, "d-mod"), "a number that no turn can follow": turnOf(1<<50, "d-mod")} {
		s := newSealedChat(t, "ada", protocol.RoleParticipant)
		if name == "a higher kid" {
			turn.Kid = "7.k"
		}
		s.join(&protocol.Locked{Turn: turn, Wrap: wrapOf(turn.Kid)})
		if s.state(client.LockWaiting); s.kept != nil {
			t.Errorf("%s: kept %+v", name, s.kept)
		}
	}
}

// TestAnUnorderedPageEndsNoChat checks that a page with unordered messages does not break the chat.
func TestAnUnorderedPageEndsNoChat(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	message := func(id string, seq int64) protocol.Message {
		return protocol.Message{Room: "lobby", ID: id, Seq: seq, Rev: seq, CreatedAt: 1, Sender: protocol.User{ID: "bo"}, Text: id}
	}
	s.seq = 9
	for _, seqs := range [][]int64{{9, 7, 8}, {3, 3, 2}, {5, 1, 5}} {
		s.pages = nil
		for i, seq := range seqs {
			s.pages = append(s.pages, message(string(rune('a'+i)), seq))
		}
		for _, ev := range []client.Event{client.LoadAround{ID: "c"}, client.LoadAround{Seq: 8}, client.LoadOlder{}, client.LoadNewer{}, client.LoadNewest{}} {
			s.step(ev)
		}
	}
}

// TestManyDevicesAreBounded checks that a relay cannot make the chat check any number of devices.
func TestManyDevicesAreBounded(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	for i := range 3 * protocol.RoomDevicesMax {
		id := fmt.Sprint("d-", i)
		s.devices[id] = deviceOf(id, "bo", protocol.RoleParticipant, time.Hour)
	}
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	checked := func() (n int) {
		for range s.checked {
			n++
		}
		return n
	}
	before := checked()
	s.step(client.ShowReaders{On: true})
	if n := checked() - before; n > protocol.RoomDevicesMax {
		t.Errorf("%d devices were checked", n)
	}
	s.down = true
	for i := range 1000 {
		s.relay(protocol.Turned{Room: "lobby", Turn: *turnOf(int64(i+2), fmt.Sprint("unknown-", i))})
	}
	s.down = false
	s.turned(turnOf(5000, "d-mod"))
	s.wait(time.Minute)
	s.state(client.LockReady)
}

// TestACertificateOfAnotherTimeIsNotGood checks that a certificate is not good long before its begin.
func TestACertificateOfAnotherTimeIsNotGood(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.begins = scriptStart.Add(48 * time.Hour)
	if s.handedTo(1, "bo") {
		t.Error("the secret was handed to a device whose certificate begins in two days")
	}
	s.begins = scriptStart.Add(time.Hour) // this device's clock is slow
	if !s.handedTo(1, "cy") {
		t.Error("the secret was not handed to a device whose certificate begins in an hour")
	}
}

// TestAModeratorWhoWasPutOutMakesNoTurn checks that a turn of a moderator who was shut out counts only after the issuer has certified
// that user again.
func TestAModeratorWhoWasPutOutMakesNoTurn(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.devices["d-eve"] = deviceOf("d-eve", "eve", protocol.RoleModerator, time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.turned(turnOf(2, "d-eve"))
	s.state(client.LockReady)
	s.turned(turnOf(3, "d-mod", "eve"))
	s.state(client.LockReady)
	s.turned(turnOf(4, "d-eve"))
	s.state(client.LockWaiting)
	s.reload()
	s.begins = scriptStart.Add(time.Minute)
	s.join(&protocol.Locked{Turn: turnOf(4, "d-eve"), Wrap: wrapOf("4.k")})
	s.state(client.LockReady)

	s = newSealedChat(t, "eve", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod", "eve"), Due: true})
	s.makesNone("a moderator who is shut out")
}

// TestAForgedMessageArrivesWithItsMark checks the mark that the host gets with a forged message, which it may show in a notification.
func TestAForgedMessageArrivesWithItsMark(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.devices["d-2"] = deviceOf("d-2", "bo", protocol.RoleParticipant, time.Hour)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	well, unknown := sealedBy("d-2", "1.k", 0, "hi"), sealedBy("d-9", "1.k", 0, "who?")
	s.message("well", "bo", &well)
	s.message("uncertain", "bo", &unknown)
	s.message("plain", "bo", nil)
	marks := map[string]client.Mark{}
	for _, e := range s.other {
		if arrived, ok := e.(client.Arrived); ok {
			marks[arrived.Message.ID] = arrived.Mark
		}
	}
	if len(marks) != 3 || marks["well"] != client.MarkNone || marks["uncertain"] != client.MarkUncertain || marks["plain"] != client.MarkPlain {
		t.Errorf("arrived with %v", marks)
	}
}

// TestOfTwoTurnsTheFirstShutsOut checks a user who is shut out by the first of two turns with the same number, and not by the second.
func TestOfTwoTurnsTheFirstShutsOut(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleModerator)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.turned(turnOf(2, "d-mod", "eve"))
	other := turnOf(2, "d-mod")
	other.Kid = "2.other"
	s.turned(other)
	if s.handedTo(2, "eve") {
		t.Error("the secret was handed to a user whom the first of two turns shuts out")
	}
	s.relay(protocol.Due{Room: "lobby"})
	s.wait(2 * time.Second)
	if turn := s.made(); !slices.Contains(turn.Out, "eve") {
		t.Errorf("made %+v", turn)
	}
}

// TestAFileOfAnotherKeepsItsKey checks that a member cannot replace the key of another member's file by naming it with a wrong key.
func TestAFileOfAnotherKeepsItsKey(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	for _, user := range []string{"bo", "eve"} {
		s.devices["d-"+user] = deviceOf("d-"+user, user, protocol.RoleParticipant, time.Hour)
	}
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	for _, user := range []string{"bo", "eve"} {
		inside := protocol.Content{Files: []protocol.SealedFile{{File: protocol.File{ID: "f"}, Key: "of " + user}}}
		sealed := sealedBy("d-"+user, "1.k", 0, "|"+string(inside.Append(nil)))
		s.message("m-"+user, user, &sealed)
	}
	for range 30 {
		if f := s.c.sealedFile("f"); f == nil || f.Key != "of bo" {
			t.Fatalf("the file is %+v", f)
		}
	}
}
