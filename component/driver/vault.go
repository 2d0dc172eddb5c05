package driver

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"hallway/component/client"
	"hallway/protocol"
)

// Vault holds the keys of one chat in an end-to-end encrypted room, and carries out the cryptography
// that the core asks for: see [client.Crypto]. One goroutine at a time uses it. It
// gives up, with the context's error, when the context ends.
type Vault interface {
	// Do carries out an op, and returns the result that the op names. An error means that
	// keys or cryptography are not available; a bad device, turn, wrap or message is a result.
	Do(ctx context.Context, op client.CryptoOp) (client.CryptoResult, error)
	// Close forgets all secrets in memory. No other method is called after it.
	Close() error
}

// crypto queues an op for the vault.
func (d *Driver) crypto(e client.Crypto) {
	queued := d.vault != nil && d.vault.do(func(ctx context.Context) client.Event {
		result, err := d.options.Vault.Do(ctx, e.Op)
		return client.CryptoDone{Req: e.Req, Result: result, Err: err}
	})
	if !queued {
		d.own = append(d.own, client.CryptoDone{Req: e.Req, Err: ErrBusy})
	}
}

// Read reads a document that needs no token, such as the key set of an issuer.
func Read(ctx context.Context, url string) ([]byte, error) {
	a, err := ask(ctx, "GET", url, "", "")
	if err == nil && a.status != 200 {
		err = errors.New(url + " answers with the status " + strconv.Itoa(a.status))
	}
	return a.body, err
}

// fetchTurns reads a page of the room's turns.
func fetchTurns(ctx context.Context, relay, room string, f client.FetchTurns) client.Event {
	at := roomURL(relay, room) + "/turns?limit=" + strconv.Itoa(f.Limit)
	if f.Before > 0 {
		at += "&before=" + strconv.FormatInt(f.Before, 10)
	}
	return request(ctx, f.Req, "GET", at, f.Token, "", func(body []byte) (client.Event, error) {
		turns, more, err := protocol.DecodeTurns(body)
		return client.TurnsLoaded{Req: f.Req, Turns: turns, More: more}, err
	})
}

// fetchDevices reads devices of the room.
func fetchDevices(ctx context.Context, relay, room string, f client.FetchDevices) client.Event {
	at := roomURL(relay, room) + "/devices"
	if len(f.IDs) > 0 { // base64url needs no escape
		at += "?id=" + strings.Join(f.IDs, "&id=")
	}
	return request(ctx, f.Req, "GET", at, f.Token, "", func(body []byte) (client.Event, error) {
		devices, err := protocol.DecodeDevices(body)
		return client.DevicesLoaded{Req: f.Req, Devices: devices}, err
	})
}
