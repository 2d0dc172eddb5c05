package conn

import (
	"container/list"
	"sync"
	"sync/atomic"

	"hallway/protocol"
)

// HalfBytesMax is how many bytes of messages that are not whole a transport holds in all.
// Beyond it the oldest gives way: of those that have not been admitted while they hold
// more than a strangersShare of it, else of those that have.
const HalfBytesMax = 16 << 20

const strangersShare = 4

// halves are the messages of a transport that are not whole yet.
type halves struct {
	most int

	mu        sync.Mutex
	bytes     int
	strange   int       // … of strangers
	strangers list.List // of *half, the oldest first
	admitted  list.List // likewise
}

// half is what has come of one connection's message. It also knows how large that may be.
type half struct {
	halves *halves
	cut    func(code protocol.CloseCode, reason string)
	known  atomic.Bool // the connection is admitted

	charged int // bytes; of the goroutine that reads

	// Of halves:

	bytes int
	place *list.Element // in in; nil: none
	in    *list.List
	over  bool // it has given way
}

// most is how large a message may be: before the hub has admitted the connection only a
// hello comes.
func (h *half) most(frameBytesMax int64) int64 {
	if h.known.Load() {
		return frameBytesMax
	}
	return min(frameBytesMax, protocol.HelloBytesMax)
}

// charge sets how many bytes are held of the connection's message; others may give way
// to it, and it to them.
func (h *half) charge(bytes int) {
	if bytes == h.charged {
		return
	}
	h.charged = bytes
	for _, victim := range h.halves.charge(h, bytes) {
		victim.cut(protocol.CloseTimeout, "the rest of a message has not come in time")
	}
}

func (h *halves) charge(x *half, bytes int) (victims []*half) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !x.over {
		h.set(x, bytes)
	}
	for h.bytes > h.most {
		crowd := &h.admitted
		if h.strange > h.most/strangersShare || crowd.Len() == 0 {
			crowd = &h.strangers
		}
		victim := crowd.Front().Value.(*half)
		h.set(victim, 0)
		victim.over = true
		victims = append(victims, victim)
		closed[protocol.CloseTimeout].Add(1)
	}
	return victims
}

func (h *halves) set(x *half, bytes int) {
	if bytes > 0 && x.place == nil {
		if x.in = &h.strangers; x.known.Load() {
			x.in = &h.admitted
		}
		x.place = x.in.PushBack(x)
	}
	grown := bytes - x.bytes
	x.bytes = bytes
	h.bytes += grown
	if x.in == &h.strangers {
		h.strange += grown
	}
	if bytes == 0 && x.place != nil {
		x.in.Remove(x.place)
		x.place = nil
	}
}
