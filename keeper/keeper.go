package keeper

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"hallway/e2ee"
	"hallway/protocol"
)

// restartAfter is the time until a chat restarts after its final end, for example by a ban.
const restartAfter = time.Minute

// Options holds the settings of a keeper.
type Options struct {
	Relay  string   // the relay's base URL
	Rooms  []string // at least one
	Issuer string   // URL of the key set that verifies certificates
	Dir    string   // the folder of the device's keys
	// TokenCommand and CertificateCommand are shell commands that print a token and a certificate; see [Variable].
	TokenCommand, CertificateCommand string

	Client string // names the keeper to the relay's operator: "hallway-keeper/1.2.0"
	Log    *slog.Logger
}

// check returns an error that names the first wrong option.
func (o *Options) check() error {
	relay, err := address(o.Relay)
	if err != nil {
		return fmt.Errorf("--relay: %w", err)
	}
	issuer, err := address(o.Issuer)
	switch {
	case err != nil:
		return fmt.Errorf("--issuer: %w", err)
	case issuer.Scheme != "https" && !isLoopback(issuer.Hostname()):
		return errors.New("--issuer: the key set must be served by https")
	case strings.EqualFold(issuer.Host, relay.Host):
		return errors.New("--issuer: this is an address of the relay, which then could admit devices: it must be of another host")
	case len(o.Rooms) == 0:
		return errors.New("--rooms: at least one room is needed")
	case strings.TrimSpace(o.TokenCommand) == "":
		return errors.New("--token-command: a command is needed")
	case strings.TrimSpace(o.CertificateCommand) == "":
		return errors.New("--certificate-command: a command is needed")
	}
	seen := map[string]bool{}
	for _, room := range o.Rooms {
		if !protocol.ValidRoom(room) {
			return fmt.Errorf("--rooms: %q is not a valid room id", room)
		}
		if seen[room] {
			return fmt.Errorf("--rooms: %q is named twice", room)
		}
		seen[room] = true
	}
	return nil
}

// address reads an absolute http or https URL.
func address(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return nil, fmt.Errorf("%q is not an address such as https://chat.example.org", text)
	}
	return u, nil
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// Keeper runs a chat in each of its rooms. New makes one.
type Keeper struct {
	options Options
	shelf   *folder
	cipher  sync.Mutex // the ciphers of all rooms share the device's keys, so only one works at a time
}

// New checks the options and opens the folder of the keys.
func New(o Options) (*Keeper, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	o.Relay = strings.TrimRight(o.Relay, "/") // it is part of the names of keys
	shelf, err := openFolder(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("--dir: %w", err)
	}
	return &Keeper{options: o, shelf: shelf}, nil
}

// Run runs the chats of all rooms until ctx ends.
func (k *Keeper) Run(ctx context.Context) {
	var rooms sync.WaitGroup
	for _, name := range k.options.Rooms {
		rooms.Go(func() { k.keep(ctx, name) })
	}
	rooms.Wait()
}

// keep runs the chat of a room. After a final end, keep restarts the chat after restartAfter, because the host may have
// removed the cause.
func (k *Keeper) keep(ctx context.Context, name string) {
	log := k.options.Log.With("room", name)
	for ctx.Err() == nil {
		k.chat(ctx, name, log)
		select {
		case <-ctx.Done():
		case <-time.After(restartAfter):
		}
	}
}

// oneAtATime makes the device's ciphers work one at a time.
type oneAtATime struct {
	e2ee.Cipher
	mu *sync.Mutex
}

// Do implements [e2ee.Cipher].
func (c oneAtATime) Do(ctx context.Context, op e2ee.Op, in []byte) ([]byte, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.Cipher.Do(ctx, op, in)
}
