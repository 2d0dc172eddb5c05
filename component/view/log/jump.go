package log

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// pointOut is the time for which a message stands out after a jump to it.
	pointOut = 2 * time.Second
	// unreadMargin is the distance, in CSS pixels, from the log's top edge to the first unread message
	// when the log opens.
	unreadMargin = 8
)

// wanted is a message to show as soon as it is loaded.
type wanted struct {
	seq int64 // 0: not known
	id  string
}

// ToEnd goes to the newest message, as soon as it is loaded, and stays there.
func (l *Log) ToEnd() {
	l.follow, l.opening, l.wanted = true, false, nil
	if l.snap.MoreAfter {
		l.host.Do(client.LoadNewest{})
	}
	if l.scroller == nil {
		return
	}
	l.draw(windowEnd(rowCount(&l.snap)), false)
	l.view.scrollToEnd()
	l.lookSoon()
}

// ToMessage shows a message by its id and, if known (not 0), its seq. A message that is
// not loaded is requested, and shown when it comes.
func (l *Log) ToMessage(seq int64, id string) {
	if l.scroller == nil {
		return
	}
	l.wanted, l.opening = nil, false
	if l.showMessage(seq, id) {
		return
	}
	l.wanted = &wanted{seq, id}
	l.host.Do(client.LoadAround{Seq: seq, ID: id})
}

// Refused handles the refusal of a message, and reports whether it is the wanted one. Then it
// shows a note.
func (l *Log) Refused(code protocol.Code, id string) bool {
	if l.wanted == nil || l.wanted.id != id {
		return false
	}
	l.wanted = nil
	note := text.NotLoaded
	if code == protocol.CodeNotFound {
		note = text.NotThere
	}
	l.host.Tell(l.text.Say(note))
	return true
}

// continueTo goes, with a new snapshot, to the message that people asked for, or to the first
// unread one as long as they have not moved since the log was opened.
func (l *Log) continueTo() {
	if w := l.wanted; w != nil && l.showMessage(w.seq, w.id) {
		l.wanted = nil
	}
	if !l.opening || !l.snap.Loaded {
		return
	}
	if l.snap.FirstUnread == 0 {
		l.opening = false
		return
	}
	if i, ok := findSeq(&l.snap, l.snap.FirstUnread); ok {
		l.opening = false
		l.reading.seenSeq = l.snap.FirstUnread - 1
		item := l.bring(i)
		l.view.scrollBy(l.view.below(item) - unreadMargin)
		l.follow = l.atEnd()
		l.showJump()
	}
}

// showMessage brings a message into the middle of the view, points it out and puts the keyboard
// there. It reports false for a message that is not loaded.
func (l *Log) showMessage(seq int64, id string) bool {
	i, ok := findSeq(&l.snap, seq)
	if !ok || l.snap.Messages[i].ID != id {
		if i, ok = Find(&l.snap, id); !ok {
			return false
		}
	}
	item := l.bring(i)
	middle := (l.view.height() - item.Get("offsetHeight").Float()) / 2
	l.view.scrollBy(l.view.below(item) - max(middle, revealMargin))
	l.follow = l.atEnd()
	l.showJump()
	l.lookSoon()
	if !l.device.isPointer() || !inComposer() { // people who went on writing stay there
		l.cursor.focusRow(id)
	}
	data := item.Get("dataset")
	data.Set("pointed", "")
	l.ctx.After(pointOut, func(ctx app.Context) {
		ctx.PreventUpdate()
		data.Delete("pointed")
	})
	return true
}

// bring draws the rows around a row, by its place in the whole log, and returns its element.
func (l *Log) bring(i int) app.Value {
	l.follow = false
	w := windowAround(i, rowCount(&l.snap))
	l.draw(w, false)
	return l.list.nodes[l.list.shown[i-w.lo].id].item
}

// showJump shows the button to the end, with the number of new messages there, unless the end is
// shown.
func (l *Log) showJump() {
	if l.follow {
		l.reading.sawEnd(&l.snap)
		l.frame.hideJump()
		return
	}
	l.frame.showJump(jumpText(l.text, freshIn(&l.snap, l.reading.seenSeq), l.snap.MoreAfter))
}

// freshIn counts the messages of others after a seq, up to a little more than freshMax.
func freshIn(s *client.Snapshot, seen int64) (fresh int) {
	for i := len(s.Messages) - 1; i >= 0 && s.Messages[i].Seq > seen && fresh <= freshMax; i-- {
		if m := s.Messages[i]; m.Sender.ID != s.Me.ID && !m.Deleted() {
			fresh++
		}
	}
	return fresh
}
