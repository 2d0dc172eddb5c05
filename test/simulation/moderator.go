package simulation

import (
	"math/rand/v2"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// A moderator works in the rooms over REST: it deletes messages, clears those of a user, mutes and bans the bot, and handles
// reports. It has its own source of random numbers, so that seeds without a moderator do not depend on it.
type moderator struct {
	w       *world
	rnd     *rand.Rand
	silent  map[string]int // the rooms in which the bot is known to be muted or banned, each with the number of the act
	lifted  map[string]int // by room: how often the moderator has asked to end a mute or ban
	lifting map[string]int // by room: those requests at another relay that have no answer yet
	acts    int            // the number of mutes and bans so far
	reports []int64        // the numbers of the reports so far
}

// moderatedSeeds is the remainder by seven of the seeds with a moderator. No regression has it.
const moderatedSeeds = 6

// beginModeration makes the moderator in the seeds that have one.
func (w *world) beginModeration(seed uint64) {
	w.moderator = &moderator{w: w, rnd: rand.New(rand.NewPCG(seed, 1)), silent: map[string]int{}, lifted: map[string]int{}, lifting: map[string]int{}}
	if seed%7 == moderatedSeeds {
		w.moderator.next()
	}
}

// next schedules the next act.
func (m *moderator) next() {
	m.w.in(time.Duration(m.rnd.Int64N(int64(2*m.w.weather.pace))), func() {
		if r := m.w.cluster.balance(); r != nil {
			room := m.w.rooms[m.rnd.IntN(len(m.w.rooms))]
			r.do(func() { m.act(r, room) })
		}
		if !m.w.weather.calm {
			m.next()
		}
	})
}

// act draws an act in a room.
func (m *moderator) act(r *relay, room string) {
	h := m.w.db.store.Life(room)
	if h.Len() == 0 {
		return
	}
	id := h.Message(max(0, h.Len()-1-m.rnd.IntN(20))).ID
	users := []string{"bot", "bo", "cy"}
	switch m.rnd.IntN(10) {
	case 0, 1:
		m.ask(r, room, rules.Delete{ID: id}, func(o rules.Outcome) {
			if o.Code != "" {
				return
			}
			if stored := m.w.db.lives[o.Epoch].Find(id); stored != nil && !stored.Deleted() {
				m.w.fail("%s was deleted by the moderator and is not", short(id))
			}
		})
	case 2:
		m.ask(r, room, rules.Moderate{Act: protocol.ActClear, User: users[m.rnd.IntN(len(users))]}, nil)
	case 3:
		m.ask(r, room, rules.Pin{ID: id, On: m.rnd.IntN(2) == 0}, nil)
	case 4:
		m.ask(r, room, rules.Report{ID: id, Reason: "rude"}, func(o rules.Outcome) {
			if o.Code == "" {
				m.reports = append(m.reports, o.Result.(rules.Reported).Report.N)
			}
		})
	case 5:
		if n := len(m.reports); n > 0 {
			m.ask(r, room, rules.Resolve{N: m.reports[m.rnd.IntN(n)], State: protocol.ReportResolved}, nil)
		}
	case 6:
		m.ask(r, room, rules.Adjust{Adjust: protocol.Adjust{Frozen: new(bool)}}, nil)
	case 7, 8:
		act := []protocol.Act{protocol.ActMute, protocol.ActBan}[m.rnd.IntN(2)]
		before := m.lifted[room]
		m.ask(r, room, rules.Moderate{Act: act, User: "bot", Reason: "noise"}, func(o rules.Outcome) {
			if o.Code == "" && m.lifted[room] == before && m.lifting[room] <= 0 {
				m.acts++
				m.silent[room] = m.acts
			}
		})
	default:
		delete(m.silent, room)
		m.lifted[room]++
		for _, act := range []protocol.Act{protocol.ActUnmute, protocol.ActUnban, protocol.ActRemove} {
			if m.w.cluster.several() {
				m.lifting[room]++
			}
			m.ask(r, room, rules.Moderate{Act: act, User: "bot"}, func(rules.Outcome) { m.lifting[room]-- })
		}
	}
}

// ask sends an op to the relay. done, unless it is nil, gets the outcome, but not if the relay is
// killed meanwhile.
func (m *moderator) ask(r *relay, room string, do rules.Action, done func(rules.Outcome)) {
	who := hub.Identity{
		User: protocol.User{ID: "mo", Name: "mo", Role: protocol.RoleOrganizer}, Expires: r.clock().Add(time.Hour),
		Grants: everywhere{protocol.RoleOrganizer},
	}
	r.hub.Change(r.clock(), who, rules.Op{Room: room, Do: do}, func(o rules.Outcome) {
		m.w.note("mo", "is answered %T: %q", do, o.Code)
		if done != nil {
			done(o)
		}
	})
}

// restored forgets acts that an older database does not know.
func (m *moderator) restored() { clear(m.silent) }

// checkPost checks that the relay has stored nothing new of a bot that was muted or banned during the whole request, by the same act.
func (m *moderator) checkPost(room string, silent int, o rules.Outcome) {
	if stored, ok := o.Result.(rules.Stored); ok && stored.New && silent > 0 && m.silent[room] == silent {
		m.w.fail("the bot writes in %s and may not", room)
	}
}
