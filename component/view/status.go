package view

import (
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// noteFor is the time after which a note disappears.
	noteFor = 8 * time.Second
	// undoFor is the time after which the button that undoes an act disappears.
	undoFor = 10 * time.Second
)

// status is the line with the state of the connection and a note.
type status struct {
	*shared
	focusComposer func()
	line          statusLine
	note          string // the reason why the last action failed, or its result; "": none
	undo          undo
	nextSecond    *time.Timer // draws the next step of a countdown
}

// undo is an act that the user can undo while the status shows its note.
type undo struct {
	act  protocol.Act
	user string
	note string
}

// ui draws the line.
func (s *status) ui() app.UI {
	class, textClass := "hallway-status", "hallway-status-text"
	if s.line.quiet {
		class += " hallway-hidden"
	} else if s.snap.Status == client.StatusLive {
		textClass += " hallway-hidden" // only the notes are shown
	}
	says, countdown := s.line.text+" ", ""
	if s.line.countdown != "" { // an empty element would take its own line after a full line of text
		says, countdown = s.line.text, s.line.countdown+" "
	}
	return dom.UI("div", class).Attr("part", "status").Attr("role", "status").Body(
		dom.UI("span", textClass).Text(says),
		dom.UI("span", "hallway-countdown").Aria("hidden", true).Text(countdown),
		app.If(s.line.tryNow, func() app.UI {
			return dom.UI("button", "hallway-try").Attr("type", "button").Text(s.text.Say(text.TryNow)).OnClick(s.onTryNow)
		}),
		app.Range(s.line.notes).Slice(func(i int) app.UI {
			class := "hallway-note"
			if s.CanUndo() && i == len(s.line.notes)-1 {
				class += " hallway-undoable" // its button is beside it
			}
			return dom.UI("p", class).Text(s.line.notes[i])
		}),
		app.If(s.CanUndo(), func() app.UI {
			return dom.UI("button", "hallway-try").Attr("type", "button").Text(s.text.Say(text.Undo)).OnClick(s.onUndo)
		}),
	)
}

// refresh updates the line, and reports whether it has changed. A countdown continues
// by itself.
func (s *status) refresh() (changed bool) {
	line := lineOf(&s.snap, time.Now(), s.note, s.text)
	changed = !line.same(&s.line)
	s.line = line
	if s.nextSecond != nil {
		s.nextSecond.Stop()
		s.nextSecond = nil
	}
	if line.changesIn > 0 {
		s.nextSecond = time.AfterFunc(line.changesIn, func() {
			s.ctx.Dispatch(func(app.Context) { s.refresh() })
		})
	}
	return changed
}

// SetNote shows a note; "" removes it.
func (s *status) SetNote(note string) {
	if s.note != note {
		s.note = note
		s.refresh()
		s.ctx.Update()
	}
}

// tell shows a note for a while. Any goroutine may call it.
func (s *status) tell(note string) {
	s.run(func(app.Context) { s.tellFor(note, noteFor) })
}

func (s *status) tellFor(note string, d time.Duration) {
	s.SetNote(note)
	s.ctx.After(d, func(ctx app.Context) {
		ctx.PreventUpdate()
		if s.note == note {
			s.SetNote("")
		}
	})
}

// actedWords holds the note for each act of a moderator.
var actedWords = map[protocol.Act]text.Word{
	protocol.ActMute: text.MutedNow, protocol.ActUnmute: text.UnmutedNow, protocol.ActBan: text.BannedNow,
	protocol.ActUnban: text.UnbannedNow, protocol.ActClear: text.ClearedNow,
}

// acted shows the moderator a note about a completed act, and offers to undo it.
func (s *status) acted(a client.Acted) {
	says := actedWords[a.Act]
	if says == "" || a.By.ID != s.snap.Me.ID {
		return
	}
	note := s.text.About(says, s.text.NameOf(a.User))
	s.undo = undo{act: action.Undoes(a.Act), user: a.User.ID, note: note}
	s.tellFor(note, undoFor)
}

// HasNote reports whether a note is shown.
func (s *status) HasNote() bool { return s.note != "" }

// Wait returns the text of the send button during a countdown, or "".
func (s *status) Wait() string { return s.line.wait }

// CanUndo reports whether the note offers to undo an act.
func (s *status) CanUndo() bool { return s.undo.act != "" && s.undo.note == s.note }

func (s *status) onUndo(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	if s.CanUndo() {
		s.props.Do(client.Moderate{Act: s.undo.act, User: s.undo.user})
		s.SetNote("")
		s.focusComposer() // the button disappears
	}
}

func (s *status) onTryNow(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	s.props.Do(client.TryNow{})
	s.focusComposer() // the button disappears
}
