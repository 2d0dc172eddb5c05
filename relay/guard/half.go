package guard

import (
	"container/list"
	"sync"
)

// HalfBytesMax bounds the bytes of unfinished requests and WebSocket messages.
const HalfBytesMax = 16 << 20

// unauthenticatedShare is the divisor of these bytes: above that share, unauthenticated connections are cut first.
const unauthenticatedShare = 4

// Halves bounds the bytes of unfinished requests or messages. Each belongs to a group; above the bound the oldest of
// the heaviest group is cut. It is safe for concurrent use.
type Halves[G comparable] struct {
	most     int
	heaviest func(h *Halves[G]) G

	mu     sync.Mutex
	bytes  int
	groups map[G]*halfGroup
}

type halfGroup struct {
	bytes  int
	halves list.List // of *Half[G], the oldest first
}

// Half holds the size of one connection's unfinished request or message. One goroutine charges it.
type Half[G comparable] struct {
	cut     func()
	charged int // owned by the goroutine that charges it

	// Guarded by the Halves' mu:

	bytes int
	place *list.Element // in its group; nil: no bytes are held
	group G
	over  bool // it was cut or released
}

// NewHalf returns a Half without bytes. cut ends its connection.
func NewHalf[G comparable](cut func()) Half[G] { return Half[G]{cut: cut} }

// NewHalves returns Halves with groups of any kind, such as addresses: the heaviest group is cut first.
func NewHalves[G comparable](most int) *Halves[G] {
	return &Halves[G]{most: most, groups: map[G]*halfGroup{}, heaviest: func(h *Halves[G]) (heaviest G) {
		bytes := -1
		for g, group := range h.groups {
			if group.bytes > bytes {
				heaviest, bytes = g, group.bytes
			}
		}
		return heaviest
	}}
}

// NewHalvesOfClients returns Halves with two groups: true for welcomed clients, false for unauthenticated connections.
// The latter are cut first while they hold more than a quarter.
func NewHalvesOfClients(most int) *Halves[bool] {
	return &Halves[bool]{most: most, groups: map[bool]*halfGroup{}, heaviest: func(h *Halves[bool]) (welcomed bool) {
		unauthenticated := h.groups[false]
		return h.groups[true] != nil && (unauthenticated == nil || unauthenticated.bytes <= h.most/unauthenticatedShare)
	}}
}

// Charge sets the number of bytes that x holds. x joins the group if it held nothing before. Others may be cut for it,
// and it for others. It cuts their connections, and returns their number.
func (h *Halves[G]) Charge(x *Half[G], group G, bytes int) (cut int) {
	if bytes == x.charged {
		return 0
	}
	x.charged = bytes
	victims := h.charge(x, group, bytes)
	for _, victim := range victims {
		victim.cut()
	}
	return len(victims)
}

func (h *Halves[G]) charge(x *Half[G], group G, bytes int) (victims []*Half[G]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if x.over {
		return nil
	}
	h.set(x, group, bytes)
	for h.bytes > h.most {
		victim := h.groups[h.heaviest(h)].halves.Front().Value.(*Half[G])
		h.set(victim, group, 0)
		victim.over = true
		victims = append(victims, victim)
	}
	return victims
}

// Release drops x for good.
func (h *Halves[G]) Release(x *Half[G]) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.set(x, x.group, 0)
	x.over = true
}

// Bytes returns the sum of all held bytes.
func (h *Halves[G]) Bytes() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.bytes
}

func (h *Halves[G]) set(x *Half[G], group G, bytes int) {
	if x.place == nil {
		if bytes == 0 {
			return
		}
		if h.groups[group] == nil {
			h.groups[group] = &halfGroup{}
		}
		x.group = group
		x.place = h.groups[group].halves.PushBack(x)
	}
	g := h.groups[x.group]
	h.bytes += bytes - x.bytes
	g.bytes += bytes - x.bytes
	x.bytes = bytes
	if bytes > 0 {
		return
	}
	g.halves.Remove(x.place)
	x.place = nil
	if g.halves.Len() == 0 {
		delete(h.groups, x.group)
	}
}
