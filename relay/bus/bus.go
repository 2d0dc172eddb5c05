package bus

// Bus carries news from one relay to the others. Its methods never block, never call the [Listener] back, and are safe
// for concurrent use.
type Bus interface {
	// Listen subscribes to the news of a room. The subscription is complete when [Listener.Listening] names the room;
	// earlier news may be lost.
	Listen(room string)

	// Unlisten unsubscribes from the news of a room. News that are under way may still be heard.
	Unlisten(room string)

	// Tell publishes news to the other relays, not to this one. The caller must not change the news' slices afterwards.
	// If the queue is full, the news are dropped and counted. Changes of one caller arrive in order, or not at all.
	Tell(news News)

	// Stats returns the counters.
	Stats() Stats
}

// Listener receives the news of a [Bus]. The bus calls Heard for durable news one at a time, and for ephemeral news one
// at a time, but may make both calls concurrently.
type Listener interface {
	// Heard receives news of another relay. The listener may keep them.
	Heard(from RelayID, news News)

	// Listening reports that the news of these rooms arrive from now on. Earlier news may be lost: a listener that has
	// read a room's head before this call reads it again.
	Listening(rooms []string)

	// Missed reports that news of any room may be lost: the bus was cut off and is back, or the relay was too slow to
	// take them. The listener reads the heads of all rooms.
	Missed()
}

// Stats holds the counters of a bus since its start.
type Stats struct {
	Connected  bool
	Published  uint64 // messages handed to the network
	Received   uint64 // messages that were decoded and handed to the listener
	Dropped    uint64 // messages not published, because the queue was full or the bus was not connected
	Missed     uint64 // times that messages were lost because the relay was too slow
	Malformed  uint64 // received messages that are not valid
	Unknown    uint64 // received messages of another version or an unknown kind
	Reconnects uint64
}
