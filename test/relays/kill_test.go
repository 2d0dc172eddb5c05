package relays

import (
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/test/relaytest"
)

// listener reads the stream of the lobby at a running relay, and continues at another relay when the stream ends.
type listener struct {
	w     *world
	token string
	place int            // the index of the relay
	heard map[string]int // by id: how often the message has arrived
	told  int64          // everything up to this rev has arrived
	ended *atomic.Int64  // the last rev of the test; 0: not known yet
}

// run listens until the last rev of the test has arrived.
func (l *listener) run() error {
	for began := time.Now(); ; {
		err := l.listen()
		if err == nil {
			return nil
		}
		if time.Since(began) > 10*patience {
			return err
		}
		l.place++ // the next relay, at once
	}
}

// listen reads the missed changes from history, and then one stream.
func (l *listener) listen() error {
	r := l.w.relays[l.place%len(l.w.relays)]
	c, joined, err := l.w.enter(r, l.token, "lobby")
	if err != nil {
		return err
	}
	defer c.Close()
	if joined.Head < l.told {
		l.w.Errorf("joined at head %d after %d", joined.Head, l.told)
	}
	for l.told < joined.Head {
		var p page
		if status, err := l.w.get(r, l.token, fmt.Sprintf("/v1/rooms/lobby/messages?since=%d&limit=500", l.told), &p); err != nil || status != 200 {
			return fmt.Errorf("page: %d %w", status, err)
		}
		for _, m := range p.Messages {
			if m.Rev <= joined.Head {
				l.heard[m.ID]++
				l.told = m.Rev
			}
		}
	}
	for {
		if end := l.ended.Load(); end > 0 && l.told >= end {
			return nil
		}
		f, err := await[protocol.Changed](c, patience)
		if err != nil {
			return err
		}
		if f.Message.Rev != l.told+1 {
			l.w.Errorf("heard rev %d after %d", f.Message.Rev, l.told)
		}
		l.heard[f.Message.ID]++
		l.told = f.Message.Rev
	}
}

// TestRelayKilled checks that, when one of three relays is killed under load, its clients continue at the others, and every client gets every
// message once.
func TestRelayKilled(t *testing.T) {
	const sends, writers, listeners = 150, 6, 9
	w := newWorld(t, 3)
	var work, listening sync.WaitGroup
	var ended atomic.Int64
	var all []*listener
	for i := range listeners {
		l := &listener{w: w, token: w.token(fmt.Sprint("listener-", i)), place: i, heard: map[string]int{}, ended: &ended}
		all = append(all, l)
		listening.Go(func() {
			if err := l.run(); err != nil {
				t.Error(err)
			}
		})
	}
	var sent sync.Map
	var stored atomic.Int64
	var last atomicMax
	for i := range writers {
		token := w.token(fmt.Sprint("writer-", i))
		work.Go(func() {
			for n, place := 0, i; n < sends; place++ {
				n = w.write(w.relays[place%3], token, n, sends, &sent, &stored, &last)
			}
		})
	}
	for stored.Load() < sends*writers/3 {
		time.Sleep(5 * time.Millisecond)
	}
	w.relays[0].Kill()
	killed := time.Now()
	work.Wait()
	t.Logf("all is stored %v after the kill", time.Since(killed).Round(time.Millisecond))
	ended.Store(last.Load() + 1)
	if n := w.write(w.relays[1], w.token("last"), 0, 1, &sent, &stored, &last); n != 1 {
		t.Fatal("the last message did not come back")
	}
	listening.Wait()
	for i, l := range all {
		if len(l.heard) != sends*writers+1 {
			t.Errorf("listener %d has heard %d messages of %d", i, len(l.heard), sends*writers+1)
		}
		for id, n := range l.heard {
			if _, ok := sent.Load(id); !ok || n != 1 {
				t.Errorf("listener %d has heard %s %d times", i, id, n)
			}
		}
	}
}

// write sends the messages from n on over one relay, each until it comes back, and returns the next n. A message whose
// echo did not come is sent again under its id, over another relay.
func (w *world) write(r *relaytest.Relay, token string, n, sends int, sent *sync.Map, stored *atomic.Int64, last *atomicMax) int {
	c, _, err := w.enter(r, token, "lobby")
	if err != nil {
		return n
	}
	defer c.Close()
	key := func(n int) string { return fmt.Sprint(token, n) }
	for ; n < sends; n++ {
		send := message("lobby")
		if id, ok := sent.Load(key(n)); ok {
			send.ID = id.(string)
		}
		sent.Store(key(n), send.ID)
		sent.Store(send.ID, true)
		if c.say(send) != nil {
			return n
		}
		for {
			f, err := await[protocol.Changed](c, patience)
			if err != nil {
				return n
			}
			if f.Message.ID == send.ID {
				last.note(f.Message.Rev)
				stored.Add(1)
				break
			}
		}
	}
	return n
}
