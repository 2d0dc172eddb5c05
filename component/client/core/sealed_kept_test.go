package core

import (
	"errors"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// waitsForAKey returns a chat that has stored turn 5, on a relay that sends turn 4. The chat waits for a turn above 5.
func waitsForAKey(t *testing.T) *sealedChat {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.kept = turnOf(5, "d-mod")
	s.reload()
	s.joinBehind()
	s.state(client.LockWaiting)
	return s
}

// joinBehind joins the room at turn 4.
func (s *sealedChat) joinBehind(features ...string) {
	s.join(&protocol.Locked{Turn: turnOf(4, "d-mod"), Wrap: wrapOf("4.k")}, features...)
}

// joinAt joins the room at a turn, and delivers the turn's secret.
func (s *sealedChat) joinAt(n int64) {
	t := turnOf(n, "d-mod")
	s.join(&protocol.Locked{Turn: t, Wrap: wrapOf(t.Kid)})
}

// key delivers turn 6 and its secret.
func (s *sealedChat) key() {
	s.turned(turnOf(6, "d-mod"))
}

// disk returns the last saved form of each item, in the order in which the items were first saved.
func (s *sealedChat) disk() (items []client.Item) {
	place := map[string]int{}
	for _, item := range s.saved {
		at, again := place[item.ID]
		if !again {
			at = len(items)
			place[item.ID], items = at, append(items, item)
		}
		items[at] = item
	}
	return items
}

// writes checks the messages that were written since the last check, and the turn of their keys.
func (s *sealedChat) writes(kid string, ids ...string) {
	s.t.Helper()
	sends := s.take("send")
	if len(sends) != len(ids) {
		s.t.Fatalf("wrote %+v, want %v", sends, ids)
	}
	for i, f := range sends {
		if f.ID != ids[i] || f.Encrypted.Kid != kid {
			s.t.Fatalf("wrote %+v, want %v under %s", sends, ids, kid)
		}
	}
}

// TestMessagesWithoutAKeyOutliveAReload checks that a message that waits for a key is stored, readable for this device alone, and
// is written once and in order when the key has come.
func TestMessagesWithoutAKeyOutliveAReload(t *testing.T) {
	s := waitsForAKey(t)
	s.send("m1", "a canary")
	s.send("m2", "another canary")
	stored := s.disk()
	for _, item := range stored {
		if item.Text != "" || item.Sealed == nil || item.Sealed.Kid != e2ee.OwnKid {
			t.Errorf("stored %+v", item)
		}
	}
	if len(stored) != 2 {
		t.Fatalf("stored %+v", stored)
	}
	s.reload()
	s.step(client.OutboxLoaded{User: "ada", Items: stored})
	s.joinBehind()
	s.send("m3", "written later")
	s.wait(time.Minute)
	s.writes("")
	if o := s.c.Snapshot().Outbox; len(o) != 3 || o[0].Text != "a canary" || o[1].Text != "another canary" {
		t.Errorf("shows %+v", o)
	}
	s.key()
	s.writes("6.k", "m1", "m2", "m3")
	s.lose()
	s.joinAt(6)
	s.writes("6.k", "m1", "m2", "m3") // in their order
	if s.stored("m1") != "6.k" {
		t.Errorf("stored under %s", s.stored("m1"))
	}
}

// stored returns the kid of the newest stored form of an item.
func (s *sealedChat) stored(id string) string {
	for _, item := range s.disk() {
		if item.ID == id {
			return item.Sealed.Kid
		}
	}
	return ""
}

// TestTheDevicesOwnFormIsNeverWritten checks that a form for this device alone is not written, even while the vault does not answer.
func TestTheDevicesOwnFormIsNeverWritten(t *testing.T) {
	s := waitsForAKey(t)
	s.send("m1", "secret")
	stored := s.disk()
	s.reload()
	s.mute = true
	s.step(client.OutboxLoaded{User: "ada", Items: stored})
	s.joinAt(6)
	for len(s.held) > 0 {
		op := s.held[0]
		s.held = s.held[1:]
		s.step(client.CryptoDone{Req: op.Req, Result: s.vault(op.Op)})
	}
	s.writes("6.k", "m1")
}

// TestLostItemsAreShown checks the stored items after the browser has deleted the device's keys, but not the outbox.
func TestLostItemsAreShown(t *testing.T) {
	s := waitsForAKey(t)
	lost := protocol.Encrypted{Alg: "A256GCM", Kid: e2ee.OwnKid, CT: "of earlier keys"}
	s.step(client.OutboxLoaded{User: "ada", Items: []client.Item{{ID: "m1", Sealed: &lost, Order: 1}}})
	o := s.c.Snapshot().Outbox
	if len(o) != 1 || o[0].State != client.ItemFailed || o[0].Code != client.CodeLost {
		t.Errorf("shows %+v", o)
	}
	s.send("m2", "behind it")
	s.key()
	s.writes("6.k", "m2")
}

// chapter makes another page of the device keep turn 7, which begins a chapter: after a reload this device cannot read turn 5.
func (s *sealedChat) chapter() *protocol.Turn {
	t := turnOf(7, "d-mod")
	t.Link = ""
	s.kept = t
	return t
}

// TestAnItemOutlivesItsRoomKey checks that the text is shown before any key comes, and that the item is then written under the newest key.
func TestAnItemOutlivesItsRoomKey(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinAt(5)
	s.send("m1", "a canary")
	s.send("m2", "another canary")
	s.writes("5.k", "m1", "m2")
	stored := s.disk()
	for _, item := range stored {
		if item.Text != "" || item.Sealed.Kid != "5.k" || item.Own == nil || item.Own.Kid != e2ee.OwnKid {
			t.Errorf("stored %+v", item)
		}
	}
	stored[1].Code, stored[1].Reason = protocol.CodeForbidden, "refused before"
	chapter := s.chapter()
	s.reload()
	s.step(client.OutboxLoaded{User: "ada", Items: stored})
	shows := func() {
		t.Helper()
		o := s.c.Snapshot().Outbox
		if len(o) != 2 || o[0].Text != "a canary" || o[1].Text != "another canary" || o[0].State == client.ItemFailed || o[1].Code != protocol.CodeForbidden {
			t.Fatalf("shows %+v", o)
		}
	}
	shows()
	s.join(&protocol.Locked{Turn: chapter, Wrap: wrapOf("7.k")})
	shows()
	for _, id := range []string{"m1", "m2"} {
		s.step(client.Retry{ID: id})
		s.writes("5.k", id) // as it was: the relay may have it
		s.stale(id)
		s.wait(2 * time.Second)
		sends := s.take("send")
		if len(sends) != 1 || sends[0].ID != id || sends[0].Encrypted.Kid != "7.k" {
			t.Fatalf("wrote %+v", sends)
		}
		s.message(id, "ada", sends[0].Encrypted)
	}
	for _, item := range s.disk() {
		if item.Text != "" || item.Sealed.Kid != "7.k" || item.Own == nil {
			t.Errorf("stored %+v", item)
		}
	}
}

// TestARoomKeyOpensWhatTheDeviceCannot checks an item after the browser has deleted the device's keys: the room's key opens it.
func TestARoomKeyOpensWhatTheDeviceCannot(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	sealed := sealedBy("d-own", "5.k", 0, "secret")
	s.step(client.OutboxLoaded{User: "ada", Items: []client.Item{
		{ID: "m1", Sealed: &sealed, Own: &protocol.Encrypted{Alg: "A256GCM", Kid: e2ee.OwnKid, CT: "of earlier keys"}, Order: 1},
	}})
	s.joinAt(5)
	if o := s.c.Snapshot().Outbox; len(o) != 1 || o[0].Text != "secret" || o[0].State == client.ItemFailed {
		t.Errorf("shows %+v", o)
	}
	s.writes("5.k", "m1")
}

// TestAnItemIsNotStoredWithoutTheDevicesForm checks that an item waits if the vault fails to make that form.
func TestAnItemIsNotStoredWithoutTheDevicesForm(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.joinAt(5)
	s.mute = true
	s.send("m1", "secret")
	s.mute = false
	if len(s.held) != 2 {
		t.Fatalf("asks for %+v", s.held)
	}
	s.step(client.CryptoDone{Req: s.held[0].Req, Err: errors.New("no keys")})
	s.step(client.CryptoDone{Req: s.held[1].Req, Result: s.vault(s.held[1].Op)})
	s.writes("")
	s.wait(time.Minute)
	s.writes("5.k", "m1")
	if stored := s.disk(); len(stored) != 1 || stored[0].Own == nil {
		t.Errorf("stored %+v", stored)
	}
}

// TestWithoutStoredKeysNothingIsStored checks that no item is stored that could not be opened after a reload.
func TestWithoutStoredKeysNothingIsStored(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.kept, s.fleeting = turnOf(5, "d-mod"), true
	s.reload()
	s.joinBehind()
	s.send("m1", "secret")
	if len(s.saved) > 0 {
		t.Errorf("stored %+v", s.saved)
	}
	s.key()
	s.writes("6.k", "m1")
}

// TestOnlyTheOwnerSealsAgain checks that only the owner of the outbox seals a stored item again. Another page, or a new owner that has
// not loaded the outbox yet, may have an older form than the one that was written.
func TestOnlyTheOwnerSealsAgain(t *testing.T) {
	s := waitsForAKey(t)
	s.send("m1", "secret")
	own := s.disk()[0]
	s.reloadAs(true)
	s.step(client.OutboxLoaded{User: "ada", Items: []client.Item{own}})
	s.joinAt(6)
	s.step(client.PeerSaid{Note: client.Note{Kind: client.NoteOwner}})
	if kid := s.stored("m1"); kid != e2ee.OwnKid {
		t.Fatalf("another page has stored m1 under %s", kid)
	}
	s.loads = true // the outbox is not loaded yet
	s.step(client.Owns{User: "ada"})
	if kid := s.stored("m1"); kid != e2ee.OwnKid {
		t.Fatalf("the new owner has stored m1 under %s before it has loaded the outbox", kid)
	}
	written := sealedBy("d-own", "6.k", 0, "secret")
	own.Text, own.Sealed = "", &written
	s.step(client.OutboxLoaded{User: "ada", Items: []client.Item{own}})
	if sends := s.take("send"); len(sends) != 1 || *sends[0].Encrypted != written {
		t.Errorf("wrote %+v", sends)
	}
}

// TestTheOwnerSealsItemsOfAnotherPage checks that the owner seals another page's item under the newest key.
func TestTheOwnerSealsItemsOfAnotherPage(t *testing.T) {
	s := waitsForAKey(t)
	own := sealedBy("d-own", e2ee.OwnKid, 0, "of another page")
	s.step(client.PeerSaid{Note: client.Note{Kind: client.NoteHand, Item: client.Item{ID: "m1", Text: "of another page", Sealed: &own}}})
	s.writes("")
	s.key()
	s.writes("6.k", "m1")
}

// TestFilesThatWaitForAKey checks that the files of a message that waits for a key outlive a reload.
func TestFilesThatWaitForAKey(t *testing.T) {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.kept = turnOf(5, "d-mod")
	s.reload()
	files := []string{protocol.FeatureE2EE, protocol.FeatureFiles}
	s.joinBehind(files...)
	s.attach("f1", 7)
	s.step(client.SendText{ID: "m1", Text: "text", Files: []string{"f1"}})
	s.checkHidden()
	stored := s.disk()
	if len(stored) != 1 || stored[0].Sealed.Kid != e2ee.OwnKid || len(stored[0].Files) != 1 {
		t.Fatalf("stored %+v", stored)
	}
	s.reload()
	s.step(client.OutboxLoaded{User: "ada", Items: stored})
	s.joinBehind(files...)
	if begun := s.uploads(); len(begun) > 0 {
		t.Fatalf("began %+v", begun)
	}
	s.key()
	begun := s.uploads()
	if len(begun) != 1 || begun[0].Item != "m1" {
		t.Fatalf("began %+v", begun)
	}
	s.uploaded(begun[0], 7)
	if sent := s.take("send"); len(sent) != 1 || sent[0].Encrypted.Kid != "6.k" || !strings.Contains(sent[0].Encrypted.CT, "key of f1") {
		t.Errorf("wrote %+v", sent)
	}
	s.checkHidden()
}
