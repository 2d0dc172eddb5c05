package view

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// pointOut is how long a message that was jumped to stands out.
	pointOut = 2 * time.Second
	// unreadMargin is how far from the log's top edge what is new begins when the log
	// opens, in CSS pixels.
	unreadMargin = 8
	// freshMax is how many new messages are counted; more of them are just new.
	freshMax = 999
)

// wanted is a message that is to be shown as soon as it is loaded.
type wanted struct {
	seq int64 // 0: not known
	id  string
}

// toEnd goes to the newest message, as soon as it is loaded, and stays at it.
func (l *log) toEnd() {
	l.follow, l.opening, l.wanted = true, false, nil
	if l.snap.MoreAfter {
		l.props.OnLoadNewest()
	}
	if l.scroller == nil {
		return
	}
	l.draw(windowEnd(rowCount(&l.snap)), false)
	l.scrollToEnd()
	l.lookSoon()
}

// toSeq shows a message by its id and, where it is known (not 0), its seq. One that
// is not loaded is asked for, and shown when it comes.
func (l *log) toSeq(seq int64, id string) {
	if l.scroller == nil {
		return
	}
	l.wanted, l.opening = nil, false
	if l.showMessage(seq, id) {
		return
	}
	l.wanted = &wanted{seq, id}
	l.props.OnLoadAround(seq, id)
}

// refused hears that a message cannot be had, and reports whether it is the one that
// is wanted.
func (l *log) refused(code protocol.Code, id string) bool {
	if l.wanted == nil || l.wanted.id != id {
		return false
	}
	l.wanted = nil
	note := text.NotLoaded
	if code == protocol.CodeNotFound {
		note = text.NotThere
	}
	l.tell(l.text.Say(note))
	return true
}

// goOn goes, with a new snapshot, where people wanted to go: to the first message
// that is new, as long as they have not moved since the log was opened, or to one
// that was asked for.
func (l *log) goOn() {
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
		l.seenSeq = l.snap.FirstUnread - 1
		item := l.bring(i)
		l.scrollTo(l.scroller.Get("scrollTop").Float() + l.below(item) - unreadMargin)
		l.follow = l.atEnd()
		l.showJump()
	}
}

// noticeSent takes down that a message of one's own was written: then nothing before
// it is new any more.
func (l *log) noticeSent(s *client.Snapshot) {
	if s.MoreAfter || !s.Loaded {
		l.newest = ""
		return
	}
	n := rowCount(s)
	if n == 0 {
		return
	}
	last := rowAt(s, n-1)
	if last.own && l.newest != "" && last.id != l.newest {
		l.maker.unread = 0
	}
	l.newest = last.id
}

// showMessage brings a message into the middle of the view, points it out and puts the
// keyboard there; false: it is not loaded.
func (l *log) showMessage(seq int64, id string) bool {
	i, ok := findSeq(&l.snap, seq)
	if !ok || l.snap.Messages[i].ID != id {
		if i, ok = findID(&l.snap, id); !ok {
			return false
		}
	}
	item := l.bring(i)
	middle := (l.scroller.Get("clientHeight").Float() - item.Get("offsetHeight").Float()) / 2
	l.scrollTo(l.scroller.Get("scrollTop").Float() + l.below(item) - max(middle, revealMargin))
	l.follow = l.atEnd()
	l.showJump()
	l.lookSoon()
	if !l.byPointer() || !l.writing() { // who went on writing meanwhile is left there
		l.focusRow(id)
	}
	data := item.Get("dataset")
	data.Set("pointed", "")
	l.ctx.After(pointOut, func(ctx app.Context) {
		ctx.PreventUpdate()
		data.Delete("pointed")
	})
	return true
}

// bring draws the rows around one, by its place in the whole log, and gives its
// element.
func (l *log) bring(i int) app.Value {
	l.follow = false
	w := windowAround(i, rowCount(&l.snap))
	l.draw(w, false)
	return l.list.nodes[l.list.shown[i-w.lo].id].item
}

// showJump offers the way to the end, where one is not there, and says what is new
// there.
func (l *log) showJump() {
	if n := len(l.snap.Messages); l.follow && n > 0 {
		l.seenSeq = l.snap.Messages[n-1].Seq
	}
	l.jump.Set("hidden", l.follow)
	if !l.follow {
		l.jump.Set("textContent", l.jumpText(freshIn(&l.snap, l.seenSeq)))
	}
}

func (l *log) jumpText(fresh int) string {
	switch {
	case fresh == 0:
		return l.text.Say(text.Latest)
	case fresh > freshMax || l.snap.MoreAfter:
		return l.text.Say(text.Fresh)
	}
	return l.text.Count(text.NewMessages, fresh)
}

// freshIn counts the messages of others after the last one seen, up to a little more
// than freshMax.
func freshIn(s *client.Snapshot, seen int64) (fresh int) {
	for i := len(s.Messages) - 1; i >= 0 && s.Messages[i].Seq > seen && fresh <= freshMax; i-- {
		if m := s.Messages[i]; m.Sender.ID != s.Me.ID && !m.Deleted() {
			fresh++
		}
	}
	return fresh
}
