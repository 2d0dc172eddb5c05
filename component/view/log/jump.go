package log

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// pointOut is the time for which a message is highlighted after a jump to it.
	pointOut = 2 * time.Second
	// unreadMargin is the distance, in CSS pixels, from the log's top edge to the first unread message
	// when the log opens.
	unreadMargin = 8
)

// wanted is a message to show as soon as it has loaded.
type wanted struct {
	seq int64 // 0: not known
	id  string
}

// ToEnd goes to the newest message as soon as it has loaded, and follows the end.
func (s *scene) ToEnd() {
	s.follow, s.opening, s.wanted = true, false, nil
	if s.snap.MoreAfter {
		s.host.Do(client.LoadNewest{})
	}
	if s.scroller == nil {
		return
	}
	s.draw(windowEnd(rowCount(&s.snap)), false)
	s.view.scrollToEnd()
	s.lookSoon()
}

// ToMessage shows a message by its id and its seq (0: unknown). It requests a message that is
// not loaded, and shows it later.
func (s *scene) ToMessage(seq int64, id string) {
	if s.scroller == nil {
		return
	}
	s.wanted, s.opening = nil, false
	if s.showMessage(seq, id) {
		return
	}
	s.wanted = &wanted{seq, id}
	s.host.Do(client.LoadAround{Seq: seq, ID: id})
}

// Refused shows a note if the wanted message was refused, and reports whether it was.
func (s *scene) Refused(code protocol.Code, id string) bool {
	if s.wanted == nil || s.wanted.id != id {
		return false
	}
	s.wanted = nil
	note := text.NotLoaded
	if code == protocol.CodeNotFound {
		note = text.NotThere
	}
	s.host.Tell(s.text.Say(note))
	return true
}

// continueTo goes to the wanted message with a new snapshot, or to the first unread one until the user moves in
// the log.
func (s *scene) continueTo() {
	if w := s.wanted; w != nil && s.showMessage(w.seq, w.id) {
		s.wanted = nil
	}
	if !s.opening || !s.snap.Loaded {
		return
	}
	if s.snap.FirstUnread == 0 {
		s.opening = false
		return
	}
	if i, ok := findSeq(&s.snap, s.snap.FirstUnread); ok {
		s.opening = false
		s.reading.seenSeq = s.snap.FirstUnread - 1
		item := s.bring(i)
		s.view.scrollBy(s.view.below(item) - unreadMargin)
		s.follow = s.atEnd()
		s.showJump()
	}
}

// showMessage scrolls a message into the middle of the view, highlights it and moves the focus there. It returns
// false for a message that is not loaded.
func (s *scene) showMessage(seq int64, id string) bool {
	i, ok := findSeq(&s.snap, seq)
	if !ok || s.snap.Messages[i].ID != id {
		if i, ok = Find(&s.snap, id); !ok {
			return false
		}
	}
	item := s.bring(i)
	middle := (s.view.height() - item.Get("offsetHeight").Float()) / 2
	s.view.scrollBy(s.view.below(item) - max(middle, revealMargin))
	s.follow = s.atEnd()
	s.showJump()
	s.lookSoon()
	if !s.device.isPointer() || !inComposer() { // the focus stays in the composer if the user is writing
		s.cursor.focusRow(id)
	}
	data := item.Get("dataset")
	data.Set("pointed", "")
	s.ctx.After(pointOut, func(ctx app.Context) {
		ctx.PreventUpdate()
		data.Delete("pointed")
	})
	return true
}

// bring draws the rows around the row with an index, and returns its element.
func (s *scene) bring(i int) app.Value {
	s.follow = false
	w := windowAround(i, rowCount(&s.snap))
	s.draw(w, false)
	return s.list.nodes[s.list.shown[i-w.lo].id].item
}

// showJump shows the button to the end, with the number of new messages, unless the end is
// shown.
func (s *scene) showJump() {
	if s.follow {
		s.reading.sawEnd(&s.snap)
		s.frame.hideJump()
		return
	}
	s.frame.showJump(jumpText(s.text, freshIn(&s.snap, s.reading.seenSeq), s.snap.MoreAfter))
}

// freshIn counts the messages of others after a seq. It stops after freshMax.
func freshIn(s *client.Snapshot, seen int64) (fresh int) {
	for i := len(s.Messages) - 1; i >= 0 && s.Messages[i].Seq > seen && fresh <= freshMax; i-- {
		if m := s.Messages[i]; m.Sender.ID != s.Me.ID && !m.Deleted() {
			fresh++
		}
	}
	return fresh
}
