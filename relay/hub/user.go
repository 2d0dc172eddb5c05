package hub

import (
	"math"
	"time"

	"hallway/relay/guard"
)

// A user holds the state that all connections and requests of one user share.
type user struct {
	id       string
	messages guard.Bucket
	conns    int32  // welcomed connections
	idle     bool   // the user is in users.idle
	spent    int32  // messages that the other relays have not heard of
	touched  bool   // the user is in spending.touched
	round    uint64 // the first round of the queue without an op of the user
}

// users knows the users with a connection, and those who have sent a message recently.
type users struct {
	*shared
	byID map[string]*user
	idle []*user // users without a connection, candidates for forgetting
}

// of returns the entry of a user id, and adds a missing one.
func (us *users) of(id string) *user {
	u := us.byID[id]
	if u == nil {
		u = &user{id: id}
		us.byID[id] = u
	}
	us.release(u)
	return u
}

// release marks a user without a connection to be forgotten once the user's rate is full again.
func (us *users) release(u *user) {
	if u.conns == 0 && !u.idle {
		u.idle = true
		us.idle = append(us.idle, u)
	}
}

// forget drops empty entries.
func (us *users) forget(now time.Time) {
	kept := us.idle[:0]
	for _, u := range us.idle {
		switch {
		case u.conns > 0:
			u.idle = false
		case u.messages.Full(now):
			delete(us.byID, u.id)
		default:
			kept = append(kept, u)
		}
	}
	clear(us.idle[len(kept):])
	us.idle = kept
}

// spend takes a message from the user's rate. If the rate is used up, it returns the time to wait.
func (us *users) spend(now time.Time, u *user) (wait time.Duration) {
	wait = u.messages.Take(now, us.rate())
	if wait == 0 && us.gossip != nil && us.cfg.Rate > 0 {
		u.spent++
		us.gossip.spending.touch(u)
		us.gossip.spending.soon = us.gossip.spending.soon || int(u.spent)*burstShare >= us.rate().Burst
	}
	return wait
}

// rate returns the rate of a user's messages.
func (us *users) rate() guard.Rate {
	return guard.Rate{PerSecond: us.cfg.Rate, Burst: int(math.Ceil(guard.MessagesBurst * us.cfg.Rate))}
}

// connect counts a new connection of the user, or with n = -1 the end of one.
func (us *users) connect(u *user, n int32) {
	if u.conns += n; us.gossip != nil && us.cfg.ConnsPerUser > 0 {
		us.gossip.spending.touch(u)
		us.gossip.spending.soon = us.gossip.spending.soon || us.conns(u)*connsShare >= us.cfg.ConnsPerUser
	}
	us.release(u)
}

// conns returns the number of connections of a user, on all relays.
func (us *users) conns(u *user) int {
	if us.gossip != nil {
		return int(u.conns) + us.gossip.spending.elsewhere[u.id]
	}
	return int(u.conns)
}
