package hub

import (
	"slices"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/rules"
)

// moderation tells clients of stored acts, settings, reports, revocations and erasures.
type moderation struct {
	*shared
	rooms    *rooms
	sessions *sessions
	users    *users
	writes   *writes
}

// done ends an op about a room's people or its rules. It returns false if another part of the op follows.
func (md *moderation) done(p *pending, o *rules.Outcome) (ended bool) {
	r := md.rooms.opened(p.op.Room)
	if md.gossip != nil {
		md.gossip.rulings.changed(r)
	}
	switch result := o.Result.(type) {
	case rules.Configured:
		if r != nil && !md.rooms.setRules(r, result.Settings) {
			p.tell(r.rules())
		}
		md.tellElsewhere(p.op.Room, o.Epoch, settingsFrame(p.op.Room, result.Settings))
	case rules.Moderated:
		return md.acted(p, r, o, result)
	case rules.Reported:
		if r != nil {
			md.rooms.setReports(r, result.Open)
		}
		md.tellElsewhere(p.op.Room, o.Epoch, protocol.Reports{Room: p.op.Room, Open: result.Open})
		p.tell(protocol.Reported{Room: p.op.Room, ID: p.op.ID()})
	case rules.Revoked:
		do := p.op.Do.(rules.Revoke)
		md.revoke(do.User, do.On, result.At)
		for _, d := range result.Due {
			md.rooms.keys.dueIn(d, do.User)
		}
		md.gossip.tell(&bus.Revoked{User: do.User, At: int64(result.At)})
	case rules.Erased:
		md.rooms.newsOfAll(r, result.Messages, o)
		md.evictErased(p.op.Do.(rules.Erase).User)
	case rules.Forgotten:
		user := p.op.Do.(rules.Forget).User
		md.forget(user)
		for _, d := range result.Due {
			md.rooms.keys.dueIn(d, "")
		}
		md.gossip.tell(&bus.Revoked{User: user, Erased: true})
	}
	return true
}

// forget removes an erased user.
func (md *moderation) forget(user string) {
	md.revocations.set(user, false, 0)
	md.bans.forget(user)
	md.ranks.forget(user)
	md.evictErased(user)
}

// acted tells clients of an act, and reports whether the act is complete. A clear continues until no message is left;
// its changes are sent at once, the act at the end.
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
	news := done.New || do.Again
	if news && md.gossip != nil {
		md.gossip.tell(&bus.Acted{Room: op.Room, UpTo: done.UpTo, Frame: f.Append(nil)})
	}
	if r == nil || !news {
		p.tell(f)
		return true
	}
	md.tellAct(p, r, f)
	return true
}

// tellAct sends an act to a room, and ends or changes the streams of the user concerned. p is the op; nil: another
// relay carried it out.
func (md *moderation) tellAct(p *pending, r *room, f protocol.Moderated) {
	md.rooms.flush(r)
	u := r.users[md.users.byID[f.User.ID]]
	sendAct(p, r, u, f)
	if u == nil {
		return
	}
	switch f.Act {
	case protocol.ActMute:
		u.setMute(&mute{f.Until, f.Reason})
	case protocol.ActUnmute:
		u.setMute(nil)
	case protocol.ActBan:
		why := bannedUntil(f.Until)
		why.Note = f.Reason
		md.rooms.evict(r, u.user.id, refusalFrame(why, r.name, ""))
	case protocol.ActRemove:
		md.rooms.evict(r, u.user.id, refusalFrame(removed(), r.name, ""))
	}
}

func bannedUntil(until protocol.Time) rules.Refusal {
	return rules.Refusal{Code: protocol.CodeForbidden, Reason: "banned from this room", Why: protocol.WhyBanned, Until: until}
}

func removed() rules.Refusal {
	return rules.Refusal{Code: protocol.CodeForbidden, Reason: "removed from this room", Why: protocol.WhyRemoved}
}

// sendAct tells the moderators, the sender and, if a sanction begins or ends, the user concerned.
func sendAct(p *pending, r *room, concerned *presence, f protocol.Moderated) {
	frame := f.Append(nil)
	for _, m := range r.moderators {
		m.session.sendEncoded(frame)
	}
	others := []*member{}
	if act := f.Act; concerned != nil && act != protocol.ActRemove && act != protocol.ActClear {
		others = append(others, concerned.members...)
	}
	if p != nil && p.session != nil {
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

// evictErased removes a user from all rooms during the user's erasure.
func (md *moderation) evictErased(user string) {
	for _, s := range md.sessions.ofUser(user) {
		for _, m := range slices.Clone(s.members) {
			r := m.presence.room
			md.rooms.evict(r, user, refusalFrame(removed(), r.name, ""))
		}
	}
}
