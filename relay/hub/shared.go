package hub

import (
	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/guard"
	"hallway/relay/rules"
)

// shared holds the state that the parts of a hub share.
type shared struct {
	cfg         Config
	stats       Stats
	refusals    guard.Refusals
	windows     Windows
	revocations Revocations
	bans        Bans
	ranks       Ranks
	gossip      *Gossip // nil: no other relay writes the database
	frame       []byte  // the buffer for a frame to one session
}

func newShared(cfg Config) *shared {
	return &shared{
		cfg:         cfg.WithDefaults(),
		stats:       newStats(),
		revocations: Revocations{since: map[string]protocol.Time{}},
		bans:        Bans{terms: map[rules.Ban]rules.BanTerms{}},
		ranks:       Ranks{seen: map[string]*ranked{}},
	}
}

// tellElsewhere sends the other relays a frame for a room's streams.
func (s *shared) tellElsewhere(room, epoch string, f protocol.RelayFrame) {
	if s.gossip != nil {
		s.gossip.tell(&bus.Told{Room: room, Epoch: epoch, Frame: f.Append(nil)})
	}
}
