package sqlite

import (
	"crypto/rand"
	"strings"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A room holds what the writer remembers of a room, so that a send reads nothing of it.
type room struct {
	key      int64
	epoch    string
	head     int64
	lastAt   protocol.Time // created_at of the newest message
	settings protocol.RoomSettings
	reports  int64 // open ones
	mentions bool  // a message may mention somebody
	// sanctions are those of the room by user; some may be over. The copies of a room share the map.
	sanctions map[string]rules.Standing
}

// sender is a user in a life of a room.
type sender struct{ epoch, user string }

const (
	// roomsKeptMax limits the rooms that the writer remembers, some 250 bytes each beside their sanctions.
	roomsKeptMax = 10_000
	// sanctionsKeptMax limits the sanctions that the writer remembers, some 300 bytes each; the rooms beyond it are
	// read for each batch.
	sanctionsKeptMax = 100_000
	// sentKeptMax limits the remembered times of sends and edits in slow mode. Beyond it all are forgotten, and some
	// users may send too soon, once.
	sentKeptMax = 100_000
)

// newEpoch names a life of a room: 40 random bits, so that no two lives of one
// room share a name.
func newEpoch(string) string { return strings.ToLower(rand.Text()[:8]) }
