package client

import "errors"

// The limits of a chat.
const (
	// OutboxMax is how many own messages may wait; more are refused.
	OutboxMax = 1000
	// TimelineMax is how many messages the window keeps. Beyond it those at the far
	// end are dropped, and fetched again when they are asked for.
	TimelineMax = 2000
	// ChangesMax is how many changes of stored messages may be under way; more are
	// refused.
	ChangesMax = 100
	// PinnedMax is how many pinned messages are kept: the newest.
	PinnedMax = 50
	// FoundMax bounds the results of a search.
	FoundMax = 500
	// ReviewMax is how many reports of the queue are shown.
	ReviewMax = 500
)

// ErrNoToken is the error of a [TokenGot] if the host has no way to get a
// token. Then the refusal of a token is final until the host sets another.
var ErrNoToken = errors.New("client: the host gives no token")

// Config holds the settings of a chat.
type Config struct {
	Room    string
	Client  string      // for the relay's operator: "hallway-chat/1.2.0"
	Offline OfflineMode // "" is OfflineQueue
	// Encrypted says that the chat encrypts, and sends nothing in the clear.
	Encrypted bool
	// Rand gives uniformly random numbers in [0, 1), for jitter. It must be set.
	Rand func() float64
}
