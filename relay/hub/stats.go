package hub

import (
	"maps"

	"hallway/protocol"
)

// Stats holds the hub's counters. Bytes are those of frames, without WebSocket framing.
type Stats struct {
	// At present:

	Sessions    int // connections that have not ended
	Welcomed    int // of these, those whose hello was accepted
	Rooms       int // in memory
	Members     int // of rooms: sessions that have joined or are joining
	QueueOps    int // ops that wait for the store or are being committed
	QueueBytes  int // the bytes of these ops
	WindowBytes int
	Relays      int // relays on the database that are connected, this one included

	// Since the start:

	FramesIn      uint64
	BytesIn       uint64
	BytesOut      uint64
	Deliveries    uint64                        // changes sent, once for each connection
	Reads         uint64                        // read markers moved
	TypingDropped uint64                        // typing frames that came too often and were dropped
	BadTokens     uint64                        // bad tokens in hello frames
	Refused       map[protocol.Code]uint64      // error frames
	Closed        map[protocol.CloseCode]uint64 // connections that the hub has closed
}

func newStats() Stats {
	return Stats{Refused: map[protocol.Code]uint64{}, Closed: map[protocol.CloseCode]uint64{}}
}

// Stats returns the present counters.
func (h *Hub) Stats() Stats {
	s := h.stats
	s.Sessions, s.Rooms = len(h.sessions.all), len(h.rooms.byName)
	s.QueueOps, s.QueueBytes = h.writes.ops, h.writes.bytes
	s.WindowBytes = h.windows.bytes
	if s.Relays = 1; h.gossip != nil {
		s.Relays += h.gossip.presence.Relays()
	}
	s.Refused, s.Closed = maps.Clone(s.Refused), maps.Clone(s.Closed)
	return s
}
