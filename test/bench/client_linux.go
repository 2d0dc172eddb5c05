package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"hallway/protocol"
)

// text is the text of every message.
const text = "Doors open at nine; please have your badge ready at the desk."

// A client is a member of one room: it has a connection that it makes again, a cursor, and an outbox.
type client struct {
	target *target
	room   *room
	token  string

	socket   *socket // nil while the client waits for its next try
	upgraded bool
	joined   bool
	live     bool // the cursor has reached the room's head
	tries    int
	liveAt   time.Duration

	applied  int64 // all messages up to this rev are here, live or by catch-up
	streamed int64 // the rev of the live stream, which begins at the head of the join or behind a gap
	catching bool  // there is a hole between applied and streamed
	reach    int64 // the rev at the end of the hole
	fetching *fetch

	outbox     []*send
	inFlight   int
	held       bool // the client waits after a refusal
	closedLoop bool // the echo of a message makes the client send the next
	depth      int  // the number of messages that a client with closedLoop keeps on their way; 0: one

	heardAt, pingedAt time.Duration
}

func (c *client) loop() *loop { return c.target.loop }

// dial tries to connect.
func (c *client) dial() {
	c.socket = c.loop().dial(c.target.sockaddr, c)
}

// The key of the handshake is always the same; so is the answer.
const handshake = "GET /v1/ws HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Protocol: " +
	protocol.Subprotocol + "\r\n\r\n"

func (c *client) opened() {
	c.socket.write(fmt.Appendf(nil, handshake, c.target.addr))
}

func (c *client) say(f protocol.ClientFrame) {
	c.socket.write(appendMasked(nil, finText, protocol.Encode(f)))
}

func (c *client) received(data []byte) (taken int, err error) {
	c.heardAt = c.loop().now
	if !c.upgraded {
		end := bytes.Index(data, []byte("\r\n\r\n"))
		if end < 0 {
			return 0, nil
		}
		if !bytes.HasPrefix(data, []byte("HTTP/1.1 101 ")) {
			return 0, fmt.Errorf("%w: %s", errRefused, bytes.SplitN(data, []byte("\r\n"), 2)[0])
		}
		c.upgraded = true
		taken = end + 4
		c.say(protocol.Hello{Token: c.token, Client: "hallway-bench"})
	}
	for c.socket != nil {
		first, payload, size := nextFrame(data[taken:])
		if size == 0 {
			return taken, nil
		}
		taken += size
		switch first {
		case finText:
			err = c.frame(payload)
		case finPing:
			c.socket.write(appendMasked(nil, finPong, payload))
		case finPong:
		case finClose:
			err = closeError(payload)
		default:
			err = errFrame
		}
		if err != nil {
			return taken, err
		}
	}
	return taken, nil
}

// closeError reports a close by the server.
func closeError(payload []byte) error {
	if len(payload) < 2 {
		return errors.New("closed without a code")
	}
	return fmt.Errorf("closed with %d", binary.BigEndian.Uint16(payload))
}

// frame handles a frame. If a message comes in its turn and equals the one that other clients got, frame does not decode it.
func (c *client) frame(payload []byte) error {
	if c.live {
		if e := c.room.at(c.streamed + 1); e != nil && bytes.Equal(e.frame, payload) {
			c.stream(e)
			return nil
		}
	}
	f, err := protocol.DecodeRelay(payload)
	if err != nil {
		c.loop().fail("%v: %.200q", err, payload)
		return nil
	}
	switch f := f.(type) {
	case protocol.Welcome:
		c.say(protocol.Join{Room: c.room.name})
	case protocol.Joined:
		c.entered(f)
	case protocol.Changed:
		c.changed(&f.Message, payload)
	case protocol.Pong:
		c.target.heartbeat(c.loop().now - c.pingedAt)
	case protocol.Error:
		return c.refused(f)
	case protocol.Goaway:
		return errors.New("asked to go away")
	}
	return nil
}

func (c *client) entered(f protocol.Joined) {
	if c.room.epoch == "" {
		c.room.epoch = f.Epoch
	}
	if f.Epoch != c.room.epoch {
		c.loop().fail("the room's epoch was %s and is %s", c.room.epoch, f.Epoch)
	}
	if f.Head < c.applied {
		c.loop().fail("lost: the room's head is %d after rev %d was told", f.Head, c.applied)
	}
	c.joined, c.streamed = true, f.Head
	c.catchUp(f.Head)
}

// catchUp fetches the pages up to reach, if a hole is left.
func (c *client) catchUp(reach int64) {
	c.reach = reach
	c.catching = c.applied < reach
	c.setLive(!c.catching)
	if c.catching {
		c.fetch()
		return
	}
	c.applied = max(c.applied, c.streamed)
	c.flush()
}

// changed handles a message that frame did not know or expect.
func (c *client) changed(m *protocol.Message, frame []byte) {
	if !c.joined || m.Room != c.room.name {
		c.loop().fail("a message of %s that was not joined", m.Room)
		return
	}
	e := c.room.enter(m, frame)
	switch {
	case m.Rev == c.streamed+1:
		c.stream(e)
	case m.Rev > c.streamed:
		c.target.gaps++
		c.streamed = m.Rev - 1
		c.stream(e)
		c.catchUp(m.Rev - 1)
	case e.send != nil && e.send.sender == c && e.send.answers < e.send.written:
		c.own(e.send) // resent, and stored before
	default:
		c.loop().fail("doubled: rev %d came again after rev %d", m.Rev, c.streamed)
	}
}

// stream handles the next message of the live stream; a page of a catch-up may have brought it before.
func (c *client) stream(e *entry) {
	c.streamed++
	if !c.catching {
		c.applied = max(c.applied, c.streamed)
	}
	if s := e.send; s != nil {
		c.target.delivered(c.loop().now - s.at)
		if s.sender == c {
			c.own(s)
		}
	}
}

// own handles a message of this client: the answer to one of its writes.
func (c *client) own(s *send) {
	s.answers++
	if !s.settled {
		c.settle(s)
	}
}

// refused ends the connection, or delays the sends and repeats them.
func (c *client) refused(f protocol.Error) error {
	if !f.Code.Retryable() || f.ID == "" {
		return fmt.Errorf("refused: %s %s", f.Code, f.Message)
	}
	c.target.refusals++
	c.inFlight = 0
	if c.held {
		return nil
	}
	c.held = true
	wait := max(time.Duration(f.RetryAfterMs)*time.Millisecond, protocol.BackoffBase)
	c.loop().after(wait, func() {
		c.held = false
		c.flush()
	})
	return nil
}

// next puts a message into the outbox.
func (c *client) next() {
	id := uuid.Must(uuid.NewV7()).String()
	s := &send{sender: c, at: time.Since(c.loop().begun), frame: protocol.Send{
		Room: c.room.name, ID: id, Text: text, SentAt: protocol.TimeOf(time.Now()).String(),
	}}
	c.room.sends[id] = s
	c.room.sent++
	c.outbox = append(c.outbox, s)
	c.flush()
}

// flush sends as many messages as may be in flight.
func (c *client) flush() {
	for c.live && !c.held && c.inFlight < min(len(c.outbox), protocol.InFlightMax) {
		s := c.outbox[c.inFlight]
		c.inFlight++
		s.written++
		c.say(s.frame)
	}
}

// settle removes a send from the outbox when it has come back.
func (c *client) settle(s *send) {
	s.settled = true
	delete(c.room.sends, s.frame.ID)
	c.target.echoes++
	for i := range c.outbox {
		if c.outbox[i] == s {
			c.outbox = append(c.outbox[:i], c.outbox[i+1:]...)
			if i < c.inFlight {
				c.inFlight--
			}
			break
		}
	}
	if c.closedLoop && len(c.outbox) < max(c.depth, 1) {
		c.next()
		return
	}
	c.flush()
}

// ended waits with full jitter, then tries again.
func (c *client) ended(err error) {
	if c.fetching != nil {
		c.fetching.socket.close()
		c.fetching = nil
	}
	c.socket = nil
	if c.live && c.loop().now-c.liveAt > protocol.BackoffReset {
		c.tries = 0
	}
	c.setLive(false)
	c.upgraded, c.joined, c.catching, c.inFlight, c.pingedAt = false, false, false, 0, 0
	c.target.end(err)
	if c.target.over {
		return
	}
	c.loop().after(c.backoff(), c.dial)
}

// backoff returns the wait before the next try. A Retry-After does not count: a browser does not tell a script why its
// WebSocket was refused.
func (c *client) backoff() time.Duration {
	c.tries++
	bound := protocol.BackoffMax
	if c.tries < 6 {
		bound = min(bound, protocol.BackoffBase<<c.tries)
	}
	return rand.N(bound)
}

func (c *client) setLive(live bool) {
	switch {
	case live && !c.live:
		c.target.live++
		c.liveAt = c.loop().now
	case !live && c.live:
		c.target.live--
	}
	c.live = live
}

// lookAfter sends the heartbeat and counts missed answers; the target calls it at each heartbeat.
func (c *client) lookAfter(now time.Duration) {
	if c.socket == nil || !c.joined {
		return
	}
	if c.pingedAt > c.heardAt && now-c.pingedAt > protocol.Timeout {
		c.target.missed++
		c.socket.end(errors.New("heartbeat missed"))
		return
	}
	c.pingedAt = now
	c.say(protocol.Ping{T: "1"})
}
