package conn

import (
	"slices"

	"github.com/gobwas/ws"

	"hallway/relay/hub"
)

// gatherBytesMax ends the gathering of a room's frames to one write.
const gatherBytesMax = 64 << 10

// epollGroup is the fan-out to a room: one buffer for all, one command a shard.
// Its owner is the hub's.
type epollGroup struct {
	parts    []*part // by shard; nil until it has a member there
	portable *group  // nil until it has a member
}

// part is what of a group belongs to one shard, whose all its fields are.
type part struct {
	shard   *shard
	members []*epollConn
	waiting []byte // frames that are to be cast; gathered unless it is one command's
	own     bool   // waiting is no one else's, so that more may be appended
}

// NewGroup implements hub.Transport.
func (e *Epoll) NewGroup(string) hub.Group { return &epollGroup{} }

// Add implements hub.Group.
func (g *epollGroup) Add(c hub.Conn) {
	m, ok := c.(*epollConn)
	if !ok {
		if g.portable == nil {
			g.portable = newGroup()
		}
		g.portable.Add(c)
		return
	}
	for len(g.parts) <= m.shard.index {
		g.parts = append(g.parts, nil)
	}
	p := g.parts[m.shard.index]
	if p == nil {
		p = &part{shard: m.shard}
		g.parts[m.shard.index] = p
	}
	m.shard.push(command{kind: cmdAdd, conn: m, part: p})
}

// Remove implements hub.Group.
func (g *epollGroup) Remove(c hub.Conn) {
	m, ok := c.(*epollConn)
	switch {
	case !ok && g.portable != nil:
		g.portable.Remove(c)
	case ok && m.shard.index < len(g.parts) && g.parts[m.shard.index] != nil:
		m.shard.push(command{kind: cmdRemove, conn: m, part: g.parts[m.shard.index]})
	}
}

// Send implements hub.Group.
func (g *epollGroup) Send(frames [][]byte) {
	data := encode(ws.OpText, frames...)
	for _, p := range g.parts {
		if p != nil {
			p.shard.push(command{kind: cmdCast, part: p, data: data})
		}
	}
	if g.portable != nil {
		g.portable.cast(data)
	}
}

// cast is the way of one buffer to a part's members, from the last to the
// first.
type cast struct {
	part *part
	data []byte
	left int // members yet to come
}

// gather has data wait to be cast.
func (s *shard) gather(p *part, data []byte) {
	switch {
	case len(p.members) == 0:
	case len(p.waiting) == 0:
		p.waiting, p.own = data, false
		s.gathering = append(s.gathering, p)
	case !p.own:
		p.waiting, p.own = slices.Concat(p.waiting, data), true
	default:
		p.waiting = append(p.waiting, data...)
	}
}

// begin begins the cast of what waits for p, unless that is done.
func (s *shard) begin(p *part) {
	if len(p.waiting) > 0 {
		s.cast = cast{part: p, data: p.waiting, left: len(p.members)}
		p.waiting = nil
	}
}

// step goes on with the cast and returns what it leaves of the budget.
func (s *shard) step(budget int) int {
	c := &s.cast
	for ; c.left > 0 && budget > 0; budget-- {
		c.left--
		c.part.members[c.left].queue(c.data)
	}
	if c.left == 0 {
		s.cast = cast{}
	}
	return budget
}

// bury takes the dead out of their parts: between casts, so that a cast's
// members stay in place.
func (s *shard) bury() {
	for _, c := range s.buried {
		for len(c.seats) > 0 {
			c.rise(c.seats[0].part)
		}
	}
	clear(s.buried)
	s.buried = s.buried[:0]
}

// seat is a connection's place in a group.
type seat struct {
	part *part
	at   int // in part.members
}

// sit makes the connection a member of a part.
func (c *epollConn) sit(p *part) {
	if c.dead || c.seat(p) >= 0 {
		return
	}
	c.seats = append(c.seats, seat{p, len(p.members)})
	p.members = append(p.members, c)
}

// rise ends that. The part's last member takes the place.
func (c *epollConn) rise(p *part) {
	i := c.seat(p)
	if i < 0 {
		return
	}
	at := c.seats[i].at
	n := len(p.members) - 1
	last := p.members[n]
	p.members[at] = last
	last.seats[last.seat(p)].at = at
	p.members[n] = nil
	p.members = p.members[:n]

	c.seats[i] = c.seats[len(c.seats)-1]
	c.seats[len(c.seats)-1] = seat{}
	c.seats = c.seats[:len(c.seats)-1]
}

// seat is where in seats that of a part is, -1 if there is none.
func (c *epollConn) seat(p *part) int {
	for i := range c.seats {
		if c.seats[i].part == p {
			return i
		}
	}
	return -1
}
