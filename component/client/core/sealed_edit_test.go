package core

import (
	"slices"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// edited delivers ada's message m1 after an edit.
func (s *sealedChat) edited(sealed protocol.Encrypted) {
	s.seq++
	s.relay(protocol.Changed{Message: protocol.Message{
		Room: "lobby", ID: "m1", Seq: 1, Rev: s.seq, CreatedAt: 1, EditedAt: protocol.Time(s.seq),
		Sender: protocol.User{ID: "ada", Name: "ada", Role: protocol.RoleParticipant}, Encrypted: &sealed,
	}})
}

// edit lets ada edit m1, and returns the content that the chat writes.
func (s *sealedChat) edit(text string) protocol.Encrypted {
	s.t.Helper()
	s.step(client.EditText{ID: "m1", Text: text})
	return s.writtenEdit(text)
}

// writtenEdit returns the one edit that the chat has written.
func (s *sealedChat) writtenEdit(text string) protocol.Encrypted {
	s.t.Helper()
	edits := s.take("edit")
	if len(edits) != 1 {
		s.t.Fatalf("wrote %d edits, want %q", len(edits), text)
	}
	return *edits[0].Encrypted
}

func newEditedChat(t *testing.T) *sealedChat {
	s := newSealedChat(t, "ada", protocol.RoleParticipant)
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	first := sealedBy("d-own", "1.k", 0, "zero")
	s.message("m1", "ada", &first)
	return s
}

// TestALateEditIsReplacedAgain checks that the page repeats its newer edit if a lost connection delivers an older edit after it.
// Other users have seen the newer one and refuse the older one.
func TestALateEditIsReplacedAgain(t *testing.T) {
	s := newEditedChat(t)
	first := s.edit("one")
	s.edited(first)
	s.edited(s.edit("two"))
	s.edited(first)
	again := s.writtenEdit("two")
	s.edited(again)
	s.shows("m1", client.MarkNone, "two", "Sure ada")
	if again.CT != sealedBy("d-own", "1.k", 3, "two").CT {
		t.Errorf("wrote %q", again.CT)
	}
	for range 10 { // the page does not answer a relay that repeats this without end
		s.edited(first)
		if edits := s.take("edit"); len(edits) == 1 {
			s.edited(*edits[0].Encrypted)
		}
	}
	s.edited(first)
	if edits := s.take("edit"); len(edits) != 0 {
		t.Errorf("wrote %d more edits", len(edits))
	}
	s.shows("m1", client.MarkAltered, "", "ada")
}

// TestAnEditBehindThatOfAnotherTabIsRepeated checks an edit that was written before another tab's edit and stored after it.
func TestAnEditBehindThatOfAnotherTabIsRepeated(t *testing.T) {
	s := newEditedChat(t)
	first := s.edit("one")
	s.edited(sealedBy("d-own", "1.k", 2, "of another tab"))
	s.edited(first)
	s.edited(s.writtenEdit("one"))
	s.shows("m1", client.MarkNone, "one", "Sure ada")
}

// TestAnEditOfAnotherTabIsNotRepeated checks that only the tab that has made an edit repeats it.
func TestAnEditOfAnotherTabIsNotRepeated(t *testing.T) {
	s := newEditedChat(t)
	s.edited(s.edit("one"))
	late := sealedBy("d-own", "1.k", 2, "of another tab")
	s.edited(late)
	s.edited(sealedBy("d-own", "1.k", 3, "of another tab, too"))
	s.edited(late)
	if edits := s.take("edit"); len(edits) != 0 {
		t.Errorf("wrote %d edits", len(edits))
	}
}

// TestAnEditOfAnEarlierChapterIsNotRepeated checks that users who have joined since do not get the edit.
func TestAnEditOfAnEarlierChapterIsNotRepeated(t *testing.T) {
	s := newEditedChat(t)
	first := s.edit("one")
	s.edited(first)
	s.edited(s.edit("two"))
	chapter := turnOf(2, "d-mod")
	chapter.PrevKid, chapter.Link = "", ""
	s.turned(chapter)
	s.state(client.LockReady)
	s.edited(first)
	s.wait(time.Minute)
	if edits := s.take("edit"); len(edits) != 0 {
		t.Errorf("wrote %d edits", len(edits))
	}
}

// TestAnEditOutlivesAnother checks an edit after another tab's edit that this tab has missed. It is written while the message is being
// opened again, and repeated because its number is lower.
func TestAnEditOutlivesAnother(t *testing.T) {
	s := newEditedChat(t)
	s.lose()
	s.step(client.EditText{ID: "m1", Text: "one"})
	s.pages = []protocol.Message{{
		Room: "lobby", ID: "m1", Seq: 1, Rev: 2, CreatedAt: 1, EditedAt: 2, Sender: protocol.User{ID: "ada"},
	}}
	other := sealedBy("d-own", "1.k", 2, "of another tab")
	s.pages[0].Encrypted, s.seq = &other, 2
	s.join(&protocol.Locked{Turn: turnOf(1, "d-mod"), Wrap: wrapOf("1.k")})
	s.edited(s.writtenEdit("one"))
	s.edited(s.writtenEdit("one"))
	s.shows("m1", client.MarkNone, "one", "Sure ada")
}

// TestAnEditOfADeletedMessageIsRefused checks that no edit is written for a message whose place is unknown. The relay may have
// restored the message from an older database.
func TestAnEditOfADeletedMessageIsRefused(t *testing.T) {
	s := newEditedChat(t)
	s.seq++
	s.relay(protocol.Changed{Message: protocol.Message{
		Room: "lobby", ID: "m1", Seq: 1, Rev: s.seq, CreatedAt: 1, DeletedAt: protocol.Time(s.seq), Sender: protocol.User{ID: "ada"},
	}})
	s.other = nil
	s.step(client.EditText{ID: "m1", Text: "one"})
	refused := slices.IndexFunc(s.other, func(e client.Effect) bool { _, ok := e.(client.Refused); return ok })
	if edits := s.take("edit"); len(edits) != 0 || refused < 0 {
		t.Errorf("wrote %d edits, and told %+v", len(edits), s.other)
	}
}

// TestTheNumberOfEditsIsBounded checks that the last edit number can be used, and that no edit follows it: its number would begin
// again at 0, and other users would refuse it.
func TestTheNumberOfEditsIsBounded(t *testing.T) {
	s := newEditedChat(t)
	s.edited(sealedBy("d-own", "1.k", e2ee.EditMax-1, "of another device"))
	last := s.edit("last")
	if last.CT != sealedBy("d-own", "1.k", e2ee.EditMax, "last").CT {
		t.Errorf("wrote %q", last.CT)
	}
	s.edited(last)
	s.other = nil
	s.step(client.EditText{ID: "m1", Text: "one more"})
	refused := slices.IndexFunc(s.other, func(e client.Effect) bool { r, ok := e.(client.Refused); return ok && r.ID == "m1" && r.Reason != "" })
	if edits := s.take("edit"); len(edits) != 0 || refused < 0 || len(s.c.Snapshot().Changing) != 0 {
		t.Errorf("wrote %d edits, and told %+v", len(edits), s.other)
	}
	s.shows("m1", client.MarkNone, "last", "Sure ada")
}
