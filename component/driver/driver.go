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
	// owner empties the queue at once, so that only a bug can fill it.
	hostEventsMax = 4096
	// shellEventsMax bounds the waiting events of the driver's goroutines. Beyond it
	// these goroutines wait, and natively the socket does, too.
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
	ErrBusy   = errors.New("driver: too many events are waiting")
)

var errTokenTimeout = errors.New("getToken has returned no token for 10 s: its promise must settle sooner")

// Options holds the settings of a chat and its callbacks. The callbacks are called
// on the owner's goroutine: they must not block, and must not call
// [Driver.Close]; they may call other methods.
type Options struct {
	Relay   string // the relay's absolute base URL, http or https
	Room    string
	Token   string             // the first token; "": GetToken returns it
	Client  string             // names the client to the relay's operator: "hallway-chat/1.2.0"
	Offline client.OfflineMode // "": [client.OfflineQueue]

	// GetToken returns a new token. It may block until its context ends. Nil: Token is the only
	// one.
	GetToken func(ctx context.Context) (string, error)

	// Storage stores the outbox, and is closed with the driver. Nil: the platform's default,
	// which is IndexedDB in a browser and memory elsewhere.
	Storage Storage

	// Vault holds the keys of an end-to-end encrypted room, and is closed with the driver. Nil:
	// the chat is not encrypted.
	Vault Vault

	// OnChange receives a new snapshot. The driver calls it once for a batch of events.
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
	host    *queue[client.Event] // from the user and the device
	events  chan client.Event    // from the driver's own goroutines
	keeper  *keeper
	vault   *keeper // nil: the chat is not encrypted
	peers   peers
	blobs   blobs
	told    atomic.Pointer[client.Snapshot] // the last snapshot that the host has received

	closing   chan struct{} // closed by Close
	closeOnce sync.Once
	stopped   chan struct{} // closed when the owner takes no more events
	done      chan struct{} // closed when all goroutines have ended

	// Owned by the owner's goroutine (owner.go).
	core    machine
	user    string // the user of the loaded outbox
	timer   *time.Timer
	link    *link          // the connection; nil: none
	changed bool           // the host has not received the last snapshot
	own     []client.Event // events that the owner itself has made

	requests [lanes]context.CancelFunc // ends the last request of each lane; nil: none
	// uploads holds a function that ends each upload under way, by its Req.
	uploads map[int]context.CancelFunc
	life    context.Context // the context of requests that no other request supersedes
	endLife context.CancelFunc
}

// Start starts a chat and returns at once. OnChange receives the chat's state.
func Start(o Options) *Driver {
	return start(o, core.New(client.Config{
		Room: o.Room, Client: o.Client, Offline: o.Offline, Encrypted: o.Vault != nil,
		Rand: rand.Float64, // seeded from the randomness of the system or the browser
	}))
}

// start runs a driver around a core.
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
		stopped: make(chan struct{}),
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

// Send queues a message and returns its id. It does not wait: [client.Snapshot] shows
// the message, even if it is refused later. Errors: [ErrClosed], [ErrBusy].
func (d *Driver) Send(text string) (id string, err error) { return d.Reply(text, "", nil) }

// Reply is Send for an answer to the message with the id to; "": no answer. mentions are parts of the text, and files are
// ids of files in the strip.
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

// Do hands the core an event of the device or of the user. It does not wait. If
// hostEventsMax events wait already, it drops the event.
func (d *Driver) Do(ev client.Event) { d.host.push(ev) }

// Snapshot returns the last snapshot that OnChange received.
func (d *Driver) Snapshot() client.Snapshot { return *d.told.Load() }

// Close ends the chat: it leaves the room, closes the socket with 1000, and closes the
// storage after everything is saved. It returns when that is done, or after a little
// more than closeTimeout. Do not call it from a JavaScript callback, which must not
// wait. Further calls wait for the first one.
func (d *Driver) Close() {
	d.closeOnce.Do(func() { close(d.closing) })
	<-d.done
}

// post hands an event of one of the driver's goroutines to the owner.
func (d *Driver) post(ev client.Event) {
	select {
	case d.events <- ev:
	case <-d.stopped:
	}
}
