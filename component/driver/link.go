package driver

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"time"

	"nhooyr.io/websocket"

	"hallway/component/client"
	"hallway/protocol"
)

// The limits of a connection.
const (
	// dialTimeout is the time limit for opening a connection.
	dialTimeout = 10 * time.Second
	// writeTimeout is the time limit for the socket to accept a frame. In a
	// browser it accepts every frame at once.
	writeTimeout = 10 * time.Second
	// writesMax bounds the waiting frames.
	writesMax = 256
	// relayFrameBytesMax is the highest size of a frame of the relay in bytes. It exceeds
	// the limit for a client's frames, because a message comes with its reactions, and each
	// reaction names users.
	relayFrameBytesMax = 16 * protocol.FrameBytesMax
	// upgradeRequired is the status of a relay that speaks only other versions.
	upgradeRequired = 426
)

var errSubprotocol = errors.New("driver: the relay does not speak " + protocol.Subprotocol)

// link is one connection, from the dial to the close. Only the owner calls its
// methods, which never wait.
type link struct {
	gen    int
	done   chan struct{} // closed when all goroutines of the link have ended
	events chan<- client.Event

	ctx      context.Context
	abort    context.CancelFunc // ends the connection at once, without a handshake
	detached chan struct{}      // closed when the owner takes no more events of this link
	writes   chan []byte        // closed by close; the writer then closes the socket

	// Owned by the owner.
	opened bool // the core knows that the dial has succeeded
	closed bool // close was called

	// code is set before writes is closed, and read after that.
	code protocol.CloseCode
}

// startLink dials url. The link sends events with gen to events, until its owner closes
// it.
func startLink(url string, gen int, events chan<- client.Event) *link {
	l := &link{
		gen:      gen,
		done:     make(chan struct{}),
		events:   events,
		detached: make(chan struct{}),
		writes:   make(chan []byte, writesMax),
	}
	l.ctx, l.abort = context.WithCancel(context.Background())
	go l.run(url)
	return l
}

// socketURL returns the relay's WebSocket address.
func socketURL(relay string) string {
	if rest, ok := strings.CutPrefix(relay, "http"); ok {
		relay = "ws" + rest
	}
	return relay + "/v1/ws"
}

// write queues a frame. If too many wait, it aborts the connection, and the reader reports
// that.
func (l *link) write(frame []byte) {
	if l.closed {
		return
	}
	select {
	case l.writes <- frame:
	default:
		l.abort()
	}
}

// close ends the link: it sends the waiting frames and then the close frame, within
// closeTimeout. It aborts an unfinished dial at once.
func (l *link) close(code protocol.CloseCode) {
	if l.closed {
		return
	}
	l.closed = true
	if code == 0 {
		code = protocol.CloseNormal
	}
	l.code = code
	close(l.detached)
	close(l.writes)
	if l.opened {
		time.AfterFunc(closeTimeout, l.abort)
	} else {
		l.abort()
	}
}

func (l *link) run(url string) {
	defer close(l.done)
	defer l.abort()
	conn, status, err := l.dial(url)
	if err != nil {
		l.post(client.DialFailed{Gen: l.gen, Status: status, Err: err})
		return
	}
	conn.SetReadLimit(relayFrameBytesMax)
	l.post(client.Opened{Gen: l.gen})

	var writer sync.WaitGroup
	writer.Go(func() { l.writeTo(conn) })
	code, reason := l.readFrom(conn)
	l.abort()
	l.post(client.Closed{Gen: l.gen, Code: code, Reason: reason})
	_ = conn.CloseNow()
	writer.Wait()
}

// dial opens the connection. status is the status of a refused upgrade, or 0 if it is not
// known.
func (l *link) dial(url string) (conn *websocket.Conn, status int, err error) {
	ctx, cancel := context.WithTimeout(l.ctx, dialTimeout)
	defer cancel()
	conn, response, err := websocket.Dial(ctx, url, &websocket.DialOptions{
		Subprotocols: []string{protocol.Subprotocol},
	})
	if err != nil {
		if response != nil {
			status = response.StatusCode
		} else if ctx.Err() == nil {
			status = dialStatus(ctx, url)
		}
		return nil, status, err
	}
	if conn.Subprotocol() != protocol.Subprotocol {
		go conn.CloseNow() // in a browser CloseNow waits for the peer
		return nil, 0, errSubprotocol
	}
	return conn, 0, nil
}

// speaksOnlyOthers reports whether the relay speaks only other versions of the protocol. a is its
// answer to a plain request for the socket.
func speaksOnlyOthers(a answer) bool {
	if a.status != upgradeRequired {
		return false
	}
	problem, err := protocol.DecodeProblem(a.body)
	return err == nil && len(problem.Supported) > 0 && !slices.Contains(problem.Supported, protocol.Subprotocol)
}

// readFrom reads until the connection ends, and returns the close code and reason. It goes on
// reading after the link is detached, to get the peer's answer to the close.
func (l *link) readFrom(conn *websocket.Conn) (protocol.CloseCode, string) {
	for {
		kind, data, err := conn.Read(l.ctx)
		if err != nil {
			return closeReason(err)
		}
		if kind == websocket.MessageText { // version 1 uses text frames only
			l.post(client.Received{Gen: l.gen, Data: data})
		}
	}
}

// writeTo writes the queued frames, and closes the connection when the queue is
// closed.
func (l *link) writeTo(conn *websocket.Conn) {
	for {
		select {
		case frame, open := <-l.writes:
			if !open {
				_ = conn.Close(websocket.StatusCode(l.code), "")
				return
			}
			ctx, cancel := context.WithTimeout(l.ctx, writeTimeout)
			err := conn.Write(ctx, websocket.MessageText, frame)
			cancel()
			if err != nil {
				l.abort()
				return
			}
		case <-l.ctx.Done():
			return
		}
	}
}

func (l *link) post(ev client.Event) {
	select {
	case <-l.detached:
		return
	default:
	}
	select {
	case l.events <- ev:
	case <-l.detached:
	}
}
