package hub

import (
	"slices"
	"time"

	"hallway/protocol"
)

// A mute is a mute as the muted user sees it.
type mute struct {
	until  protocol.Time // 0: for ever
	reason string
}

// over reports whether there is no mute, or it has ended.
func (m *mute) over(now time.Time) bool {
	return m == nil || m.until != 0 && m.until <= protocol.TimeOf(now)
}

func muteOf(s *protocol.Sanction) *mute {
	if s == nil {
		return nil
	}
	return &mute{s.Until, s.Reason}
}

// moderates reports whether users with the role moderate.
func moderates(role protocol.Role) bool { return role.AtLeast(protocol.RoleModerator) }

// setRole sets a member's role. The next send begins a new batch, because in one batch slow mode must apply to all
// sends of a lane or to none.
func (rs *rooms) setRole(m *member, role protocol.Role) {
	if m.role == role {
		return
	}
	if apart := m.role != "" && m.session.ops > 0; apart || m.sends != nil {
		m.lane().newRole = apart
	}
	m.role = role
	r := m.presence.room
	was := slices.Contains(r.moderators, m)
	switch {
	case was && !moderates(role):
		r.moderators = slices.DeleteFunc(r.moderators, func(x *member) bool { return x == m })
	case !was && m.joined && moderates(role):
		r.moderators = append(r.moderators, m)
		rs.tellReports(m)
		if r.lock != nil && r.lock.due {
			m.session.send(protocol.Due{Room: r.name, Out: r.lock.out})
		}
	}
}

// rules returns the room's settings for its members.
func (r *room) rules() protocol.Settings {
	return settingsFrame(r.name, r.settings)
}

func settingsFrame(room string, s protocol.RoomSettings) protocol.Settings {
	return protocol.Settings{Room: room, SlowModeS: s.SlowModeS, Frozen: s.Frozen, Archived: s.Archived, E2EE: s.E2EE}
}

// tellRules sends a new member the number of open reports, and the room's settings unless they are the default.
func (rs *rooms) tellRules(m *member) {
	r := m.presence.room
	if f := r.rules(); f != (protocol.Settings{Room: r.name}) {
		m.session.send(f)
	}
	rs.tellReports(m)
}

func (rs *rooms) tellReports(m *member) {
	if r := m.presence.room; r.reports > 0 && moderates(m.role) {
		m.session.send(protocol.Reports{Room: r.name, Open: r.reports})
	}
}

// setRules sets a room's settings. If they differ for its members, it sends them and returns true.
func (rs *rooms) setRules(r *room, s protocol.RoomSettings) bool {
	before := r.rules()
	r.settings = s
	if s.E2EE != 0 && r.lock == nil {
		r.lock = &lock{}
	}
	after := r.rules()
	if before == after {
		return false
	}
	if r.streams > 0 {
		rs.flush(r)
		rs.broadcast(r, [][]byte{after.Append(nil)})
	}
	if before.E2EE == 0 && after.E2EE != 0 {
		rs.keys.setDue(r, true, nil) // the first turn
	}
	return true
}

// setReports sets the number of open reports. If it has changed, it tells the moderators.
func (rs *rooms) setReports(r *room, open int64) {
	if r.reports == open {
		return
	}
	r.reports = open
	frame := protocol.Reports{Room: r.name, Open: open}.Append(nil)
	for _, m := range r.moderators {
		m.session.sendEncoded(frame)
	}
}
