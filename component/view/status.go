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
	wait      string        // how long one must wait to send, for its button
	quiet     bool          // all is well: only assistive technology is told
	changesIn time.Duration // a countdown is another one then; 0: it never is
}

// statusOf is the line for a snapshot at a time. note, if any, is the view's own:
// why the last thing written was not taken.
func statusOf(s *client.Snapshot, now time.Time, note string, t *texts) statusLine {
	var line statusLine
	broken := false // but expected to heal by itself
	switch s.Status {
	case client.StatusLive:
		line.text = t.say(wordLive)
	case client.StatusConnecting:
		line.text = t.say(wordConnecting)
	case client.StatusCatchingUp:
		line.text = t.say(wordCatchingUp)
	case client.StatusReconnecting:
		broken = true
		line.text = t.say(wordReconnecting)
		line.tryNow = true
		var seconds int
		if seconds, line.changesIn = countdown(s.RetryAt.Sub(now)); seconds > 0 {
			line.countdown = t.count(wordInSeconds, seconds)
		}
	case client.StatusOffline:
		broken = true
		line.text = t.say(wordOffline)
	case client.StatusNotAllowed:
		if b := s.Banned; b != nil {
			line.text = because(t.sanction(b, wordBanned, wordBannedForever), b.Reason)
			break
		}
		line.text = because(t.say(wordNotAllowed), t.ifEnglish(s.Reason))
		line.notes = append(line.notes, t.say(wordAskForAccess))
	case client.StatusUpdateNeeded:
		line.text = because(t.say(wordUpdateNeeded), t.ifEnglish(s.Reason))
		line.notes = append(line.notes, t.say(wordReloadPage))
	case client.StatusClosed:
		line.text = t.say(wordClosed)
	}
	if broken && s.Crowded {
		line.notes = append(line.notes, t.say(wordTooManyChats))
	}
	switch {
	case s.OutboxFull:
		line.notes = append(line.notes, t.say(wordOutboxFull))
	case s.Silenced != "" && s.Status != client.StatusNotAllowed:
		line.notes = append(line.notes, because(t.silenced(s)))
	case broken && s.ComposerOpen:
		line.notes = append(line.notes, t.say(wordSentLater))
	case broken:
		line.notes = append(line.notes, t.say(wordClosedForNow))
	}
	if seconds, changesIn := countdown(waitOf(s, now)); seconds > 0 {
		line.wait = clockFace(seconds)
		if line.changesIn == 0 || changesIn < line.changesIn {
			line.changesIn = changesIn
		}
	}
	if s.StorageFailed {
		line.notes = append(line.notes, t.say(wordMemoryOnly))
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
