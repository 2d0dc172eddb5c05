package server

import (
	"context"

	"hallway/relay/hub"
)

// lists is a directory of which one list of rooms is read at a time, without a turn.
// One of thousands of rooms takes a second: a few who ask for it together would have
// everybody else wait, for turns and for the database.
type lists struct {
	hub.Directory
	one chan struct{} // has place for the one
}

func newLists(d hub.Directory) lists { return lists{d, make(chan struct{}, 1)} }

func (l lists) Rooms(ctx context.Context, user string, opens func(room string) bool, part hub.Part) ([]hub.Room, error) {
	return apart(ctx, func() ([]hub.Room, error) {
		select {
		case l.one <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		defer func() { <-l.one }()
		return l.Directory.Rooms(ctx, user, opens, part)
	})
}
