package hub

import "hallway/protocol"

// A PageShare counts what a page, or one side of it, may still hold: messages, and
// bytes of them. Every store fills its pages by it, so that all cut them alike.
type PageShare struct {
	messages, bytes int
	some            bool
}

// PageShare returns what the page of q may hold.
func (q Query) PageShare() PageShare {
	return PageShare{messages: q.Limit, bytes: protocol.PageBytesMax}
}

// Halves returns the shares of the two sides of a page around a message.
func (q Query) Halves() (before, from PageShare) {
	const half = protocol.PageBytesMax / 2
	return PageShare{messages: q.Limit / 2, bytes: half}, PageShare{messages: q.Limit - q.Limit/2, bytes: half}
}

// Messages returns how many more messages there may be.
func (p *PageShare) Messages() int { return p.messages }

// Take takes up the place of the next message. It reports whether there was any: the
// page ends before a message for which there is none. The first message has its place
// whatever its size.
func (p *PageShare) Take(m *protocol.Message) bool { return p.take(m.Size()) }

func (p *PageShare) take(bytes int) bool {
	if p.messages < 1 || p.some && bytes > p.bytes {
		return false
	}
	p.some = true
	p.messages--
	p.bytes -= bytes
	return true
}
