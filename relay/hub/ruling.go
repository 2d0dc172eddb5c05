package hub

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Known holds the state of all rooms and users that a hub keeps in memory.
type Known struct {
	Bans    map[rules.Ban]rules.BanTerms // in force
	Revoked map[string]protocol.Time     // the times of revocations in force, by user
	Ranked  []string                     // users above participant in any room
}

// Know takes the state of the database before the hub's first call.
func (h *Hub) Know(k Known) {
	maps.Copy(h.bans.terms, k.Bans)
	maps.Copy(h.revocations.since, k.Revoked)
	for _, u := range k.Ranked[:min(len(k.Ranked), ranksMax)] {
		h.ranks.seen[u] = &ranked{}
	}
}

// rulings keeps the hub's memory of rules level with the database. If a query for heads finds another version, it reads
// all rules again; if they change during the read, it reads once more.
type rulings struct {
	*Gossip
	known   int64 // the version of Known; -1: it has changed since
	wanted  int64 // the version to be read, or being read
	due     bool
	reading bool
	stale   bool // something has changed since the read began
	readAt  time.Time
}

// ruled holds the version of a room's rules, as rulings does for Known.
type ruled struct {
	known   int64
	reading bool
	stale   bool
}

// knownEvery is the least time between two reads of Known, which take long with many bans.
const knownEvery = time.Second

// changed marks the version of Known and of a room's rules as unknown. r is nil if the change is of no open room.
func (rl *rulings) changed(r *room) {
	rl.known, rl.stale = -1, true
	if r != nil {
		r.level.ruled.known, r.level.ruled.stale = -1, true
	}
}

// compare compares the version of Known with the one that a query has read.
func (rl *rulings) compare(version int64) {
	if version != rl.known && !rl.reading {
		rl.wanted, rl.due = version, true
	}
}

// readDue reads Known if it has another version.
func (rl *rulings) readDue(now time.Time) {
	if rl.due && !rl.reading && now.Sub(rl.readAt) >= knownEvery {
		rl.reading, rl.stale, rl.readAt = true, false, now
		rl.reader.ReadKnown()
	}
}

// compareRoom compares the version of a room's rules with the one that a query has read.
func (rl *rulings) compareRoom(r *room, version int64) {
	if lv := &r.level.ruled; version != lv.known && !lv.reading {
		rl.readRoom(r)
	}
}

// isNew reports whether rules of a version are at least as new as the streams' rules. If the rules have changed since
// the read began, that is unknown, and it reads them again.
func (rl *rulings) isNew(r *room, version int64) bool {
	if known := r.level.ruled.known; known >= 0 && version >= known {
		return true
	}
	rl.compareRoom(r, version)
	return false
}

func (rl *rulings) readRoom(r *room) {
	r.level.ruled.reading, r.level.ruled.stale = true, false
	rl.reader.ReadRuling(r.name)
}

// Ruling takes the answer to ReadRuling. After an error the next check asks again.
func (g *Gossip) Ruling(now time.Time, room string, ruling rules.Ruling, err error) {
	r := g.rooms.byName[room]
	if r == nil || !r.level.ruled.reading {
		return // the room was left meanwhile
	}
	lv := &r.level.ruled
	lv.reading = false
	switch {
	case err != nil || !r.open || ruling.Epoch != r.epoch:
	case lv.stale:
		g.rulings.readRoom(r)
	default:
		lv.known = ruling.Version
		g.windows.purged(r.window, purge{ruling.Epoch, ruling.Below})
		g.rooms.setRules(r, ruling.Settings)
		g.rooms.setReports(r, ruling.Reports)
		if l := ruling.Lock; l != nil {
			g.rooms.keys.setRuledLock(r, l)
		}
		g.rulings.setMutes(now, r, ruling.Mutes)
	}
}

// setMutes tells users that their mute has changed.
func (rl *rulings) setMutes(now time.Time, r *room, mutes []protocol.Sanction) {
	byUser := make(map[string]*protocol.Sanction, len(mutes))
	for i := range mutes {
		byUser[mutes[i].User.ID] = &mutes[i]
	}
	var changed []*presence
	for u, p := range r.users {
		next, had := muteOf(byUser[u.id]), p.mute()
		if had.over(now) {
			had = nil
		}
		if next != had && (next == nil || had == nil || *next != *had) {
			changed = append(changed, p)
		}
	}
	slices.SortFunc(changed, func(a, b *presence) int { return strings.Compare(a.user.id, b.user.id) })
	for _, p := range changed {
		s := byUser[p.user.id]
		p.setMute(muteOf(s))
		f := protocol.Moderated{Room: r.name, Act: protocol.ActMute, User: p.members[0].sender()}
		if s != nil {
			f.Until, f.Reason, f.By = s.Until, s.Reason, s.By
		} else {
			f.Act, f.By = protocol.ActUnmute, f.User // the moderator is unknown
		}
		for _, m := range p.members {
			if m.joined {
				m.session.send(f)
			}
		}
	}
}

// Known takes the answer to ReadKnown. After an error, or after a change during the read, the hub reads again.
func (g *Gossip) Known(now time.Time, k Known, err error) {
	rl := &g.rulings
	rl.reading = false
	if err == nil && !rl.stale {
		rl.known, rl.due = rl.wanted, false
		g.revocations.replace(k.Revoked)
		g.moderation.endAllRevoked(k.Revoked)
		g.bans.replace(k.Bans)
		g.moderation.evictBanned(now, k.Bans)
		if g.ranking.keep(now, k.Ranked) {
			rl.known = -1
		}
	}
}

// endAllRevoked ends the sessions whose tokens were revoked.
func (md *moderation) endAllRevoked(since map[string]protocol.Time) {
	md.sessions.each(func(s *Session) {
		if s.user == nil || since[s.user.id] == 0 {
			return
		}
		if md.revocations.Refuse(&Identity{User: protocol.User{ID: s.user.id}, IssuedAt: s.issued()}) {
			md.sessions.endRevoked(s)
		}
	})
}

// evictBanned ends banned users' streams.
func (md *moderation) evictBanned(now time.Time, bans map[rules.Ban]rules.BanTerms) {
	byName := func(a, b rules.Ban) int {
		return cmp.Or(strings.Compare(a.Room, b.Room), strings.Compare(a.User, b.User))
	}
	for _, ban := range slices.SortedFunc(maps.Keys(bans), byName) {
		r := md.rooms.opened(ban.Room)
		if r == nil {
			continue
		}
		p := r.users[md.users.byID[ban.User]]
		if p == nil {
			continue
		}
		for _, m := range slices.Clone(p.members) {
			if until, banned := md.bans.Of(now, ban, m.role); banned {
				md.rooms.evict(r, ban.User, refusalFrame(bannedUntil(until), r.name, ""))
				break
			}
		}
	}
}
