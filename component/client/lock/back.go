package lock

import (
	"hallway/component/client"
	"hallway/protocol"
)

// turnsPage is the number of turns in one request for earlier turns.
const turnsPage = 50

// back reads the secrets before the newest one, from the links between turns.
type back struct {
	*env
	device *device
	turns  *turns
	keys   *keys

	at      *protocol.Turn // the oldest turn with a known secret; nil: the newest turn
	busy    bool
	failed  bool // the last request has failed; it is repeated later
	ended   bool // there are no earlier secrets: the chapter begins here
	request int  // the number of the last request for turns
}

// reset starts again at the newest turn.
func (b *back) reset() { b.at, b.busy, b.failed, b.ended, b.request = nil, false, false, false, 0 }

// more requests the next page of earlier turns, if there is one.
func (b *back) more() {
	if b.at == nil {
		b.at = b.turns.newest
	}
	if b.busy || b.failed || b.ended || b.keys.lacks() || !b.device.joined {
		return
	}
	if b.at.Link == "" {
		b.ended = true
		b.cfg.Rescan()
		return
	}
	b.busy, b.request = true, b.step.Request()
	b.step.Emit(client.FetchTurns{Req: b.request, Token: b.tokens.Token(), Before: b.at.N, Limit: turnsPage})
}

// loaded reads the secrets from a page of earlier turns.
func (b *back) loaded(ev *client.TurnsLoaded) {
	if ev.Req != b.request {
		return
	}
	chain := []protocol.Turn{*b.at}
	for i := range ev.Turns {
		chain = append(chain, ev.Turns[len(ev.Turns)-1-i])
	}
	newest, last := b.turns.newest, len(ev.Turns)
	b.do(client.ReadBack{Turns: chain}, func(r client.CryptoResult) {
		found, _ := r.(client.KeysFound)
		if b.turns.newest != newest {
			return
		}
		b.busy, b.ended = false, true
		for _, kid := range found.Kids {
			b.ended = b.ended && b.keys.kids[kid]
		}
		b.at = &chain[min(len(found.Kids), last)]
		b.keys.gained(found.Kids, nil)
	})
}
