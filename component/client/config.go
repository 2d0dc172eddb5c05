package client

import "errors"

// The limits of a chat.
const (
	// OutboxMax is the highest number of the user's messages that may wait. More are refused.
	OutboxMax = 1000
	// TimelineMax is the highest number of messages in the window. Beyond it the messages at the far
	// end are dropped, and fetched again when the user goes there.
	TimelineMax = 2000
	// ChangesMax is the highest number of changes under way. More are refused.
	ChangesMax = 100
	// PinnedMax is the highest number of pinned messages that are kept. The newest are kept.
	PinnedMax = 50
	// FoundMax bounds the results of a search.
	FoundMax = 500
	// ReviewMax bounds the reports of the queue that are shown.
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
	// Encrypted makes the chat encrypt all messages and files.
	Encrypted bool
	// Rand gives uniformly random numbers in [0, 1), for jitter. It must be set.
	Rand func() float64
}
