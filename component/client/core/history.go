package core

import (
	"slices"

	"hallway/component/client"
	"hallway/component/client/catchup"
	"hallway/component/client/connection"
	"hallway/component/client/lock"
	"hallway/component/client/outbox"
	"hallway/component/client/people"
	"hallway/component/client/request"
	"hallway/component/client/step"
	"hallway/component/client/timeline"
	"hallway/protocol"
)

// history applies the messages of the room, from the live stream and from pages of history.
type history struct {
	step     *step.Step
	conn     *connection.Connection
	catchup  *catchup.CatchUp
	timeline *timeline.Timeline
	outbox   *outbox.Outbox
	requests *request.Queue
	search   *request.Search
	rights   *people.Rights
	reading  *people.Reading
	typing   *people.Typing
	lock     *lock.Lock // nil: the chat is not encrypted

	// arriving holds the ids of other users' encrypted messages that are not decrypted yet, and so were not
	// announced. The value is true if the message came live.
	arriving map[string]bool
}

// begin sets the parts that history calls.
func (h *history) begin(p *parts) {
	h.step, h.conn, h.lock = &p.step, p.conn, p.lock
	h.catchup, h.timeline, h.outbox = p.catchup, p.timeline, p.outbox
	h.requests, h.search = p.requests, p.search
	h.rights, h.reading, h.typing = p.rights, p.reading, p.typing
	h.arriving = map[string]bool{}
}

// startOver resets all state of the room, but not the outbox.
func (h *history) startOver() {
	h.catchup.Reset()
	h.timeline.Reset(h.rights.Me().ID)
	h.search.Restart()
	clear(h.arriving)
	if h.lock != nil {
		h.lock.StartOver()
		h.requests.StartOver()
	}
	h.step.Changed = true
}

// messageStreamed takes a message from the live stream.
func (h *history) messageStreamed(f *protocol.Changed) {
	m, cause := &f.Message, f.Cause
	me := h.rights.Me().ID
	if h.catchup.Echo(m.Rev) && cause == nil {
		cause = h.requests.Cause(m, me) // the echo of a reaction that changed nothing has no cause
	}
	guessed := h.timeline.Live(m, cause)
	h.apply(m, false)
	if guessed && m.Pinned {
		h.timeline.PinnedUnsure()
	}
	h.requests.Streamed(m, cause, me)
	if m.Seq == m.Rev {
		h.typing.Stopped(m.Sender.ID)
		if m.Sender.ID == me {
			h.rights.Pause() // slow mode counts from the time of storing, which is not later than now
		}
	}
	if f.After != nil {
		h.catchup.Covered(*f.After, m.Rev)
	}
	h.catchup.Note(m.Seq, m.ID) // the seq is the rev at which the message was created
	h.catchup.Note(m.Rev, m.ID)
	h.catchup.Streamed()
}

// apply takes a state of a message, from the live stream, or, if whole is true, from a page of history.
func (h *history) apply(m *protocol.Message, whole bool) {
	mine := m.Sender.ID == h.rights.Me().ID
	if mine {
		h.outbox.Acknowledge(m, h.catchup.Epoch())
	}
	isNew := h.catchup.IsNew(m.Seq) && !h.timeline.Shows(m.ID)
	was := h.timeline.Known(m.ID)
	if h.timeline.Apply(m, whole, h.catchup.Overtaken(m)) {
		h.step.Changed = true
	}
	if is := h.timeline.Known(m.ID); was != nil && is != nil && !whole && !mine {
		me := h.rights.Me().ID
		h.reading.Edited(m.Seq, protocol.MentionsUser(was.Mentions, me), protocol.MentionsUser(is.Mentions, me))
	}
	switch {
	case !isNew || mine || !h.catchup.HasHistory() || m.Deleted():
	case h.lock != nil && m.Encrypted != nil:
		h.arriving[m.ID] = !whole
	case h.lock != nil:
		h.arrived(m, client.MarkPlain, !whole)
	default:
		h.arrived(m, client.MarkNone, !whole)
	}
}

// opened takes the result of decrypting a message or an item of the outbox.
func (h *history) opened(m *protocol.Message, said client.Said) {
	if m.Seq == 0 {
		h.outbox.Seals.SetOpened(m, said)
		return
	}
	shown := h.timeline.SetOpened(m, said)
	if shown == nil {
		return
	}
	h.step.Changed = true
	switch {
	case said.Opened():
		h.lock.Shown(m.ID, said.Edit)
	case said.Older && m.Sender.ID == h.rights.Me().ID:
		h.requests.Repeat(m, h.lock.EditNumber(m.ID), h.lock.Chapter())
	}
	if live, arrives := h.arriving[m.ID]; arrives {
		delete(h.arriving, m.ID)
		h.arrived(shown, said.Mark, live)
	}
}

// arrived counts another user's message as unread, and tells the host.
func (h *history) arrived(m *protocol.Message, mark client.Mark, live bool) {
	h.reading.Arrived(m.Seq, live && protocol.MentionsUser(m.Mentions, h.rights.Me().ID))
	h.step.Emit(client.Arrived{Message: m, Mark: mark})
}

// pageLoaded routes a page of history by the request that it answers.
func (h *history) pageLoaded(ev client.PageLoaded) {
	p := &ev.Page
	wanted, agrees := h.catchup.Loaded(ev.Req, p)
	if !agrees {
		h.startOver()
		h.catchup.Rejoin()
		return
	}
	switch wanted {
	case catchup.Nothing: // the answer to an old request, or to a search
	case catchup.Newest:
		h.applyAll(p.Messages)
		h.timeline.Begin(p.Messages, p.More)
		h.outbox.Tabs.DropSent()
		h.openAtUnread()
		h.catchup.AppliedNewest(p)
	case catchup.Since:
		h.applyAll(p.Messages)
		h.catchup.AppliedSince(p)
	case catchup.Pinned:
		if h.timeline.AddPinned(p) {
			h.step.Changed = true
		}
		h.catchup.Next()
	default:
		h.pageWanted(wanted, p)
		h.catchup.Next()
	}
}

func (h *history) applyAll(messages []protocol.Message) {
	for i := range messages {
		h.apply(&messages[i], true)
	}
}

// pageWanted applies a page that the user asked to see. A message of the user in it counts as its echo.
func (h *history) pageWanted(wanted catchup.Want, p *protocol.Page) {
	if !h.timeline.AwaitsWindow() {
		return // too many changes came meanwhile: the page is requested again
	}
	h.catchup.TakePage()
	switch wanted {
	case catchup.Older:
		h.timeline.Prepend(p.Messages, p.More)
	case catchup.Newer:
		h.timeline.Extend(p.Messages)
	case catchup.End:
		h.timeline.Jump(p.Messages, p.More, false)
		h.openedAtUnread(false)
	case catchup.Around:
		h.loadedAround(p)
	}
	for i := range p.Messages {
		if m := &p.Messages[i]; m.Sender.ID == h.rights.Me().ID {
			h.outbox.Acknowledge(m, h.catchup.Epoch())
		}
	}
}

// pageFailed handles a failed request for a page.
func (h *history) pageFailed(ev client.RequestFailed) {
	switch h.catchup.Failed(ev) {
	case catchup.Pinned:
		h.timeline.NoPinned()
	case catchup.Around:
		h.notAround()
	default:
		return
	}
	h.catchup.Fetch()
}

// loadAround moves the window to a message, unless the window contains it.
func (h *history) loadAround(to catchup.Target) {
	switch m := h.timeline.Known(to.ID); {
	case h.timeline.Shows(to.ID):
		return
	case m != nil && to.Seq == 0:
		to.Seq = m.Seq
	}
	switch {
	case !h.catchup.HasHistory() || !h.conn.IsJoined():
		h.step.Emit(client.Refused{Code: protocol.CodeUnavailable, Reason: "the chat is not connected", ID: to.ID})
	case to.Seq > 0 && h.timeline.Holds(to.Seq) || to.Seq == 0 && to.ID == "":
	default:
		h.catchup.LoadAround(to)
	}
}

// loadedAround applies the page around a message.
func (h *history) loadedAround(p *protocol.Page) {
	to := h.catchup.Target()
	isTarget := func(m protocol.Message) bool { return to.Seq != 0 || m.ID == to.ID }
	if !slices.ContainsFunc(p.Messages, isTarget) {
		h.notAround()
		return
	}
	before, after := p.More, false
	if p.MoreBefore != nil && p.MoreAfter != nil {
		before, after = *p.MoreBefore, *p.MoreAfter
	}
	h.timeline.Jump(p.Messages, before, after)
	h.openedAtUnread(true)
}

// notAround cancels the move to a message that the room does not have or the relay does not serve.
func (h *history) notAround() {
	h.catchup.TakePage()
	h.timeline.WindowFailed()
	if h.catchup.IsOpening() {
		h.openedAtUnread(false)
		return
	}
	h.step.Emit(client.Refused{Code: protocol.CodeNotFound, Reason: "the message is not there", ID: h.catchup.Target().ID})
}

// openAtUnread finds the first unread message after the first page has loaded. If it is older than that page, the window moves to
// it before anything is shown.
func (h *history) openAtUnread() {
	from, first := h.reading.Open()
	switch {
	case !first || from == 0: // the chat was opened before, or the user has no read marker
	case h.timeline.MoreBefore() && h.timeline.Oldest() > from+1:
		h.catchup.OpenAround(catchup.Target{Seq: from + 1})
	default:
		h.reading.SetFirstUnread(h.timeline.FirstOfOthers(from))
	}
}

// openedAtUnread opens the chat at the first unread message. If its page could not be loaded or has no message of another user,
// the chat opens at the end.
func (h *history) openedAtUnread(here bool) {
	if !h.catchup.IsOpening() {
		return
	}
	if here {
		first := h.timeline.FirstOfOthers(h.reading.From())
		h.reading.SetFirstUnread(first)
		if first == 0 && h.timeline.MoreAfter() {
			h.catchup.OpenAtEnd()
			return
		}
	}
	h.catchup.Opened()
}
