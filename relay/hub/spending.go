package hub

import (
	"time"

	"hallway/relay/bus"
)

// connsEvery is the time after which the numbers of connections are repeated, which corrects lost news.
const connsEvery = 5 * time.Second

// spending tells other relays the parts of users' limits that were used here, and counts those that were used there.
// Each relay decides alone: at two relays without a connection between them, a user has the limit twice.
type spending struct {
	*Gossip
	touched   []*user                        // users whose spending or connections have changed since the last telling
	elsewhere map[string]int                 // connections at other relays, by user
	relays    map[bus.RelayID]map[string]int // elsewhere, for each relay
	toldAll   time.Time
	soon      bool // the next wake tells, before the next pulse
}

// The other relays hear at once of a user near a limit, so that the limit holds for the user's next connection or
// request at another relay: from 1/connsShare of the connections on, and after 1/burstShare of a burst of messages.
const (
	connsShare = 2
	burstShare = 8
)

// touch makes the next pulse tell of the user.
func (sp *spending) touch(u *user) {
	if !u.touched {
		u.touched = true
		sp.touched = append(sp.touched, u)
	}
}

// tell tells the other relays what users have used since the last time.
func (sp *spending) tell(now time.Time) {
	if sp.cfg.ConnsPerUser > 0 && now.Sub(sp.toldAll) >= connsEvery {
		sp.toldAll = now
		for _, u := range sp.users.byID {
			if u.conns > 0 {
				sp.touch(u)
			}
		}
	}
	sp.soon = false
	if len(sp.touched) == 0 {
		return
	}
	n := &bus.Spent{Users: make([]bus.Spending, len(sp.touched))}
	for i, u := range sp.touched {
		n.Users[i] = bus.Spending{User: u.id, Messages: int64(u.spent), Conns: int64(u.conns)}
		u.spent, u.touched = 0, false
	}
	clear(sp.touched)
	sp.touched = sp.touched[:0]
	sp.bus.Tell(n)
}

// heard takes another relay's spending.
func (sp *spending) heard(now time.Time, from bus.RelayID, n *bus.Spent) {
	conns := sp.relays[from]
	if conns == nil {
		conns = map[string]int{}
		sp.relays[from] = conns
	}
	for _, s := range n.Users {
		if s.Messages > 0 && sp.cfg.Rate > 0 {
			sp.users.of(s.User).messages.Spend(now, sp.users.rate(), int(s.Messages))
		}
		sp.move(conns, s.User, int(s.Conns))
	}
}

// move sets the number of a user's connections at a relay.
func (sp *spending) move(conns map[string]int, user string, to int) {
	total := sp.elsewhere[user] + to - conns[user]
	if conns[user] = to; to == 0 {
		delete(conns, user)
	}
	if sp.elsewhere[user] = total; total == 0 {
		delete(sp.elsewhere, user)
	}
}

// gone forgets the connections at a relay.
func (sp *spending) gone(relay bus.RelayID) {
	conns := sp.relays[relay]
	for user := range conns {
		sp.move(conns, user, 0)
	}
	delete(sp.relays, relay)
}
