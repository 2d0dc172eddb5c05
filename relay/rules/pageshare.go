package rules

import "hallway/protocol"

// A PageShare counts the messages and bytes that still fit into a page, or one side of it. Every store uses it, so all
// stores cut pages alike.
type PageShare struct {
	messages, bytes int
	some            bool
}

// PageShare returns the share of q's page.
func (q Query) PageShare() PageShare {
	return PageShare{messages: q.Limit, bytes: protocol.PageBytesMax}
}

// Halves returns the shares of the two sides of a page around a message.
func (q Query) Halves() (before, from PageShare) {
	const half = protocol.PageBytesMax / 2
	return PageShare{messages: q.Limit / 2, bytes: half}, PageShare{messages: q.Limit - q.Limit/2, bytes: half}
}

// Messages returns the number of messages that still fit.
func (p *PageShare) Messages() int { return p.messages }

// Take counts the next message, of so many bytes, and reports whether it fits. If it does not, the page ends before it.
// The first message always fits.
func (p *PageShare) Take(bytes int) bool {
	if p.messages < 1 || p.some && bytes > p.bytes {
		return false
	}
	p.some = true
	p.messages--
	p.bytes -= bytes
	return true
}
