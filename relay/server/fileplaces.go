package server

import (
	"sync"
	"time"

	"hallway/protocol"
)

// The limits of concurrent uploads and downloads.
const (
	uploadsMax       = 128
	uploadsUserMax   = 24
	downloadsMax     = 256
	downloadsUserMax = 32
	// placeTimeout bounds how long a transfer waits for a place.
	placeTimeout = 10 * time.Second
)

// places bounds concurrent transfers: of all, and of a user.
type places struct {
	allMax, userMax int

	mu    sync.Mutex
	users map[string]int
	all   int
	freed chan struct{} // closed and replaced when a place becomes free
}

func newPlaces(allMax, userMax int) *places {
	return &places{allMax: allMax, userMax: userMax, users: make(map[string]int), freed: make(chan struct{})}
}

// enter waits for a place, and returns a function that frees it.
func (p *places) enter(user string) (leave func(), err error) {
	timeout := time.NewTimer(placeTimeout)
	defer timeout.Stop()
	for {
		p.mu.Lock()
		if p.all < p.allMax && p.users[user] < p.userMax {
			p.all++
			p.users[user]++
			p.mu.Unlock()
			return sync.OnceFunc(func() { p.leave(user) }), nil
		}
		freed, own := p.freed, p.users[user] >= p.userMax
		p.mu.Unlock()
		select {
		case <-freed:
		case <-timeout.C:
			if own {
				return nil, refuse(protocol.CodeRateLimited, "too many of your files are under way")
			}
			return nil, refuse(protocol.CodeUnavailable, "too many files are under way: try again")
		}
	}
}

func (p *places) leave(user string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all--
	if p.users[user]--; p.users[user] == 0 {
		delete(p.users, user)
	}
	close(p.freed)
	p.freed = make(chan struct{})
}

// taken returns the number of taken places.
func (p *places) taken() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all
}
