package hub

import (
	"fmt"
	"time"

	"hallway/relay/rules"
)

// Committed ends the batch that is being committed, with one outcome for each op, or with an error. After an error the
// ops may or may not be stored.
func (h *Hub) Committed(now time.Time, outcomes []rules.Outcome, err error) {
	batch := h.writes.ended()
	peers := h.rooms.peers
	if err == nil && len(outcomes) != len(batch) {
		panic(fmt.Sprintf("hub: %d outcomes for %d ops", len(outcomes), len(batch)))
	}
	if err != nil {
		outcomes = nil
	}
	switch {
	case peers != nil:
		peers.begin(now, batch, err)
	case err != nil:
		h.rooms.loseWindows(batch)
	}
	h.lanes.holdBackQueue(batch, outcomes)
	h.writes.flush()
	for i, p := range batch {
		if err != nil {
			h.outcomes.failed(now, p)
		} else {
			h.outcomes.done(now, p, outcomes[i])
		}
	}
	if peers != nil {
		peers.news.publish()
		for _, ack := range peers.acks {
			h.gossip.calls.ask(now, ack)
		}
		peers.acks = nil
		peers.end()
		return
	}
	h.rooms.flushAll()
	h.writes.flush() // the ops that the batch has caused
}
