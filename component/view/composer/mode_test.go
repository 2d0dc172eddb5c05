package composer

import (
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

func mine(seq int64, text string) *protocol.Message {
	return &protocol.Message{ID: "m" + text, Seq: seq, Sender: protocol.User{ID: "me", Name: "Me"}, Text: text}
}

func TestLastOwn(t *testing.T) {
	deleted, encrypted := mine(3, "c"), mine(4, "d")
	deleted.DeletedAt, encrypted.Encrypted = 1, &protocol.Encrypted{}
	own := mine(2, "b")
	s := live(of(1, "a"), own, deleted, encrypted, of(5, "e"))
	if got := lastOwn(&s); got != own {
		t.Errorf("%+v", got)
	}
	s.MoreAfter = true
	if got := lastOwn(&s); got != nil {
		t.Errorf("with newer messages at the relay: %+v", got)
	}
	s = live(of(1, "a"))
	s.Outbox = []client.Own{{Item: client.Item{ID: "waits"}}}
	if got := lastOwn(&s); got != nil {
		t.Errorf("a message that is not stored: %+v", got)
	}
	s = live(&protocol.Message{ID: "x"})
	s.Me = protocol.User{}
	if got := lastOwn(&s); got != nil {
		t.Errorf("before the user is known: %+v", got)
	}
}

func TestModeFollowsItsMessages(t *testing.T) {
	asked, own := of(1, "asked"), mine(2, "own")
	asked.ID = "asked"
	s := live(asked, own)
	m := mode{replyTo: asked.ID, answers: asked, editing: own.ID, was: own.Text}
	if changed, gone := m.follow(&s); changed || gone {
		t.Error("the strip changes although nothing has changed")
	}
	edited := *asked
	edited.Text = "asked again"
	s = live(&edited, own)
	if changed, gone := m.follow(&s); !changed || gone || m.answers != &edited {
		t.Error("the strip does not show the edited answer")
	}
	s = live(own)
	if changed, gone := m.follow(&s); changed || gone || m.answers != &edited {
		t.Error("the strip changes when the message is no longer loaded")
	}
	deleted := *own
	deleted.DeletedAt = 1
	s = live(&deleted)
	if _, gone := m.follow(&s); !gone {
		t.Error("the deletion of the edited message is not noticed")
	}
}

func TestStrip(t *testing.T) {
	asked := of(1, "When do *doors*\nopen?")
	deleted := *asked
	deleted.DeletedAt = 1
	for _, tc := range []struct {
		mode         mode
		what, quoted string
		cancel       text.Word
	}{
		{mode{}, "", "", ""},
		{mode{replyTo: "x"}, said.Say(text.ReplyingAway), "", text.CancelReply},
		{mode{replyTo: "x", answers: asked}, "Replying to Ben", "When do doors open?", text.CancelReply},
		{mode{replyTo: "x", answers: &deleted}, "Replying to Ben", said.Say(text.Deleted), text.CancelReply},
		{mode{replyTo: "x", answers: asked, editing: "y"}, said.Say(text.Editing), "", text.CancelEdit},
	} {
		strip := tc.mode.strip(said, nil)
		if textOf(strip.pieces) != tc.what || strip.text != tc.quoted || strip.cancel != said.Say(tc.cancel) {
			t.Errorf("%+v: %+v", tc.mode, strip)
		}
		if tc.mode.on() != (strip.cancel != "") {
			t.Errorf("%+v is on: %v", tc.mode, tc.mode.on())
		}
	}
}

func TestAnEditStartsFromTheEditBefore(t *testing.T) {
	own := mine(1, "first")
	sent := sentEdit{id: own.ID, text: "second", was: "first"}
	if text, _ := sent.textOf(own); text != "second" {
		t.Errorf("%q, while the edit waits for its answer", text)
	}
	own.Text = "of another tab"
	if text, _ := sent.textOf(own); text != "of another tab" {
		t.Errorf("%q, after another edit", text)
	}
	if text, _ := sent.textOf(mine(2, "other")); text != "other" {
		t.Errorf("%q of another message", text)
	}
}
