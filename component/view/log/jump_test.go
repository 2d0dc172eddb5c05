package log

import (
	"testing"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

func TestFreshCountsWhatOthersWrote(t *testing.T) {
	s := snapshot()
	ben := protocol.User{ID: "u_ben", Name: "Ben"}
	for seq := int64(4); seq < 10; seq++ {
		m := &protocol.Message{Seq: seq, Sender: ben}
		switch seq {
		case 5:
			m.Sender = s.Me
		case 6:
			m.DeletedAt = 1
		}
		s.Messages = append(s.Messages, m)
	}
	for seen, want := range map[int64]int{9: 0, 8: 1, 6: 3, 5: 3, 4: 3, 3: 4} {
		if got := freshIn(&s, seen); got != want {
			t.Errorf("after %d there are %d new ones, want %d", seen, got, want)
		}
	}
	for range 2 * freshMax {
		s.Messages = append(s.Messages, &protocol.Message{Seq: 10, Sender: ben})
	}
	if got := freshIn(&s, 9); got <= freshMax || got > freshMax+1 {
		t.Errorf("the count is %d", got)
	}
}

func TestJumpText(t *testing.T) {
	texts := text.For("en", nil)
	for fresh, want := range map[int]string{
		0: "Latest messages", 1: "1 new message", 3: "3 new messages", freshMax + 1: "New messages",
	} {
		if got := jumpText(texts, fresh, false); got != want {
			t.Errorf("%d: %q, want %q", fresh, got, want)
		}
	}
	if got := jumpText(texts, 2, true); got != "New messages" {
		t.Errorf("with more to come: %q", got)
	}
}

// TestUnreadBeginsARow checks that the row of the first unread message is marked until the user sends a message.
func TestUnreadBeginsARow(t *testing.T) {
	s := snapshot()
	maker := rowMaker{calendar: text.Calendar{Bounds: utcDays}}
	s.Loaded, s.FirstUnread, s.Outbox = true, 3, nil
	maker.followUnread(&s)
	rows := maker.rowsIn(&s, window{0, 3})
	if rows[1].unread || !rows[2].unread || !rows[2].head {
		t.Errorf("another row is marked as the first unread one: %+v", rows)
	}
	maker.followUnread(&s)
	if maker.unread != 3 {
		t.Error("the same snapshot removes the mark")
	}
	sent := s
	sent.Outbox = []client.Own{{Item: client.Item{ID: "o1"}}}
	maker.followUnread(&sent)
	if maker.unread != 0 {
		t.Error("the user's own message does not remove the mark")
	}
}
