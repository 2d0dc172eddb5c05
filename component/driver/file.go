package driver

import (
	"context"
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// fileTimeout is the time limit for the bytes of a file.
const fileTimeout = 5 * time.Minute

// loadFile makes a URL of a file's bytes. It takes them from memory, from a waiting message in the storage, or from the relay.
func (d *Driver) loadFile(f client.FetchFile) {
	answer := func(ev client.Event) {
		if d.life.Err() == nil {
			d.post(ev)
		}
	}
	fetch := func() { answer(d.getFile(f)) }
	if bytes, ok := d.blobs.get(f.Of.ID); ok && f.Sealed != nil {
		go func() { answer(d.openFile(d.life, f, bytes)) }()
		return
	} else if ok && !f.Of.Link {
		d.own = append(d.own, client.FileGot{Req: f.Req, URL: urlOf(bytes)})
		return
	}
	storage, ok := d.options.Storage.(FileStorage)
	if f.Of.Item == "" || !ok {
		go fetch()
		return
	}
	key := d.key()
	queued := d.keeper.do(func(ctx context.Context) client.Event {
		bytes, err := storage.LoadFile(ctx, key, f.Of.Item, f.Of.ID)
		switch {
		case err != nil:
			go fetch() // the message was sent meanwhile, so the relay has the file
		case f.Sealed != nil:
			go func() { answer(d.openFile(d.life, f, bytes)) }()
		default:
			return client.FileGot{Req: f.Req, URL: urlOf(bytes)}
		}
		return nil
	})
	if !queued {
		d.own = append(d.own, client.RequestFailed{Req: f.Req, Err: ErrBusy})
	}
}

// getFile requests a file from the relay, and returns the result as an event. Each platform has functions for the bytes:
//
//	fetchFile(ctx context.Context, url, token string) (local string, status int, err error)
//	urlOf(bytes Blob) string
//
// return URLs of bytes in memory. In a native client fetchFile returns the URL at the relay instead.
//
//	fetchBytes(ctx context.Context, url, token string, most int64) (bytes Blob, status int, err error)
//
// returns the bytes.
func (d *Driver) getFile(f client.FetchFile) client.Event {
	if f.Sealed == nil {
		return fetchURL(d.life, d.options.Relay, d.options.Room, f)
	}
	ctx, cancel := context.WithTimeout(d.life, fileTimeout)
	defer cancel()
	at := roomURL(d.options.Relay, d.options.Room) + "/files/" + f.Of.ID
	bytes, status, err := fetchBytes(ctx, at, f.Token, f.Sealed.Size+protocol.FileTagBytes)
	if err != nil || status != 200 {
		return client.RequestFailed{Req: f.Req, Status: status, Err: err}
	}
	return d.openFile(ctx, f, bytes)
}

// fetchURL is getFile for a file that is not encrypted.
func fetchURL(ctx context.Context, relay, room string, f client.FetchFile) client.Event {
	at := roomURL(relay, room) + "/files/" + f.Of.ID
	if f.Of.Link {
		return request(ctx, f.Req, "POST", at+"/link", f.Token, "", func(body []byte) (client.Event, error) {
			l, err := protocol.DecodeFileLink(body)
			return client.FileGot{Req: f.Req, URL: l.URL}, err
		})
	}
	if f.Of.Size > 0 {
		at += "?size=" + strconv.Itoa(f.Of.Size)
	}
	ctx, cancel := context.WithTimeout(ctx, fileTimeout)
	defer cancel()
	local, status, err := fetchFile(ctx, at, f.Token)
	if err != nil || status != 200 {
		return client.RequestFailed{Req: f.Req, Status: status, Err: err}
	}
	return client.FileGot{Req: f.Req, URL: local}
}
