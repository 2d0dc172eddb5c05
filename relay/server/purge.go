package server

import "time"

// Purged takes that the store has deleted messages of a life of a room because of
// their age: those with a seq below the one named.
func (e *Engine) Purged(room, epoch string, below int64) {
	e.do(func(time.Time) { e.hub.Purged(room, epoch, below) })
}
