package relays

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/test/relaytest"
)

// writer sends one message after the other at one of two relays, and hears all of its room.
type writer struct {
	w     *world
	r     *relaytest.Relay
	user  string
	c     *client
	told  int64 // the last rev that came, or the head of the last join; 0: none yet
	still bool  // its relay is the one that stands still
}

// While one of two relays stands still, the other goes on: a transaction that holds a room is ended by the database.
func TestRelayPaused(t *testing.T) {
	w := newWorld(t, 2)
	var work sync.WaitGroup
	ended := make(chan struct{})
	for i := range 8 { // half at the relay that pauses, so that it is in a transaction most of the time
		one := &writer{w: w, r: w.relays[i%2], user: fmt.Sprint("writer-", i), still: i%2 == 0}
		one.c = w.mustEnter(one.r, one.user, "lobby")
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
				if d := time.Since(began); !one.still && d > 2500*time.Millisecond {
					t.Errorf("%s waited for %v", one.user, d)
				}
			}
		})
	}
	for range 3 {
		time.Sleep(300 * time.Millisecond)
		w.relays[0].Pause()
		time.Sleep(3 * time.Second)
		w.relays[0].Resume()
	}
	time.Sleep(time.Second)
	close(ended)
	work.Wait()
}

// send sends a message until it comes back.
func (o *writer) send(t *testing.T, send protocol.Send) error {
	for {
		if err := o.c.say(send); err != nil && !o.still { // hear says why a connection of that relay has ended
			return err
		}
		again, err := o.hear(t, send.ID)
		var code closed
		if errors.As(err, &code) && o.still && protocol.CloseCode(code) == protocol.CloseSlowConsumer {
			// The messages of the others exceed the bound of pending bytes of a connection.
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

// hear reads on until the message of that id comes, and wants every rev. again is true where the send was refused because
// the transaction of the relay that stood still was ended meanwhile.
func (o *writer) hear(t *testing.T, id string) (again bool, err error) {
	for {
		frame, err := await[protocol.RelayFrame](o.c, 20*time.Second)
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
			if f.Message.Rev > o.told { // else it is an answer to this connection alone
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
