package guard

import (
	"container/list"
	"sync"
)

// Places bounds the file descriptors of connections. A connection takes a place before its first byte, and a browser
// keeps the connection of its last request for a minute. So when places run short, the connection that has been silent
// for longest is cut. It is safe for concurrent use.
type Places struct {
	most int        // 0: no limit
	held func() int // connections that take a file but no place here, because they no longer carry requests

	mu    sync.Mutex
	order list.List // of *Place, the longest silent first
}

// Place is a connection's place. The zero Place stands for no place.
type Place struct {
	cut func()
	at  *list.Element // guarded by the Places' mu; nil: the connection has lost its place
}

// NewPlaces returns Places for most connections; held returns the number of places taken elsewhere.
func NewPlaces(most int, held func() int) *Places { return &Places{most: most, held: held} }

// Enter gives a new connection a place. cut ends the connection if its place is needed.
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

// Heard notes that data came on the connection.
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

// Leave frees the place; a second call does nothing.
func (p *Places) Leave(x *Place) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if x.at != nil {
		p.order.Remove(x.at)
		x.at = nil
	}
}
