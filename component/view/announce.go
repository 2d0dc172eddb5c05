package view

import (
	"strings"
	"time"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// announceEvery is the least time between two announcements: what comes in
	// between is one.
	announceEvery = 3 * time.Second
	// announceTextsMax is how many messages are read out at once; of more, only their
	// number is.
	announceTextsMax = 3
	// announceFor is how long an announcement stays in the document: those who walk
	// through it shall not find it there.
	announceFor = 2 * time.Second
)

// announcer decides which messages are read out: those of others that come while
// one is live and at the end of the room, but no history.
type announcer struct {
	seen    int64 // the last message, by its seq, that is known or was announced
	hearing bool  // what comes next is live
	waiting []*protocol.Message
	missed  int       // more that wait, only counted
	next    time.Time // not to speak before
}

// observe takes a snapshot, and reports whether there is something to be said.
func (a *announcer) observe(s *client.Snapshot) bool {
	atEnd := s.Status == client.StatusLive && s.Loaded && !s.MoreAfter
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
		a.seen = 0 // begun anew: another room's life, another user
	}
	return a.waits()
}

// waits reports whether there is something to be said.
func (a *announcer) waits() bool { return len(a.waiting) > 0 }

// wait is how long nothing may be said yet.
func (a *announcer) wait(now time.Time) time.Duration { return max(0, a.next.Sub(now)) }

// speak gives what is to be said now.
func (a *announcer) speak(now time.Time, t *text.Texts) string {
	messages, missed := a.waiting, a.missed
	a.waiting, a.missed = nil, 0
	a.next = now.Add(announceEvery)
	if missed > 0 {
		return t.Count(text.NewMessages, len(messages)+missed)
	}
	said := make([]string, len(messages))
	for i, m := range messages {
		said[i] = t.With(text.Says, t.NameOf(m.Sender), t.Excerpt(m))
	}
	return strings.Join(said, "\n")
}
