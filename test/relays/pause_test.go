package relays

import (
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/test/relaytest"
)

// writer sends one message after the other at one of two relays, and reads the whole stream of its room.
type writer struct {
	w     *world
	r     *relaytest.Relay
	user  string
	c     *client
	told  int64 // the last rev that came, or the head of the last join; 0: none yet
	still bool  // its relay is the paused one
	sends atomic.Int64
}

// TestRelayPaused checks that one of two relays continues while the other is paused, because the database ends a transaction that locks a room.
func TestRelayPaused(t *testing.T) {
	w := newWorld(t, 2)
	var work sync.WaitGroup
	ended := make(chan struct{})
	var others []*writer // at the other relay
	for i := range 8 {   // half of the writers are at the paused relay, so that it is in a transaction most of the time
		one := &writer{w: w, r: w.relays[i%2], user: fmt.Sprint("writer-", i), still: i%2 == 0}
		one.c = w.mustEnter(one.r, one.user, "lobby")
		if !one.still {
			others = append(others, one)
		}
		work.Go(func() {
			defer func() { one.c.Close() }()
			for {
				select {
				case <-ended:
					return
				default:
				}
				began := time.Now()
				if err := one.send(t, message("lobby")); err != nil {
					t.Errorf("%s: %v", one.user, err)
					return
				}
				one.sends.Add(1)
				if d := time.Since(began); *quiet && !one.still && d > 2500*time.Millisecond {
					t.Errorf("%s waited for %v", one.user, d)
				}
			}
		})
	}
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		w.relays[0].Pause()
		for _, one := range others {
			enough := one.sends.Load() + 3
			w.wait(patience, one.user+" goes on while the other relay is paused", func() bool { return one.sends.Load() >= enough })
		}
		w.relays[0].Resume()
	}
	time.Sleep(time.Second)
	close(ended)
	work.Wait()
}

// send sends a message until it comes back.
func (o *writer) send(t *testing.T, send protocol.Send) error {
	for {
		if err := o.c.say(send); err != nil && !o.still { // hear reports why a connection of that relay has ended
			return err
		}
		again, err := o.hear(t, send.ID)
		var code closed
		if errors.As(err, &code) && o.still && protocol.CloseCode(code) == protocol.CloseSlowConsumer {
			// The messages of the other writers exceed the limit of a connection's pending bytes.
			o.c.Close()
			var joined protocol.Joined
			o.c, joined, err = o.w.enter(o.r, o.w.token(o.user), "lobby")
			o.told, again = joined.Head, true // the answer to a send that was stored before comes first, with an older rev
		}
		if err != nil || !again {
			return err
		}
	}
}

// hear reads until the message with that id arrives, and checks that no rev is missing. again is true if the send was refused because
// the database has ended the transaction of the paused relay.
func (o *writer) hear(t *testing.T, id string) (again bool, err error) {
	for {
		frame, err := await[protocol.RelayFrame](o.c, patience)
		if err != nil {
			return false, err
		}
		switch f := frame.(type) {
		case protocol.Error:
			if f.Code != protocol.CodeUnavailable || !o.still {
				return false, fmt.Errorf("refused: %s", f.Message)
			}
			return true, nil
		case protocol.Changed:
			if f.Message.Rev > o.told { // a message with a lower rev is an answer to this connection alone
				if o.told > 0 && f.Message.Rev != o.told+1 {
					t.Errorf("%s heard rev %d after %d", o.user, f.Message.Rev, o.told)
				}
				o.told = f.Message.Rev
			}
			if f.Message.ID == id {
				return false, nil
			}
		}
	}
}
