package server

import (
	"container/list"
	"net/netip"
	"sync"
)

// HalfBytesMax is how many bytes of requests that are not whole may be held in all.
// Beyond it the oldest of the address that has the most gives way.
const HalfBytesMax = 16 << 20

// halves are the requests that are not whole yet.
type halves struct {
	most int
	cuts func(reason string)

	mu        sync.Mutex
	bytes     int
	addresses map[netip.Addr]*halfAddress
}

// halfAddress is what one address has of them.
type halfAddress struct {
	bytes int
	conns list.List // of *httpConn, the oldest request first
}

// halfEntry is what one connection has of them.
type halfEntry struct {
	bytes int
	place *list.Element // in its address's; nil: none
	over  bool          // the connection has given way, or carries requests no more
}

func newHalves(most int, cuts func(string)) *halves {
	return &halves{most: most, cuts: cuts, addresses: map[netip.Addr]*halfAddress{}}
}

// charge sets how many bytes a connection's request takes; others may give way to it.
func (h *halves) charge(c *httpConn, bytes int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.half.over || c.half.bytes == bytes {
		return
	}
	h.set(c, bytes)
	for h.bytes > h.most {
		victim := h.heaviest().conns.Front().Value.(*httpConn)
		h.set(victim, 0)
		victim.half.over = true
		h.cuts("half")
		victim.cut()
	}
}

// release ends a connection's being counted.
func (h *halves) release(c *httpConn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set(c, 0)
	c.half.over = true
}

func (h *halves) set(c *httpConn, bytes int) {
	a := h.addresses[c.addr]
	if a == nil {
		if bytes == 0 {
			return
		}
		a = &halfAddress{}
		h.addresses[c.addr] = a
	}
	h.bytes += bytes - c.half.bytes
	a.bytes += bytes - c.half.bytes
	c.half.bytes = bytes
	switch {
	case bytes > 0 && c.half.place == nil:
		c.half.place = a.conns.PushBack(c)
	case bytes == 0 && c.half.place != nil:
		a.conns.Remove(c.half.place)
		c.half.place = nil
	}
	if a.conns.Len() == 0 {
		delete(h.addresses, c.addr)
	}
}

// heaviest is the address that has the most.
func (h *halves) heaviest() (heaviest *halfAddress) {
	for _, a := range h.addresses {
		if heaviest == nil || a.bytes > heaviest.bytes {
			heaviest = a
		}
	}
	return heaviest
}
