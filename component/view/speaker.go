package view

import (
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// announceEvery is the shortest time between two announcements. All messages that come in between
	// are announced together.
	announceEvery = 3 * time.Second
	// announceTextsMax bounds the messages that are read out together. If there are more, only their number is
	// read out.
	announceTextsMax = 3
	// announceFor is the time after which an announcement is removed from the document, so that nobody finds it
	// there later.
	announceFor = 2 * time.Second
)

// announcer selects the messages to read out: live messages of others while the chat shows the room's end. It
// ignores history.
type announcer struct {
	seen    int64 // the seq of the last known message
	hearing bool  // the next messages are live
	waiting []*protocol.Message
	marks   map[string]client.Mark // the marks in the last snapshot
	missed  int                    // the number of waiting messages that are only counted
	next    time.Time              // the earliest time for the next announcement
}

// observe takes a snapshot, and reports whether there is something to announce.
func (a *announcer) observe(s *client.Snapshot) bool {
	atEnd := s.Status == client.StatusLive && s.Loaded && !s.MoreAfter
	a.marks = s.Marks
	first := len(s.Messages)
	for first > 0 && s.Messages[first-1].Seq > a.seen {
		first--
	}
	for _, m := range s.Messages[first:] {
		a.seen = m.Seq
		if !a.hearing || !atEnd || m.Sender.ID == s.Me.ID || m.Deleted() {
			continue
		}
		if len(a.waiting) < announceTextsMax {
			a.waiting = append(a.waiting, m)
		} else {
			a.missed++
		}
	}
	a.hearing = atEnd
	if !a.hearing && len(s.Messages) == 0 {
		a.seen = 0 // another epoch of the room, or another user
	}
	return a.waits()
}

// waits reports whether there is something to announce.
func (a *announcer) waits() bool { return len(a.waiting) > 0 }

// wait returns the time until the next announcement may come.
func (a *announcer) wait(now time.Time) time.Duration { return max(0, a.next.Sub(now)) }

// speak returns the announcement that is due.
func (a *announcer) speak(now time.Time, t *text.Texts) string {
	messages, missed := a.waiting, a.missed
	a.waiting, a.missed = nil, 0
	a.next = now.Add(announceEvery)
	if missed > 0 {
		return t.Count(text.NewMessages, len(messages)+missed)
	}
	said := make([]string, len(messages))
	for i, m := range messages {
		said[i] = t.With(text.Says, t.NameOf(m.Sender), t.Excerpt(m, a.marks[m.ID]))
	}
	return strings.Join(said, "\n")
}

// speaker lets assistive technology read messages out, through a live region of the document.
type speaker struct {
	*shared
	announcer
	region app.Value   // the live region; nil while not mounted
	timer  *time.Timer // fills or empties the region; nil: nothing is due
}

// show takes a snapshot.
func (s *speaker) show() {
	if s.observe(&s.snap) && s.timer == nil {
		s.speakIn(s.wait(time.Now()))
	}
}

// speakIn announces the waiting messages after a time, and later empties the region.
func (s *speaker) speakIn(wait time.Duration) {
	s.timer = time.AfterFunc(wait, func() {
		s.run(func(app.Context) {
			dom.SetText(s.region, s.speak(time.Now(), s.text))
			s.timer = time.AfterFunc(announceFor, func() {
				s.run(func(app.Context) {
					dom.SetText(s.region, "")
					s.timer = nil
					if s.waits() {
						s.speakIn(s.wait(time.Now()))
					}
				})
			})
		})
	})
}
