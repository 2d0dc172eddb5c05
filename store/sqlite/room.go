package sqlite

import (
	"crypto/rand"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A room holds the writer's memory of a room, so that a send reads no rows of it.
type room struct {
	key      int64
	epoch    string
	head     int64
	lastAt   protocol.Time // created_at of the newest message
	settings protocol.RoomSettings
	reports  int64 // the number of open reports
	mentions bool  // some message may mention a user
	// sanctions holds the room's sanctions by user; some may have ended. The copies of a room share the map.
	sanctions map[string]rules.Standing
}

// sender is a user in a room of an epoch.
type sender struct{ epoch, user string }

const (
	// roomsKeptMax limits the remembered rooms, about 250 bytes each without their sanctions.
	roomsKeptMax = 10_000
	// sanctionsKeptMax limits the remembered sanctions, about 300 bytes each; the rooms above it are read for each
	// batch.
	sanctionsKeptMax = 100_000
	// sentKeptMax limits the remembered times of sends and edits in slow mode. Above it all are forgotten, so some
	// users may send too soon, once.
	sentKeptMax = 100_000
)

// newEpoch returns a new epoch: 40 random bits, so that epochs are unique.
func newEpoch(string) string { return strings.ToLower(rand.Text()[:8]) }
