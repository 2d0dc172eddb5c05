package simulation

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/bus/memory"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// relay is one process of the relay: the hub and its shell. After a kill only the store remains.
type relay struct {
	w        *world
	place    int // the index in cluster.relays
	name     string
	up       bool
	pausedAt time.Duration
	paused   time.Duration // the process does nothing before this time
	draining bool
	hub      *hub.Hub
	cfg      hub.Config
	skew     time.Duration
	links    int // the number of accepted links so far
	batch    []rules.Op
	tx       *transaction // the transaction of the batch; nil: none has begun
	member   *memory.Member
	wakeAt   time.Time // the time of the hub's next call; zero: not yet known

	fills  map[string][]func() // by room: the calls that wait until its window is filled
	groups map[string]*group   // by room
}

// ratePerSecond is the relay's limit of messages, if it has one.
const ratePerSecond = 2

var (
	errCommit = errors.New("the disk is full")
	errToken  = errors.New("the token is not valid")
)

// clock returns the time of the relay's clock.
func (r *relay) clock() time.Time { return start.Add(r.w.now + r.skew) }

// in calls a function on this process after a time.
func (r *relay) in(d time.Duration, do func()) {
	r.w.in(d, func() { r.do(do) })
}

// tick calls the hub at regular times.
func (r *relay) tick() {
	r.hub.Tick(r.clock())
	r.in(hub.TickEvery, r.tick)
}

// kill ends the process at this instant.
func (r *relay) kill() {
	r.w.note(r.name, "killed with %d ops under way", len(r.batch))
	r.up = false
	r.w.cluster.relays[r.place] = nil
	if r.member != nil {
		r.member.Leave()
	}
	if r.tx != nil && !r.tx.sent {
		r.w.db.unlock(r.tx)
	}
	for _, p := range r.w.pages {
		if l := p.link; l != nil && l.relay == r {
			if l.shut = true; r.w.weather.strikes(halfOpens, 0.2) {
				l.down.dead = true // the machine has died, so it sends no close
			}
			l.lost()
		}
	}
}

// restart starts a relay in place of this one, within a time.
func (r *relay) restart(within time.Duration) {
	r.w.in(r.w.upTo(within), func() { r.w.cluster.startAt(r.place) })
}

// deploy drains the relay, closes all connections, and ends the process.
func (r *relay) deploy() {
	if r.draining {
		return
	}
	r.w.note(r.name, "drains")
	r.draining = true
	r.hub.Drain(r.clock())
	r.in(r.w.upTo(2*time.Second), func() {
		r.w.note(r.name, "closes all")
		r.hub.CloseAll(r.clock())
		r.in(r.w.upTo(time.Second), func() {
			r.kill()
			r.restart(2 * time.Second)
		})
	})
}

// accept opens a session for a link.
func (r *relay) accept(l *link) {
	r.links++
	r.w.note(r.name, "accepts %v", l)
	l.session = r.hub.Open(r.clock(), &hub.Client{ID: fmt.Sprint("s", r.links)}, l)
}

// received gives the hub a frame of a page, or refuses one that is too large.
func (r *relay) received(l *link, data []byte) {
	if int64(len(data)) > r.cfg.Limits.FrameBytes {
		if f, err := protocol.DecodeClient(data, protocol.Limits{TextBytes: protocol.TextBytesMax}); err == nil {
			if send, ok := f.(protocol.Send); ok {
				r.w.people.byID[send.ID].moved = true // if the close is lost, a later relay may accept the message
			}
		}
		l.Close(protocol.CloseTooLarge, "the frame is too large")
		l.up.cut++ // the relay reads no later frames
		l.send(&l.up, 0, l.gone)
		return
	}
	l.noteJoin(data)
	r.hub.Received(r.clock(), l.session, data)
}

// Verify implements [hub.Verifier].
func (r *relay) Verify(now time.Time, _ netip.Addr, token string) (hub.Identity, error) {
	t, ok := r.w.tokens[token]
	expires := t.expires.Add(10 * time.Second)
	if !ok || r.w.cluster.refuses || !now.Before(expires) {
		return hub.Identity{}, errToken
	}
	return hub.Identity{User: user(t.user), Expires: expires, Grants: everywhere{roleOf(t.user)}}, nil
}

// user returns a user as tokens name them.
func user(id string) protocol.User {
	return protocol.User{ID: id, Name: id, Role: roleOf(id)}
}

// roleOf returns a user's role. Ada is the moderator of the rooms.
func roleOf(user string) protocol.Role {
	if user == "ada" {
		return protocol.RoleModerator
	}
	return protocol.RoleParticipant
}

// everywhere is a list of rooms that opens every room.
type everywhere struct{ role protocol.Role }

func (e everywhere) Role(string) (protocol.Role, bool) { return e.role, true }

func (e everywhere) Highest() protocol.Role { return e.role }

func (e everywhere) Everywhere() protocol.Role { return e.role }

func (e everywhere) Entries() []bus.Grant { return []bus.Grant{{Pattern: "*", Role: e.role}} }

func (e everywhere) Same(other hub.Grants) bool { return other == hub.Grants(e) }

// Commit implements [hub.Committer]. The transaction takes a while until it is durable; later the hub learns of it.
func (r *relay) Commit(ops []rules.Op) {
	w := r.w
	if r.batch != nil {
		w.fail("a second batch while one is under way")
	}
	r.batch = ops
	slow := func() time.Duration { return w.upTo(w.weather.commit / 2) }
	r.in(slow(), func() {
		tx := newTransaction(ops)
		r.tx = tx
		w.db.lock(tx, func() {
			now := start.Add(w.now + w.db.skew) // the database's clock
			in := r.in
			if tx.sent = w.cluster.several() && w.oneIn(2); tx.sent {
				in = w.in
			}
			in(slow(), func() {
				outcomes, err := r.transact(tx, now, ops)
				r.in(slow(), func() {
					if w.trace != nil {
						w.note(r.name, "committed %s, err %v", listed(ops, outcomes), err)
					}
					r.batch = nil
					r.hub.Committed(r.clock(), outcomes, err)
				})
			})
		})
	})
}

// transact carries out a batch that has its locks, or fails.
func (r *relay) transact(tx *transaction, now time.Time, ops []rules.Op) ([]rules.Outcome, error) {
	w := r.w
	w.db.unlock(tx)
	outcomes, err := w.db.store.Stage(now, ops)
	if err != nil || tx.aborted || w.weather.strikes(storeFails, 0.05) {
		w.db.store.Rollback()
		return nil, errCommit
	}
	w.db.store.Sync()
	w.db.noteStored(ops, outcomes)
	if w.weather.strikes(edits, 0.1) {
		w.db.edit(ops[len(ops)-1].Room, 1) // so that the hub tells a message that has a newer state in the store
	}
	if w.weather.strikes(resultsLost, 0.05) {
		return nil, errCommit
	}
	return outcomes, nil
}

// listed returns a batch's ops, each with its outcome, as one line.
func listed(ops []rules.Op, outcomes []rules.Outcome) string {
	var text []string
	for i := range ops {
		word := fmt.Sprintf("%T %+v by %s", ops[i].Do, ops[i].Do, ops[i].Sender.ID)
		switch do := ops[i].Do.(type) {
		case rules.Open:
			word = "open"
		case rules.Send:
			word = "send " + short(do.ID)
			if do.FindOnly {
				word = "find " + short(do.ID)
			}
		case rules.Read:
			word = fmt.Sprintf("read %d of %s", do.Seq, ops[i].Sender.ID)
		case rules.Adjust:
			word = string(protocol.Encode(do))
		}
		if i < len(outcomes) {
			stored, _ := outcomes[i].Result.(rules.Stored)
			word += fmt.Sprintf(" (rev %d%s)", stored.Message.Rev, outcomes[i].Code)
		}
		text = append(text, word)
	}
	return strings.Join(text, ", ")
}

// group holds a room's links.
type group struct {
	r     *relay
	links []*link
}

// NewGroup implements [hub.Transport].
func (r *relay) NewGroup(room string) hub.Group {
	r.groups[room] = &group{r: r}
	return r.groups[room]
}

func (g *group) Add(c hub.Conn) {
	g.r.w.cluster.moved = g.r.w.now
	g.links = append(g.links, c.(*link))
}

func (g *group) Remove(c hub.Conn) {
	g.r.w.cluster.moved = g.r.w.now
	g.links = slices.DeleteFunc(g.links, func(l *link) bool { return hub.Conn(l) == c })
}

func (g *group) Send(frames [][]byte) {
	for _, frame := range frames {
		if len(g.links) == 0 {
			return
		}
		f := g.r.decode(g.links[0], frame)
		for _, l := range g.links {
			l.push(frame, f, true)
		}
	}
}

// post sends a message over REST, as a user without a chat.
func (r *relay) post(room string) {
	it := r.w.people.write("bot", room, nil)
	send := protocol.Send{Room: room, ID: it.id, Text: it.text}
	who := hub.Identity{User: user("bot"), Expires: r.clock().Add(time.Hour), Grants: everywhere{roleOf("bot")}}
	silent := r.w.moderator.silent[room]
	r.hub.Change(r.clock(), who, rules.Op{Room: send.Room, Do: rules.Send{Send: send}}, func(o rules.Outcome) {
		r.w.moderator.checkPost(room, silent, o)
		r.w.note(r.name, "answers the post of %s: %q", short(it.id), o.Code)
		if o.Code == "" {
			m := o.Result.(rules.Stored).Message
			r.w.db.mustBeDurable(&m, r.w.db.lives[o.Epoch], "answered over REST")
			it.echoed = true
		}
	})
}
