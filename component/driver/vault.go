package driver

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"hallway/component/client"
	"hallway/protocol"
)

// Vault holds the keys of one chat in an end-to-end encrypted room, and carries out the core's ops:
// see [client.Crypto]. One goroutine at a time uses it. A method returns the context's error when the
// context ends.
type Vault interface {
	// Do carries out an op and returns its result. An error means that keys or cryptography are not
	// available. A bad device, turn, wrap or message is not an error, but a result.
	Do(ctx context.Context, op client.CryptoOp) (client.CryptoResult, error)
	// Close forgets all secrets in memory. No other method is called after it.
	Close() error
}

// FileVault is a [Vault] that also encrypts files. Any goroutine may call its methods. With any other vault no
// file is sent.
type FileVault interface {
	Vault
	// SealFile encrypts a file with a new key. It may remove hidden data from a picture, such as its location.
	SealFile(ctx context.Context, bytes Blob) (sealed Blob, key, iv string, err error)
	// OpenFile decrypts a file. ok is false if the bytes were altered. With a size it returns a thumbnail, and ok is
	// also false if the file is not a picture.
	OpenFile(ctx context.Context, sealed Blob, f *protocol.SealedFile, size int) (bytes Blob, ok bool, err error)
}

// attachSealed is Attach in an encrypted chat. A file that cannot be sent or encrypted reaches the core without a key,
// and the core shows the reason.
func (d *Driver) attachSealed(f client.Attachment, bytes Blob) error {
	vault, ok := d.options.Vault.(FileVault)
	ok = ok && f.Size <= d.Snapshot().FileBytesMax
	queued := d.vault.doWithin(filesTimeout, func(ctx context.Context) client.Event {
		if ok {
			if sealed, key, iv, err := vault.SealFile(ctx, bytes); err == nil {
				f.Key, f.IV, f.Size = key, iv, sizeOf(sealed)-protocol.FileTagBytes
				d.blobs.put(f.ID, sealed)
			}
		}
		return client.AttachFile{File: f}
	})
	if !queued {
		return ErrBusy
	}
	return nil
}

// openFile decrypts the bytes of a file and returns the result as an event. It refuses bytes that exceed the size in the message.
func (d *Driver) openFile(ctx context.Context, f client.FetchFile, sealed Blob) client.Event {
	vault, can := d.options.Vault.(FileVault)
	if !can || sizeOf(sealed) > f.Sealed.Size+protocol.FileTagBytes {
		return client.FileGot{Req: f.Req, Altered: true}
	}
	bytes, ok, err := vault.OpenFile(ctx, sealed, f.Sealed, f.Of.Size)
	switch {
	case err != nil:
		return client.RequestFailed{Req: f.Req, Err: err}
	case !ok:
		return client.FileGot{Req: f.Req, Altered: true}
	}
	return client.FileGot{Req: f.Req, URL: urlOf(bytes)}
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
