package relays

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"hallway/protocol"
)

// TestRelayPaused: under load one of two relays stands still, whatever rooms it had locked. The other's senders wait for
// 2.5 s at most, and the paused one's clients hear everything without a hole once it goes on.
func TestRelayPaused(t *testing.T) {
	w := newWorld(t, 2)
	var work sync.WaitGroup
	ended := make(chan struct{})
	for i := range 8 { // half of them at the relay that pauses, so that it is in a transaction most of the time
		r := w.relays[i%2]
		user := fmt.Sprint("writer-", i)
		c := w.mustEnter(r, user, "lobby")
		work.Go(func() {
			defer c.Close()
			var told int64
			for {
				select {
				case <-ended:
					return
				default:
				}
				send := message("lobby")
				began := time.Now()
				if err := c.say(send); err != nil {
					t.Error(err)
					return
				}
				for came := false; !came; {
					frame, err := await[protocol.RelayFrame](c, 20*time.Second)
					switch f := frame.(type) {
					case protocol.Error: // the paused relay's transaction was ended meanwhile
						if f.Code != protocol.CodeUnavailable || r != w.relays[0] {
							t.Errorf("%s is refused: %s", user, f.Message)
							return
						}
						err = c.say(send)
					case protocol.Changed:
						came = f.Message.ID == send.ID
						if f.Message.Rev <= told { // an answer to this connection alone
							break
						}
						if told > 0 && f.Message.Rev != told+1 {
							t.Errorf("%s heard rev %d after %d", user, f.Message.Rev, told)
						}
						told = f.Message.Rev
					}
					if err != nil {
						t.Errorf("%s: %v", user, err)
						return
					}
				}
				if d := time.Since(began); r != w.relays[0] && d > 2500*time.Millisecond {
					t.Errorf("%s waited for %v", user, d)
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
