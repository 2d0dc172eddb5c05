package hub

import (
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
)

// moderation tells of acts, settings, reports, revocations and erasures, once they are stored.
type moderation struct {
	*shared
	rooms    *rooms
	sessions *sessions
	users    *users
	writes   *writes
}

// done ends an op about a room's people or its rules. It reports whether the op has ended; else another part follows.
func (md *moderation) done(p *pending, o *rules.Outcome) (ended bool) {
	r := md.rooms.opened(p.op.Room)
	switch result := o.Result.(type) {
	case rules.Configured:
		if r != nil && !md.rooms.setRules(r, result.Settings) {
			p.tell(r.rules())
		}
	case rules.Moderated:
		return md.acted(p, r, o, result)
	case rules.Reported:
		if r != nil {
			md.rooms.setReports(r, result.Open)
		}
		p.tell(protocol.Reported{Room: p.op.Room, ID: p.op.ID()})
	case rules.Revoked:
		do := p.op.Do.(rules.Revoke)
		md.revoke(do.User, do.On, result.At)
	case rules.Erased:
		md.rooms.newsOfAll(r, result.Messages, o)
		md.evictErased(p.op.Do.(rules.Erase).User)
	case rules.Forgotten:
		user := p.op.Do.(rules.Forget).User
		md.revocations.set(user, false, 0)
		md.bans.forget(user)
		md.ranks.forget(user)
		md.evictErased(user)
	}
	return true
}

// acted tells of an act, and reports whether it has ended. A clear goes on until nothing is left, and is told at its
// end; its changes so far are told at once.
func (md *moderation) acted(p *pending, r *room, o *rules.Outcome, done rules.Moderated) (ended bool) {
	op, do := &p.op, p.op.Do.(rules.Moderate)
	p.cleared += int64(len(done.Messages))
	done.Cleared = p.cleared
	o.Result = done
	md.rooms.newsOfAll(r, done.Messages, o)
	if done.More {
		do.Again = true
		op.Do = do
		md.writes.enqueue(*p)
		return false
	}
	f := protocol.Moderated{Room: op.Room, Act: do.Act, User: done.User, Until: do.Until, Reason: do.Reason, By: op.Sender}
	if r == nil || !done.New && !do.Again {
		p.tell(f)
		return true
	}
	md.rooms.flush(r)
	u := r.users[md.users.byID[do.User]]
	tellAct(p, r, u, f)
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
		md.rooms.evict(r, do.User, refusalFrame(why, r.name, ""))
	case protocol.ActRemove:
		md.rooms.evict(r, do.User, refusalFrame(removed(), r.name, ""))
	}
	return true
}

func bannedUntil(until protocol.Time) rules.Refusal {
	return rules.Refusal{Code: protocol.CodeForbidden, Reason: "banned from this room", Why: protocol.WhyBanned, Until: until}
}

func removed() rules.Refusal {
	return rules.Refusal{Code: protocol.CodeForbidden, Reason: "removed from this room", Why: protocol.WhyRemoved}
}

// tellAct tells the moderators, the member who asked for it, and, of a sanction or the end of one, the user concerned.
func tellAct(p *pending, r *room, concerned *presence, f protocol.Moderated) {
	frame := f.Append(nil)
	for _, m := range r.moderators {
		m.session.sendEncoded(frame)
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
		if m.joined && !moderates(m.role) && !slices.Contains(others[:i], m) {
			m.session.sendEncoded(frame)
		}
	}
}

// revoke notes that a user's tokens are revoked, or valid again, and ends the connections of a revoked user.
func (md *moderation) revoke(user string, on bool, since protocol.Time) {
	md.revocations.set(user, on, since)
	if !on {
		return
	}
	for _, s := range slices.Backward(md.sessions.ofUser(user)) {
		md.sessions.endRevoked(s)
	}
}

// evictErased removes a user who is being erased from all rooms.
func (md *moderation) evictErased(user string) {
	for _, s := range md.sessions.ofUser(user) {
		for _, m := range slices.Clone(s.members) {
			r := m.presence.room
			md.rooms.evict(r, user, refusalFrame(removed(), r.name, ""))
		}
	}
}
