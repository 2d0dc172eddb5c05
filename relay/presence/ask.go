package presence

import (
	"maps"
	"slices"
	"time"

	"hallway/relay/bus"
)

// question waits for the other relays' users of a room.
type question struct {
	room  string
	users map[string]bool
	waits map[bus.RelayID]*assembly
	until time.Time
	done  []func(users map[string]bool)
}

// Ask calls done with the users of a room on all relays: perhaps before it returns, and at the latest after
// AnswerWithin. The caller may keep the map.
func (p *Presence) Ask(now time.Time, name string, done func(users map[string]bool)) {
	if r := p.rooms[name]; r != nil {
		users := make(map[string]bool, len(r.users))
		for user := range r.users {
			users[user] = true
		}
		done(users)
		return
	}
	q := p.questions[name]
	if q != nil {
		q.done = append(q.done, done)
		return
	}
	q = &question{
		room: name, users: map[string]bool{}, waits: map[bus.RelayID]*assembly{}, until: now.Add(AnswerWithin),
		done: []func(map[string]bool){done},
	}
	p.questions[name] = q
	for _, id := range p.Peers() {
		q.waits[id] = &assembly{}
	}
	p.askAll(name)
	p.endIfAnswered(q)
}

// answer takes a relay's users.
func (p *Presence) answer(q *question, from bus.RelayID, users []string) {
	for _, user := range users {
		q.users[user] = true
	}
	delete(q.waits, from)
	p.endIfAnswered(q)
}

func (p *Presence) endIfAnswered(q *question) {
	if len(q.waits) > 0 {
		return
	}
	delete(p.questions, q.room)
	for _, done := range q.done {
		done(maps.Clone(q.users))
	}
}

// asked returns the rooms of the questions, by name.
func (p *Presence) asked() []string { return slices.Sorted(maps.Keys(p.questions)) }

// endQuestions ends the questions whose time is up.
func (p *Presence) endQuestions(now time.Time) {
	for _, name := range p.asked() {
		if q := p.questions[name]; !now.Before(q.until) {
			clear(q.waits)
			p.endIfAnswered(q)
		}
	}
}
