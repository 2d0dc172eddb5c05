package nats

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"

	"hallway/relay/bus"
)

const (
	// queueBytesMax bounds each queue: of news to publish, and of received messages.
	queueBytesMax = 16 << 20
	// channelMax bounds the messages between the client and the queues.
	channelMax = 16384
	// networkTimeout bounds connecting, writing, and the wait for the server's answer.
	networkTimeout = 2 * time.Second
	// pingEvery is the time between two pings. If a ping is unanswered at the next one, the connection ends.
	pingEvery = time.Second
	// reconnectEvery is the time between two attempts at all servers, and the largest random addition to it.
	reconnectEvery = 250 * time.Millisecond
	// closeTimeout bounds the publishing of waiting news at the end of the bus.
	closeTimeout = time.Second
)

// Bus carries the news of one relay over NATS.
type Bus struct {
	id       bus.RelayID
	listener bus.Listener
	log      *slog.Logger
	subjects subjects
	conn     *nats.Conn

	out       *queue[bus.News]
	dropped   droppedHeads
	incoming  chan *nats.Msg
	control   control
	published chan struct{} // closed when everything is published
	closing   chan struct{} // closed when the bus ends
	running   sync.WaitGroup

	connected atomic.Bool
	opened    chan struct{} // closed when the bus is first connected
	counters  counters
	lastError string // the last log entry; owned by the goroutine of the client's callbacks
}

var _ bus.Bus = (*Bus)(nil)

// counters are those of [bus.Stats].
type counters struct {
	published, received, dropped, missed, malformed, unknown, reconnects atomic.Uint64
}

// Open connects a relay to a cluster's bus. If no server can be reached, it keeps trying; if a server refuses, for
// example because of wrong credentials, it returns an error. The relay hears nothing before it calls [Bus.Join].
func Open(config Config, cluster string, id bus.RelayID, log *slog.Logger) (*Bus, error) {
	options, err := config.options()
	if err != nil {
		return nil, err
	}
	named, err := subjectsOf(cluster)
	if err != nil {
		return nil, err
	}
	b := &Bus{
		id: id, log: log, subjects: named,
		out:      newQueue[bus.News](queueBytesMax),
		incoming: make(chan *nats.Msg, channelMax), control: newControl(),
		published: make(chan struct{}), closing: make(chan struct{}), opened: make(chan struct{}),
	}
	if err := b.connect(strings.Join(config.Servers, ","), append(options, b.options()...)); err != nil {
		return nil, err
	}
	for _, own := range []string{named.all(), named.to(id)} {
		if _, err := b.conn.ChanSubscribe(own, b.incoming); err != nil {
			b.conn.Close()
			return nil, fmt.Errorf("--nats: %w", err)
		}
	}
	go b.publish()
	return b, nil
}

// Join makes the bus call the listener, from several goroutines, until [Bus.Close] has returned. It may be called once.
func (b *Bus) Join(listener bus.Listener) bus.Bus {
	b.listener = listener
	b.running.Go(b.handleRequests)
	durable, ephemeral := newQueue[[]byte](queueBytesMax), newQueue[[]byte](queueBytesMax)
	b.running.Go(func() { b.intake(durable, ephemeral) })
	b.running.Go(func() { b.hear(durable, true) })
	b.running.Go(func() { b.hear(ephemeral, false) })
	return b
}

// connect connects, or starts trying.
func (b *Bus) connect(servers string, options []nats.Option) error {
	conn, err := nats.Connect(servers, options...)
	if err != nil && unreachable(err) {
		b.log.Warn("the NATS server cannot be reached, trying again", "err", err)
		conn, err = nats.Connect(servers, append(options, nats.RetryOnFailedConnect(true))...)
	} else if err == nil {
		<-b.opened
		b.control.take() // no news were missed before
	}
	b.conn = conn
	switch {
	case err == nil:
		return nil
	case errors.Is(err, nats.ErrAuthorization), errors.Is(err, nats.ErrAuthExpired), errors.Is(err, nats.ErrAuthRevoked):
		return errors.New("--nats: the server refuses the relay's credentials: check --nats-creds")
	case errors.Is(err, nats.ErrSecureConnWanted):
		return errors.New("--nats: the server speaks no TLS")
	case errors.Is(err, nats.ErrTLS):
		return fmt.Errorf("--nats: no TLS with the server: %w; give the authority that signs its certificate by --nats-ca", err)
	}
	return fmt.Errorf("--nats: %w", err)
}

// unreachable reports whether an error may pass without a change of the configuration.
func unreachable(err error) bool {
	var network net.Error
	isNetwork := errors.As(err, &network)
	if errors.Is(err, nats.ErrTLS) {
		return isNetwork && network.Timeout()
	}
	return isNetwork || errors.Is(err, nats.ErrNoServers) || errors.Is(err, nats.ErrTimeout) || errors.Is(err, io.EOF)
}

// options returns the client options of every relay.
func (b *Bus) options() []nats.Option {
	return []nats.Option{
		nats.Name(fmt.Sprintf("hallway %016x", uint64(b.id))),
		nats.NoEcho(),
		nats.Timeout(networkTimeout), nats.FlusherTimeout(networkTimeout),
		nats.PingInterval(pingEvery), nats.MaxPingsOutstanding(1),
		nats.MaxReconnects(-1), nats.ReconnectWait(reconnectEvery), nats.ReconnectJitter(reconnectEvery, reconnectEvery),
		nats.ReconnectBufSize(-1), // news that wait for a server would be old; the other relays check the heads
		nats.IgnoreAuthErrorAbort(),
		nats.ConnectHandler(func(conn *nats.Conn) {
			b.up(conn, "connected to NATS")
			close(b.opened)
		}),
		nats.ReconnectHandler(func(conn *nats.Conn) {
			b.counters.reconnects.Add(1)
			b.up(conn, "connected to NATS again")
		}),
		nats.DisconnectErrHandler(func(_ *nats.Conn, err error) {
			b.connected.Store(false)
			if err != nil {
				b.log.Warn("the connection to NATS ended", "err", err)
			}
		}),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { b.failed(err) }),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) {
			if errors.Is(err, nats.ErrSlowConsumer) {
				b.tooSlow()
				return
			}
			b.failed(err)
		}),
	}
}

// up notes that the bus is connected.
func (b *Bus) up(conn *nats.Conn, what string) {
	b.connected.Store(true)
	b.lastError = ""
	b.log.Info(what, "server", conn.ConnectedUrlRedacted())
	b.control.wake(func(w *word) { w.connected = true })
}

// failed logs an error of the client. It logs a repeated error once.
func (b *Bus) failed(err error) {
	if err != nil && err.Error() != b.lastError {
		b.lastError = err.Error()
		b.log.Warn("NATS", "err", err)
	}
}

// tooSlow notes that messages to this relay were lost.
func (b *Bus) tooSlow() {
	b.counters.missed.Add(1)
	b.control.wake(func(w *word) { w.missed = true })
}

// Close publishes waiting news within closeTimeout, and ends the bus.
func (b *Bus) Close() {
	b.out.close()
	overdue := time.AfterFunc(closeTimeout, b.conn.Close)
	defer overdue.Stop()
	<-b.published
	b.conn.Close()
	close(b.closing)
	b.running.Wait()
}

// Stats returns the counters.
func (b *Bus) Stats() bus.Stats {
	c := &b.counters
	return bus.Stats{
		Connected: b.connected.Load(),
		Published: c.published.Load(), Received: c.received.Load(), Dropped: c.dropped.Load(), Missed: c.missed.Load(),
		Malformed: c.malformed.Load(), Unknown: c.unknown.Load(), Reconnects: c.reconnects.Load(),
	}
}
