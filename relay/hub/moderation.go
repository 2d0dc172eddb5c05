package hub

import (
	"slices"
	"time"

	"hallway/protocol"
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
func (h *Hub) moderated(p *pending, o Outcome) {
	r := h.rooms[p.op.Room]
	if r != nil && !r.open {
		r = nil
	}
	switch p.op.Kind {
	case OpConfigure, OpAdjust:
		if r != nil && !h.setRules(r, o.Settings) {
			p.tell(r.rules())
		}
	case OpModerate:
		h.acted(p, r, &o)
		if o.More {
			return
		}
	case OpReport, OpResolve:
		if r != nil {
			h.setReports(r, o.Reports)
		}
		p.tell(protocol.Reported{Room: p.op.Room, ID: p.op.ID})
	case OpRevoke:
		h.revoke(p.op.User, p.op.On, o.At)
	case OpErase:
		h.erased(&p.op, r, &o)
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

// acted tells of an act about a user. A clear goes on until nothing is left, and
// is told at its end; what it did so far is told at once.
func (h *Hub) acted(p *pending, r *room, o *Outcome) {
	op := &p.op
	p.cleared += int64(len(o.Messages))
	o.Cleared = p.cleared
	h.newsOfAll(r, o)
	if o.More {
		op.Again = true
		h.enqueue(*p)
		return
	}
	f := protocol.Moderated{Room: op.Room, Act: op.Act, User: o.User, Until: op.Until, Reason: op.Note, By: op.Sender}
	if r == nil || !o.New && !op.Again {
		p.tell(f)
		return
	}
	h.tell(r)
	u := r.users[h.users[op.User]]
	h.tellAct(p, r, u, f.Append(nil))
	if u == nil {
		return
	}
	switch op.Act {
	case protocol.ActMute:
		u.mute = muteOf(o.Sanction)
	case protocol.ActUnmute:
		u.mute = nil
	case protocol.ActBan:
		why := bannedUntil(op.Until)
		why.note = op.Note
		h.putOut(r, op.User, why)
	case protocol.ActRemove:
		h.putOut(r, op.User, removed())
	}
}

func bannedUntil(until protocol.Time) refusal {
	return refusal{code: protocol.CodeForbidden, reason: "banned from this room", why: protocol.WhyBanned, until: until}
}

func removed() refusal {
	return refusal{code: protocol.CodeForbidden, reason: "removed from this room", why: protocol.WhyRemoved}
}

// tellAct tells those who moderate, who asked, and, where it is a sanction or the
// end of one, whom it concerns.
func (h *Hub) tellAct(p *pending, r *room, concerned *presence, frame []byte) {
	for _, m := range r.staff {
		m.session.sendFrame(frame)
	}
	others := []*member{}
	if act := p.op.Act; concerned != nil && act != protocol.ActRemove && act != protocol.ActClear {
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
func (h *Hub) putOut(r *room, user string, why refusal) {
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
		m.session.send(why.frame(r.name, ""))
		if m.opening == 0 {
			h.part(m)
		}
	}
}
