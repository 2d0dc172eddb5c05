package hub

import (
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A mute is what a room's members are told of one that concerns them.
type mute struct {
	until  protocol.Time // 0: for ever
	reason string
}

// over reports whether the mute, if there is one, has ended.
func (m *mute) over(now time.Time) bool {
	return m == nil || m.until != 0 && m.until <= protocol.TimeOf(now)
}

func muteOf(s *protocol.Sanction) *mute {
	if s == nil {
		return nil
	}
	return &mute{s.Until, s.Reason}
}

// leads reports whether the role is one of those that moderate.
func leads(role protocol.Role) bool { return role.AtLeast(protocol.RoleModerator) }

// setRole gives a member its role. What it sends under the new one goes into a
// batch of its own: of one batch either all of a lane is in slow mode or nothing.
func (h *Hub) setRole(m *member, role protocol.Role) {
	if m.role == role {
		return
	}
	m.turned = m.role != "" && m.session.ops > 0
	m.role = role
	r := m.presence.room
	was := slices.Contains(r.staff, m)
	switch {
	case was && !leads(role):
		r.staff = slices.DeleteFunc(r.staff, func(x *member) bool { return x == m })
	case !was && m.joined && leads(role):
		r.staff = append(r.staff, m)
		h.tellReports(m)
	}
}

// tellRules tells who has joined how the room is set, where that is not as ever.
func (h *Hub) tellRules(m *member) {
	r := m.presence.room
	if f := r.rules(); f != (protocol.Settings{Room: r.name}) {
		m.session.send(f)
	}
	h.tellReports(m)
}

func (h *Hub) tellReports(m *member) {
	if r := m.presence.room; r.reports > 0 && leads(m.role) {
		m.session.send(protocol.Reports{Room: r.name, Open: r.reports})
	}
}

// rules is what all of a room are told of its settings.
func (r *room) rules() protocol.Settings {
	s := r.settings
	return protocol.Settings{Room: r.name, SlowModeS: s.SlowModeS, Frozen: s.Frozen, Archived: s.Archived}
}

// setRules takes a room's settings as they are now. Where that is news to the room,
// all in it are told, and the result is true.
func (h *Hub) setRules(r *room, s protocol.RoomSettings) bool {
	before := r.rules()
	r.settings = s
	after := r.rules()
	if before == after {
		return false
	}
	if r.streams > 0 {
		h.tell(r)
		frames := [][]byte{after.Append(nil)}
		r.group.Send(frames)
		h.stats.told(r, frames)
	}
	return true
}

// setReports takes how many reports are open, and tells those who moderate where
// that is news.
func (h *Hub) setReports(r *room, open int64) {
	if r.reports == open {
		return
	}
	r.reports = open
	frame := protocol.Reports{Room: r.name, Open: open}.Append(nil)
	for _, m := range r.staff {
		m.session.sendFrame(frame)
	}
}

// moderated ends an op about the room's people and its rules.
func (h *Hub) moderated(p *pending, o rules.Outcome) {
	r := h.rooms[p.op.Room]
	if r != nil && !r.open {
		r = nil
	}
	switch result := o.Result.(type) {
	case rules.Configured:
		if r != nil && !h.setRules(r, result.Settings) {
			p.tell(r.rules())
		}
	case rules.Moderated:
		if !h.acted(p, r, &o, result) {
			return
		}
	case rules.Reported:
		if r != nil {
			h.setReports(r, result.Open)
		}
		p.tell(protocol.Reported{Room: p.op.Room, ID: p.op.ID()})
	case rules.Revoked:
		do := p.op.Do.(rules.Revoke)
		h.revoke(do.User, do.On, result.At)
	case rules.Erased:
		h.erased(p.op.Do.(rules.Erase).User, r, result.Messages, &o)
	case rules.Forgotten:
		h.forgotten(p.op.Do.(rules.Forget).User, &o)
	}
	if p.done != nil {
		p.done(o)
	}
}

// tell answers a frame that has joined the room, unless the answer is of a request.
func (p *pending) tell(f protocol.RelayFrame) {
	if p.done != nil {
		return
	}
	if m := p.session.member(p.op.Room); m != nil && m.joined {
		p.session.send(f)
	}
}

// acted tells of an act to a user, and reports whether it has ended. A clear goes on until
// nothing is left, and is told at its end; what it did so far is told at once.
func (h *Hub) acted(p *pending, r *room, o *rules.Outcome, done rules.Moderated) (ended bool) {
	op, do := &p.op, p.op.Do.(rules.Moderate)
	p.cleared += int64(len(done.Messages))
	done.Cleared = p.cleared
	o.Result = done
	h.newsOfAll(r, done.Messages, o)
	if done.More {
		do.Again = true
		op.Do = do
		h.enqueue(*p)
		return false
	}
	f := protocol.Moderated{Room: op.Room, Act: do.Act, User: done.User, Until: do.Until, Reason: do.Reason, By: op.Sender}
	if r == nil || !done.New && !do.Again {
		p.tell(f)
		return true
	}
	h.tell(r)
	u := r.users[h.users[do.User]]
	h.tellAct(p, r, u, f)
	if u == nil {
		return true
	}
	switch do.Act {
	case protocol.ActMute:
		u.mute = muteOf(done.Sanction)
	case protocol.ActUnmute:
		u.mute = nil
	case protocol.ActBan:
		why := bannedUntil(do.Until)
		why.Note = do.Reason
		h.putOut(r, do.User, why)
	case protocol.ActRemove:
		h.putOut(r, do.User, removed())
	}
	return true
}

func bannedUntil(until protocol.Time) rules.Refusal {
	return rules.Refusal{Code: protocol.CodeForbidden, Reason: "banned from this room", Why: protocol.WhyBanned, Until: until}
}

func removed() rules.Refusal {
	return rules.Refusal{Code: protocol.CodeForbidden, Reason: "removed from this room", Why: protocol.WhyRemoved}
}

// tellAct tells those who moderate, who asked, and, where it is a sanction or the
// end of one, whom it concerns.
func (h *Hub) tellAct(p *pending, r *room, concerned *presence, f protocol.Moderated) {
	frame := f.Append(nil)
	for _, m := range r.staff {
		m.session.sendFrame(frame)
	}
	others := []*member{}
	if act := f.Act; concerned != nil && act != protocol.ActRemove && act != protocol.ActClear {
		others = append(others, concerned.members...)
	}
	if p.session != nil {
		if m := p.session.member(r.name); m != nil {
			others = append(others, m)
		}
	}
	for i, m := range others {
		if m.joined && !leads(m.role) && !slices.Contains(others[:i], m) {
			m.session.sendFrame(frame)
		}
	}
}

// putOut ends the streams of a user in a room. Who is joining hears from the store.
func (h *Hub) putOut(r *room, user string, why rules.Refusal) {
	p := r.users[h.users[user]]
	if p == nil {
		return
	}
	h.tell(r)
	for _, m := range slices.Clone(p.members) {
		if !m.joined {
			continue
		}
		h.endStream(m)
		m.session.send(refusalFrame(why, r.name, ""))
		if m.opening == 0 {
			h.part(m)
		}
	}
}
