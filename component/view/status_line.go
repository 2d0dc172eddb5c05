package view

import (
	"slices"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

// statusLine is the text of the status.
type statusLine struct {
	text      string
	countdown string // follows the text; not read out, because it changes each second
	tryNow    bool   // the line offers to end the wait
	notes     []string
	wait      string        // the time until the user may send, for the button
	quiet     bool          // the line has nothing important: only assistive technology gets it
	changesIn time.Duration // the time until a countdown changes; 0: never
}

// lineOf returns the line for a snapshot at a time. note is the chat's own note, or "".
func lineOf(s *client.Snapshot, now time.Time, note string, t *text.Texts) statusLine {
	var line statusLine
	line.connection(s, now, t)
	line.writing(s, t)
	if seconds, changesIn := countdown(waitOf(s, now)); seconds > 0 {
		line.wait = clockFace(seconds)
		if line.changesIn == 0 || changesIn < line.changesIn {
			line.changesIn = changesIn
		}
	}
	if s.StorageFull {
		line.add(t.Say(text.StorageFull))
	} else if s.StorageFailed {
		line.add(t.Say(text.MemoryOnly))
	}
	line.add(note)
	line.quiet = s.Status == client.StatusLive && len(line.notes) == 0
	return line
}

// add adds a note, unless it is empty.
//
//go:noinline
func (l *statusLine) add(note string) {
	if note != "" {
		l.notes = append(l.notes, note)
	}
}

// connection adds the state of the connection, and advice to the user.
func (l *statusLine) connection(s *client.Snapshot, now time.Time, t *text.Texts) {
	switch s.Status {
	case client.StatusLive:
		l.text = t.Say(text.Live)
	case client.StatusConnecting:
		l.text = t.Say(text.Connecting)
	case client.StatusCatchingUp:
		l.text = t.Say(text.CatchingUp)
	case client.StatusReconnecting:
		l.text = t.Say(text.Reconnecting)
		l.tryNow = true
		var seconds int
		if seconds, l.changesIn = countdown(s.RetryAt.Sub(now)); seconds > 0 {
			l.countdown = t.Count(text.InSeconds, seconds)
		}
	case client.StatusOffline:
		l.text = t.Say(text.Offline)
	case client.StatusNotAllowed:
		if b := s.Banned; b != nil {
			l.text = text.Because(t.Sanction(b, text.Banned, text.BannedForever), b.Reason)
			break
		}
		l.text = text.Because(t.Say(text.NotAllowed), t.IfEnglish(s.Reason))
		l.add(t.Say(text.AskForAccess))
	case client.StatusUpdateNeeded:
		l.text = text.Because(t.Say(text.UpdateNeeded), t.IfEnglish(s.Reason))
		l.add(t.Say(text.ReloadPage))
	case client.StatusClosed:
		l.text = t.Say(text.Closed)
	}
}

// broken reports whether the chat has no connection and reconnects by itself.
func broken(s *client.Snapshot) bool {
	return s.Status == client.StatusReconnecting || s.Status == client.StatusOffline
}

// writing adds the reason why the user cannot write now, or a note that messages are sent later.
func (l *statusLine) writing(s *client.Snapshot, t *text.Texts) {
	broken := broken(s)
	if broken && s.Crowded {
		l.add(t.Say(text.TooManyChats))
	}
	switch {
	case s.OutboxFull:
		l.add(t.Say(text.OutboxFull))
	case s.Silenced != "" && s.Status != client.StatusNotAllowed:
		l.add(text.Because(t.Silenced(s)))
	case !broken && s.Lock != nil && s.Status != client.StatusNotAllowed && t.Lock(s.Lock) != "":
		l.add(t.Lock(s.Lock))
	case broken && s.ComposerOpen:
		l.add(t.Say(text.SentLater))
	case broken:
		l.add(t.Say(text.ClosedForNow))
	}
}

// same reports whether two lines have the same content.
func (l *statusLine) same(m *statusLine) bool {
	return l.text == m.text && l.countdown == m.countdown && l.tryNow == m.tryNow && l.wait == m.wait && l.quiet == m.quiet &&
		slices.Equal(l.notes, m.notes)
}

// countdown returns the seconds left, rounded up, and the time until that number changes. Both are 0 at
// the end.
func countdown(left time.Duration) (seconds int, changesIn time.Duration) {
	if left <= 0 {
		return 0, 0
	}
	seconds = int((left + time.Second - 1) / time.Second)
	return seconds, left - time.Duration(seconds-1)*time.Second
}

// countdownMax is the longest rest of a mute for which a countdown is shown.
const countdownMax = time.Hour

// waitOf returns the time until the user may send, in slow mode or near the end of a mute, or 0 if there is no
// countdown.
func waitOf(s *client.Snapshot, now time.Time) time.Duration {
	until := s.NextSendAt
	switch {
	case s.Silenced == protocol.WhyMuted:
		until = s.Muted.Until
	case s.Silenced != "":
		return 0
	}
	if left := until.Sub(now); left > 0 && left <= countdownMax {
		return left
	}
	return 0
}

// clockFace returns seconds as minutes and seconds.
func clockFace(seconds int) string {
	rest := strconv.Itoa(seconds % 60)
	if len(rest) < 2 {
		rest = "0" + rest
	}
	return strconv.Itoa(seconds/60) + ":" + rest
}
