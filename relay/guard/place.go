package guard

import (
	"container/list"
	"sync"
)

// Places bounds the descriptors that connections take. A connection takes a place before it has said anything, and a
// browser keeps the connection of its last request for a minute. So when places run short, the connection that has been
// silent for longest gives way, and neither costs others a place. It is safe for concurrent use.
type Places struct {
	most int        // 0: no limit
	held func() int // connections that take a file but no place here: they carry requests no more

	mu    sync.Mutex
	order list.List // of *Place, the longest silent first
}

// Place is a connection's place. The zero Place is none.
type Place struct {
	cut func()
	at  *list.Element // the Places' mu guards it; nil: the connection has no place any more
}

// NewPlaces returns so many places; held returns the number of those that are taken elsewhere.
func NewPlaces(most int, held func() int) *Places { return &Places{most: most, held: held} }

// Enter gives a new connection a place. The connection is cut when it gives way.
func (p *Places) Enter(x *Place, cut func()) {
	if p.most == 0 {
		return
	}
	held := p.held()
	p.mu.Lock()
	defer p.mu.Unlock()
	x.cut = cut
	x.at = p.order.PushBack(x)
	for p.order.Len() > 1 && p.order.Len()+held > p.most {
		silent := p.order.Remove(p.order.Front()).(*Place)
		silent.at = nil
		silent.cut()
	}
}

// Heard notes that the connection is not silent.
func (p *Places) Heard(x *Place) {
	if p.most == 0 {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if x.at != nil {
		p.order.MoveToBack(x.at)
	}
}

// Leave gives the place back; it may be called again.
func (p *Places) Leave(x *Place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x.at != nil {
		p.order.Remove(x.at)
		x.at = nil
	}
}
