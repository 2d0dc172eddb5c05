package conn

import (
	"slices"

	"github.com/gobwas/ws"

	"hallway/relay/hub"
)

// gatherBytesMax bounds the frames of a room that are gathered for one write.
const gatherBytesMax = 64 << 10

// epollGroup is the fan-out to a room: one buffer for all members, one command for each shard. The hub's owner owns it.
type epollGroup struct {
	parts    []*part // by shard; nil until it has a member there
	portable *group  // nil until it has a member
}

// part is the part of a group that belongs to one shard. The shard owns its fields.
type part struct {
	shard   *shard
	members []*epollConn
	waiting []byte // gathered frames that wait to be broadcast
	own     bool   // no other goroutine uses waiting, so frames may be appended
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
			p.shard.push(command{kind: cmdBroadcast, part: p, data: data})
		}
	}
	if g.portable != nil {
		g.portable.broadcast(data)
	}
}

// broadcast holds the state of writing one buffer to a part's members, from the last to the first.
type broadcast struct {
	part *part
	data []byte
	left int // the remaining members
}

// gather adds data to the frames that wait to be broadcast.
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

// begin starts the broadcast of the frames that wait for p, if any.
func (s *shard) begin(p *part) {
	if len(p.waiting) > 0 {
		s.broadcast = broadcast{part: p, data: p.waiting, left: len(p.members)}
		p.waiting = nil
	}
}

// step continues the broadcast and returns the rest of the budget.
func (s *shard) step(budget int) int {
	c := &s.broadcast
	for ; c.left > 0 && budget > 0; budget-- {
		c.left--
		c.part.members[c.left].queue(c.data)
	}
	if c.left == 0 {
		s.broadcast = broadcast{}
	}
	return budget
}

// removeDead removes dead connections from their parts. It runs between broadcasts, because a broadcast's members must
// keep their places.
func (s *shard) removeDead() {
	for _, c := range s.dead {
		for len(c.memberships) > 0 {
			c.leave(c.memberships[0].part)
		}
	}
	clear(s.dead)
	s.dead = s.dead[:0]
}

// membership is a connection's place in a group.
type membership struct {
	part *part
	at   int // in part.members
}

// join makes the connection a member of a part.
func (c *epollConn) join(p *part) {
	if c.dead || c.membership(p) >= 0 {
		return
	}
	c.memberships = append(c.memberships, membership{p, len(p.members)})
	p.members = append(p.members, c)
}

// leave ends the membership. The part's last member takes its index.
func (c *epollConn) leave(p *part) {
	i := c.membership(p)
	if i < 0 {
		return
	}
	at := c.memberships[i].at
	n := len(p.members) - 1
	last := p.members[n]
	p.members[at] = last
	last.memberships[last.membership(p)].at = at
	p.members[n] = nil
	p.members = p.members[:n]

	c.memberships[i] = c.memberships[len(c.memberships)-1]
	c.memberships[len(c.memberships)-1] = membership{}
	c.memberships = c.memberships[:len(c.memberships)-1]
}

// membership returns the index of a part in memberships; -1 if it is missing.
func (c *epollConn) membership(p *part) int {
	for i := range c.memberships {
		if c.memberships[i].part == p {
			return i
		}
	}
	return -1
}
