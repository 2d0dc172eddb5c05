package view

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/view/text"
)

// statusLine is what the chat says about itself.
type statusLine struct {
	text      string
	countdown string // goes on after text; not announced, else it would be each second
	tryNow    bool   // offer to end the wait
	notes     []string
	wait      string        // how long one must wait to send, for its button
	quiet     bool          // all is well: only assistive technology is told
	changesIn time.Duration // a countdown is another one then; 0: it never is
}

// statusOf is the line for a snapshot at a time. note, if any, is the view's own:
// why the last thing written was not taken.
func statusOf(s *client.Snapshot, now time.Time, note string, t *text.Texts) statusLine {
	var line statusLine
	broken := false // but expected to heal by itself
	switch s.Status {
	case client.StatusLive:
		line.text = t.Say(text.Live)
	case client.StatusConnecting:
		line.text = t.Say(text.Connecting)
	case client.StatusCatchingUp:
		line.text = t.Say(text.CatchingUp)
	case client.StatusReconnecting:
		broken = true
		line.text = t.Say(text.Reconnecting)
		line.tryNow = true
		var seconds int
		if seconds, line.changesIn = countdown(s.RetryAt.Sub(now)); seconds > 0 {
			line.countdown = t.Count(text.InSeconds, seconds)
		}
	case client.StatusOffline:
		broken = true
		line.text = t.Say(text.Offline)
	case client.StatusNotAllowed:
		if b := s.Banned; b != nil {
			line.text = text.Because(t.Sanction(b, text.Banned, text.BannedForever), b.Reason)
			break
		}
		line.text = text.Because(t.Say(text.NotAllowed), t.IfEnglish(s.Reason))
		line.notes = append(line.notes, t.Say(text.AskForAccess))
	case client.StatusUpdateNeeded:
		line.text = text.Because(t.Say(text.UpdateNeeded), t.IfEnglish(s.Reason))
		line.notes = append(line.notes, t.Say(text.ReloadPage))
	case client.StatusClosed:
		line.text = t.Say(text.Closed)
	}
	if broken && s.Crowded {
		line.notes = append(line.notes, t.Say(text.TooManyChats))
	}
	switch {
	case s.OutboxFull:
		line.notes = append(line.notes, t.Say(text.OutboxFull))
	case s.Silenced != "" && s.Status != client.StatusNotAllowed:
		line.notes = append(line.notes, text.Because(t.Silenced(s)))
	case broken && s.ComposerOpen:
		line.notes = append(line.notes, t.Say(text.SentLater))
	case broken:
		line.notes = append(line.notes, t.Say(text.ClosedForNow))
	}
	if seconds, changesIn := countdown(waitOf(s, now)); seconds > 0 {
		line.wait = clockFace(seconds)
		if line.changesIn == 0 || changesIn < line.changesIn {
			line.changesIn = changesIn
		}
	}
	if s.StorageFailed {
		line.notes = append(line.notes, t.Say(text.MemoryOnly))
	}
	if note != "" {
		line.notes = append(line.notes, note)
	}
	line.quiet = s.Status == client.StatusLive && len(line.notes) == 0
	return line
}

// same reports whether two lines read the same.
func (l *statusLine) same(m *statusLine) bool {
	return l.text == m.text && l.countdown == m.countdown && l.tryNow == m.tryNow && l.wait == m.wait && l.quiet == m.quiet &&
		slices.Equal(l.notes, m.notes)
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
