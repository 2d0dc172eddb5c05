package driver

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hallway/component/client"
	"hallway/component/client/core"
	"hallway/protocol"
)

// The limits of a driver.
const (
	// hostEventsMax bounds the waiting events of the user and the device. The
	// owner empties the queue at once, so that only a fault can fill it.
	hostEventsMax = 4096
	// shellEventsMax bounds the waiting events of the driver's goroutines;
	// then these goroutines wait, and with them, natively, the socket.
	shellEventsMax = 64
	// tokenTimeout is the time for the host to return a token.
	tokenTimeout = 10 * time.Second
	// closeTimeout is the time that [Driver.Close] gives the peer to answer the close and
	// the storage to finish its jobs.
	closeTimeout = 1500 * time.Millisecond
)

// The errors of [Driver.Send].
var (
	ErrClosed = errors.New("driver: the chat is closed")
	ErrBusy   = errors.New("driver: too much is waiting to be done")
)

var errTokenTimeout = errors.New("getToken has given no token for 10 s: its promise must settle sooner")

// Options holds the settings of a chat and its callbacks. The callbacks are called
// on the owner's goroutine: they must not block, and must not call
// [Driver.Close]; they may call other methods.
type Options struct {
	Relay   string // the relay's absolute base URL, http or https
	Room    string
	Token   string             // "": GetToken returns the first one, too
	Client  string             // names the client to the relay's operator: "hallway-chat/1.2.0"
	Offline client.OfflineMode // "": [client.OfflineQueue]

	// GetToken returns a fresh token; it may block until its context ends. Nil: there is no
	// other token than Token.
	GetToken func(ctx context.Context) (string, error)

	// Storage keeps the outbox, and is closed with the driver. Nil: the platform's
	// own, which is IndexedDB in a browser and memory elsewhere.
	Storage Storage

	// Vault holds the keys of an end-to-end encrypted room, and is closed with the driver. Nil:
	// the chat does not encrypt.
	Vault Vault

	// OnChange receives a new snapshot, once for all events that were taken together.
	OnChange func(client.Snapshot)
	// OnNews receives the effects that are news for the host: [client.Arrived],
	// [client.Refused], [client.Warned], [client.Acted], [client.Reported],
	// [client.FileLoaded].
	OnNews func(client.Effect)
}

// machine is the part of [core.Client] that the driver uses.
type machine interface {
	Step(now time.Time, ev client.Event) []client.Effect
	Snapshot() client.Snapshot
}

// Driver runs one chat. Its methods may be called from any goroutine.
type Driver struct {
	options Options
	host    *queue[client.Event] // from people and the device
	events  chan client.Event    // from the driver's own goroutines
	keeper  *keeper
	vault   *keeper // nil: the chat does not encrypt
	peers   peers
	blobs   blobs
	told    atomic.Pointer[client.Snapshot]

	closing   chan struct{} // closed: Close was called
	closeOnce sync.Once
	deaf      chan struct{} // closed: the owner takes no more events
	done      chan struct{} // closed: everything has ended

	// Owned by the owner's goroutine (owner.go).
	core    machine
	user    string // the owner of the loaded outbox
	timer   *time.Timer
	link    *link          // the connection, nil while there is none
	changed bool           // the host has not been told of the last change
	own     []client.Event // events that the owner itself made

	requests [lanes]context.CancelFunc // ends the last request of each lane; nil: there was none
	// uploads ends each upload that is under way, by its Req.
	uploads map[int]context.CancelFunc
	life    context.Context // for requests that no other request supersedes
	endLife context.CancelFunc
}

// Start begins a chat. It returns at once; OnChange receives the chat's state.
func Start(o Options) *Driver {
	return start(o, core.New(client.Config{
		Room: o.Room, Client: o.Client, Offline: o.Offline, Encrypted: o.Vault != nil,
		Rand: rand.Float64, // seeded from the system's randomness, the browser's included
	}))
}

// start runs a driver around a core, and tells it that the chat begins.
func start(o Options, c machine) *Driver {
	o.Relay = strings.TrimRight(o.Relay, "/")
	if o.Storage == nil {
		o.Storage = defaultStorage()
	}
	d := &Driver{
		options: o,
		host:    newQueue[client.Event](hostEventsMax),
		events:  make(chan client.Event, shellEventsMax),
		closing: make(chan struct{}),
		deaf:    make(chan struct{}),
		done:    make(chan struct{}),
		core:    c,
	}
	d.keeper = startKeeper(storageTimeout, o.Storage.Close, d.post)
	if o.Vault != nil {
		d.vault = startKeeper(vaultTimeout, o.Vault.Close, d.post)
	}
	d.life, d.endLife = context.WithCancel(context.Background())
	d.peers = newPeers(func(ev client.Event) { d.host.push(ev) })
	snapshot := c.Snapshot()
	d.told.Store(&snapshot)
	go d.run()
	return d
}

// Send queues a message and returns its id. It does not wait: the message is
// seen in [client.Snapshot], also if it is refused later. Errors: [ErrClosed],
// [ErrBusy].
func (d *Driver) Send(text string) (id string, err error) { return d.Reply(text, "", nil) }

// Reply queues an answer to the message with the id to; "": to none. Mentions are parts of the text, files are those
// of the strip that go with it. See Send.
func (d *Driver) Reply(text, to string, mentions []protocol.Mention, files ...string) (id string, err error) {
	select {
	case <-d.closing:
		return "", ErrClosed
	default:
	}
	id, err = newID()
	if err != nil {
		return "", err
	}
	if !d.host.push(client.SendText{ID: id, Text: text, ReplyTo: to, Mentions: mentions, Files: files}) {
		return "", ErrBusy
	}
	return id, nil
}

// Do tells the core of an event of the device or of people. It does not wait. If
// hostEventsMax events wait already, the event is dropped.
func (d *Driver) Do(ev client.Event) { d.host.push(ev) }

// Snapshot returns the last snapshot that OnChange received.
func (d *Driver) Snapshot() client.Snapshot { return *d.told.Load() }

// Close ends the chat: it leaves the room, closes the socket with 1000, and closes the
// storage once everything is saved. It returns when that is done, or after
// little more than closeTimeout. Do not call it from a JavaScript callback,
// which must not wait. Further calls wait for the first.
func (d *Driver) Close() {
	d.closeOnce.Do(func() { close(d.closing) })
	<-d.done
}

// post hands an event of one of the driver's goroutines to the owner.
func (d *Driver) post(ev client.Event) {
	select {
	case d.events <- ev:
	case <-d.deaf:
	}
}
