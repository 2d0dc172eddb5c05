package nats_test

import (
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/bus/bustest"
	"hallway/relay/bus/nats"
	"hallway/test/servers"
)

// patience bounds every wait. Nothing takes long.
const patience = 30 * time.Second

// network connects the relays of a test through a separate server.
type network struct {
	server  *servers.Server
	changed chan struct{}
}

func newNetwork(t *testing.T, settings ...string) *network {
	t.Helper()
	return &network{server: servers.NATS(t, settings...), changed: make(chan struct{}, 1)}
}

// listener tells the network of each call.
type listener struct {
	bus.Listener
	network *network
}

func (l *listener) Heard(from bus.RelayID, news bus.News) {
	l.Listener.Heard(from, news)
	l.network.note()
}

func (l *listener) Listening(rooms []string) {
	l.Listener.Listening(rooms)
	l.network.note()
}

func (l *listener) Missed() {
	l.Listener.Missed()
	l.network.note()
}

func (n *network) note() {
	select {
	case n.changed <- struct{}{}:
	default:
	}
}

func (n *network) Join(t *testing.T, cluster string, id bus.RelayID, l bus.Listener) bus.Bus {
	t.Helper()
	return n.join(t, nats.Config{Servers: []string{"nats://" + n.server.Addr}}, cluster, id, l)
}

func (n *network) join(t *testing.T, config nats.Config, cluster string, id bus.RelayID, l bus.Listener) *nats.Bus {
	t.Helper()
	b, err := nats.Open(config, cluster, id, quiet)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	b.Join(&listener{l, n})
	return b
}

// Until checks the condition whenever a listener was called, and periodically for other changes.
func (n *network) Until(t *testing.T, what string, so func() bool) {
	t.Helper()
	deadline := time.After(patience)
	look := time.NewTicker(10 * time.Millisecond)
	defer look.Stop()
	for !so() {
		select {
		case <-n.changed:
		case <-look.C:
		case <-deadline:
			t.Fatalf("not after %v: %s", patience, what)
		}
	}
}

func TestSuite(t *testing.T) {
	bustest.Run(t, func(t *testing.T) bustest.Network { return newNetwork(t) })
}

// quiet logs nothing.
var quiet = slog.New(slog.DiscardHandler)

// roomHash returns the hash of a room in its subjects.
func roomHash(room string) string {
	sum := sha256.Sum256([]byte(room))
	return hex.EncodeToString(sum[:16])
}

func userOf(id string) protocol.User { return protocol.User{ID: id, Role: protocol.RoleParticipant} }
