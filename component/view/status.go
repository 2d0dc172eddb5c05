package view

import (
	"slices"
	"time"

	"hallway/component/client"
)

// statusLine is what the chat says about itself.
type statusLine struct {
	text      string
	countdown string // goes on after text; not announced, else it would be each second
	tryNow    bool   // offer to end the wait
	notes     []string
	changesIn time.Duration // the countdown is another one then; 0: it never is
}

// statusOf is the line for a snapshot at a time. note, if any, is the view's own:
// why the last thing written was not taken.
func statusOf(s *client.Snapshot, now time.Time, note string, t *texts) statusLine {
	var line statusLine
	broken := false // but expected to heal by itself
	switch s.Status {
	case client.StatusLive:
		line.text = t.live
	case client.StatusConnecting:
		line.text = t.connecting
	case client.StatusCatchingUp:
		line.text = t.catchingUp
	case client.StatusReconnecting:
		broken = true
		line.text = t.reconnecting
		line.tryNow = true
		var seconds int
		if seconds, line.changesIn = countdown(s.RetryAt.Sub(now)); seconds > 0 {
			line.countdown = t.inSeconds(seconds)
		}
	case client.StatusOffline:
		broken = true
		line.text = t.offline
	case client.StatusNotAllowed:
		line.text = because(t.notAllowed, s.Reason)
	case client.StatusUpdateNeeded:
		line.text = because(t.updateNeeded, s.Reason)
	case client.StatusClosed:
		line.text = t.closed
	}
	switch {
	case s.OutboxFull:
		line.notes = append(line.notes, t.outboxFull)
	case broken && s.ComposerOpen:
		line.notes = append(line.notes, t.sentLater)
	case broken:
		line.notes = append(line.notes, t.closedForNow)
	}
	if s.StorageFailed {
		line.notes = append(line.notes, t.memoryOnly)
	}
	if note != "" {
		line.notes = append(line.notes, note)
	}
	return line
}

// same reports whether two lines read the same.
func (l *statusLine) same(m *statusLine) bool {
	return l.text == m.text && l.countdown == m.countdown && l.tryNow == m.tryNow && slices.Equal(l.notes, m.notes)
}

// countdown gives the whole seconds left, rounded up, and when they will be fewer
// (0: they are none).
func countdown(left time.Duration) (seconds int, changesIn time.Duration) {
	if left <= 0 {
		return 0, 0
	}
	seconds = int((left + time.Second - 1) / time.Second)
	return seconds, left - time.Duration(seconds-1)*time.Second
}
