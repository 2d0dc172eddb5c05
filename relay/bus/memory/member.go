package memory

import (
	"errors"
	"maps"
	"slices"

	"hallway/relay/bus"
)

// Member is a relay's place in a [Network].
type Member struct {
	network  *Network
	cluster  string
	id       bus.RelayID
	listener bus.Listener

	connected bool
	cuts      int // the number of times that the connection was cut
	left      bool
	rooms     map[string]*subscription
	lines     map[*Member]*[2]line // to each other relay, for durable and for ephemeral news
	stats     bus.Stats
}

var _ bus.Bus = (*Member)(nil)

// subscription is a room that a relay listens to.
type subscription struct{ active bool }

// line holds the messages under way from one relay to another, in order.
type line struct{ messages [][]byte }

// Listen subscribes to the news of a room.
func (m *Member) Listen(room string) {
	if m.rooms[room] != nil {
		return
	}
	s := &subscription{}
	m.rooms[room] = s
	m.activate(room, s)
}

// activate makes a subscription effective, and reports it, each after a delay.
func (m *Member) activate(room string, s *subscription) {
	m.later(func() {
		if m.connected && m.rooms[room] == s {
			s.active = true
			m.later(func() {
				if s.active && m.rooms[room] == s {
					m.listener.Listening([]string{room})
				}
			})
		}
	})
}

// Unlisten unsubscribes from the news of a room.
func (m *Member) Unlisten(room string) { delete(m.rooms, room) }

// Stats returns the counters.
func (m *Member) Stats() bus.Stats {
	s := m.stats
	s.Connected = m.connected
	return s
}

// later calls a function after a delay, unless the relay has left by then.
func (m *Member) later(do func()) {
	m.network.later(m.network.delay(), func() {
		if !m.left {
			do()
		}
	})
}

// Tell publishes news to the other relays.
func (m *Member) Tell(news bus.News) {
	for _, part := range bus.Split(news) {
		if !m.connected {
			m.stats.Dropped++
			continue
		}
		m.stats.Published++
		message := bus.Encode(m.id, part)
		for _, other := range m.network.members {
			if other != m && other.hears(m, part) {
				m.send(other, message, bus.Durable(part))
			}
		}
	}
}

// hears reports whether the relay gets news of another one.
func (m *Member) hears(from *Member, news bus.News) bool {
	if m.left || !m.connected || m.cluster != from.cluster || m.network.parted[[2]*Member{from, m}] {
		return false
	}
	if to := bus.RelayOf(news); to != 0 {
		return to == m.id
	}
	room := bus.RoomOf(news)
	s := m.rooms[room]
	return room == "" || s != nil && s.active
}

// send sends a message, with the network's faults.
func (m *Member) send(to *Member, message []byte, durable bool) {
	n := m.network
	if n.happens(n.Faults.Lost) {
		return
	}
	if n.happens(n.Faults.Foreign) {
		message = append([]byte{message[0] + 1}, message[1:]...)
	}
	lines := m.lines[to]
	if lines == nil {
		lines = new([2]line)
		m.lines[to] = lines
	}
	l := &lines[0]
	if durable {
		l = &lines[1]
	}
	times := 1
	if n.happens(n.Faults.Doubled) {
		times = 2
	}
	for range times {
		l.messages = append(l.messages, message)
		// It receives the line's first message, not this one, so each line keeps its order.
		to.later(func() { to.receive(l.take(n)) })
	}
}

// take removes and returns the next message of the line; nil if the line was emptied.
func (l *line) take(n *Network) []byte {
	if len(l.messages) == 0 {
		return nil
	}
	i := 0
	if n.happens(n.Faults.Overtaking) {
		i = int(n.random.Int64N(int64(len(l.messages))))
	}
	message := l.messages[i]
	copy(l.messages[1:i+1], l.messages[:i])
	l.messages = l.messages[1:]
	return message
}

// receive hands a message to the listener.
func (m *Member) receive(message []byte) {
	if message == nil || !m.connected {
		return
	}
	from, news, err := bus.Decode(message)
	switch {
	case errors.Is(err, bus.ErrUnknown):
		m.stats.Unknown++
	case err != nil:
		m.stats.Malformed++
	default:
		m.stats.Received++
		m.listener.Heard(from, news)
	}
}

// lose drops the messages that are under way to the relay.
func (m *Member) lose() {
	for _, other := range m.network.members {
		if lines := other.lines[m]; lines != nil {
			lines[0].messages, lines[1].messages = nil, nil
		}
	}
}

// Cut breaks the relay's connection. Messages under way to it are lost.
func (m *Member) Cut() {
	m.connected = false
	m.cuts++
	for _, s := range m.rooms {
		s.active = false
	}
	m.lose()
}

// Restore restores the connection. After a delay the relay listens again, and is told of lost news.
func (m *Member) Restore() {
	m.connected = true
	m.stats.Reconnects++
	cut := m.cuts
	m.later(func() {
		if m.cuts != cut {
			return
		}
		rooms := slices.Sorted(maps.Keys(m.rooms))
		for _, room := range rooms {
			m.rooms[room].active = true
		}
		m.later(func() {
			if m.cuts == cut {
				m.listener.Listening(rooms)
				m.listener.Missed()
			}
		})
	})
}

// Lag simulates a relay that is too slow: messages under way to it are lost, and it is told of that.
func (m *Member) Lag() {
	m.lose()
	m.stats.Missed++
	m.later(m.listener.Missed)
}

// Leave removes the relay from the network, as the end of its process does.
func (m *Member) Leave() {
	m.Cut()
	m.left = true
}
