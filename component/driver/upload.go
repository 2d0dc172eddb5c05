package driver

import (
	"context"
	"errors"
	"maps"
	"net/url"
	"sync"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

const (
	// stallMax is the longest pause of an upload, and the longest wait for its answer.
	stallMax = time.Minute
	// filesTimeout is storageTimeout for an item with the bytes of its files.
	filesTimeout = time.Minute
)

// ErrNoFile means that the bytes of a file are lost.
var ErrNoFile = errors.New("driver: the file's bytes are not there")

// FileStorage is a [Storage] that also stores the bytes of files. With any other storage the bytes
// are only in memory. Each platform has its own [Blob].
type FileStorage interface {
	Storage
	// SaveFiles stores an item like Save, together with the bytes of files by their ids: all or
	// nothing. Bytes that were stored with the item before stay. Remove removes them, too.
	SaveFiles(ctx context.Context, key Key, item client.Item, files map[string]Blob) error
	// LoadFile returns the bytes of a file stored with an item, or an error that wraps
	// [ErrNoFile].
	LoadFile(ctx context.Context, key Key, item, file string) (Blob, error)
}

// blobs holds the bytes of attached files in memory, by file id, until they are stored or no longer
// needed. In an encrypted chat the bytes are encrypted.
type blobs struct {
	mu  sync.Mutex
	all map[string]Blob
}

func (b *blobs) put(id string, bytes Blob) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.all == nil {
		b.all = map[string]Blob{}
	}
	b.all[id] = bytes
}

func (b *blobs) get(id string) (bytes Blob, ok bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	bytes, ok = b.all[id]
	return bytes, ok
}

func (b *blobs) forget(ids ...string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, id := range ids {
		delete(b.all, id)
	}
}

// of returns the bytes of those of an item's files that are in memory.
func (b *blobs) of(item client.Item) map[string]Blob {
	b.mu.Lock()
	defer b.mu.Unlock()
	files := map[string]Blob{}
	for _, f := range item.Files {
		if bytes, ok := b.all[f.ID]; ok {
			files[f.ID] = bytes
		}
	}
	return files
}

// Attach puts a file with its bytes into the composer's strip: see [client.AttachFile]. It adds an
// id to a file without one.
func (d *Driver) Attach(f client.Attachment, bytes Blob) (err error) {
	if f.ID == "" {
		if f.ID, err = newID(); err != nil {
			return err
		}
	}
	if d.vault != nil {
		return d.attachSealed(f, bytes)
	}
	d.blobs.put(f.ID, bytes)
	if !d.host.push(client.AttachFile{File: f}) {
		d.blobs.forget(f.ID)
		return ErrBusy
	}
	return nil
}

// saveFiles stores an item with the bytes of its files, and then removes the bytes from memory.
func (d *Driver) saveFiles(ctx context.Context, storage FileStorage, key Key, item client.Item) error {
	files := d.blobs.of(item)
	err := storage.SaveFiles(ctx, key, item, files)
	if err == nil {
		for id := range maps.Keys(files) {
			d.blobs.forget(id)
		}
	}
	return err
}

// upload starts an upload. AbortUpload and the end of the driver end it.
func (d *Driver) upload(e client.Upload) {
	ctx, cancel := context.WithCancel(context.Background())
	if d.uploads == nil {
		d.uploads = map[int]context.CancelFunc{}
	}
	d.uploads[e.Req] = cancel
	begin := func(bytes Blob) {
		ev := d.send(ctx, e, bytes)
		if ctx.Err() == nil {
			d.post(ev)
		}
	}
	if bytes, ok := d.blobs.get(e.ID); ok {
		go begin(bytes)
		return
	}
	key := d.key()
	queued := d.keeper.do(func(context.Context) client.Event {
		if storage, ok := d.options.Storage.(FileStorage); ok {
			ctx, cancel := context.WithTimeout(ctx, filesTimeout)
			defer cancel()
			if bytes, err := storage.LoadFile(ctx, key, e.Item, e.ID); err == nil {
				go begin(bytes)
				return nil
			} else if !errors.Is(err, ErrNoFile) {
				return client.UploadRefused{Req: e.Req, Reason: err.Error()}
			}
		}
		return client.UploadRefused{Req: e.Req, Lost: true}
	})
	if !queued {
		d.own = append(d.own, client.UploadRefused{Req: e.Req, Reason: ErrBusy.Error()})
	}
}

// send sends the bytes of a file and returns the result as an event. Each platform has a function put:
//
//	put(ctx context.Context, url, token string, bytes Blob, sent func(n int64)) (answer, error)
//
// It sends the bytes with the token as bearer, and reports the number sent. Its error is ErrNoFile if the bytes cannot be read.
func (d *Driver) send(ctx context.Context, e client.Upload, bytes Blob) client.Event {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stalled := time.AfterFunc(stallMax, cancel)
	defer stalled.Stop()
	at := roomURL(d.options.Relay, d.options.Room) + "/files/" + e.ID + "?name=" + url.QueryEscape(e.Name)
	a, err := put(ctx, at, e.Token, bytes, func(n int64) {
		stalled.Reset(stallMax)
		d.post(client.UploadProgress{Req: e.Req, Sent: n})
	})
	if err != nil {
		return client.UploadRefused{Req: e.Req, Reason: err.Error(), Lost: errors.Is(err, ErrNoFile)}
	}
	if a.status == 200 || a.status == 201 {
		f, err := protocol.DecodeFile(a.body)
		if err == nil {
			return client.UploadDone{Req: e.Req, File: f}
		}
		return client.UploadRefused{Req: e.Req, Reason: err.Error()}
	}
	refused := client.UploadRefused{Req: e.Req, Status: a.status, RetryAfterMs: retryAfterMs(a.retryAfter)}
	if p, err := protocol.DecodeProblem(a.body); err == nil {
		refused.Code, refused.Why, refused.Reason = p.Code, p.Why, p.Detail
	}
	return refused
}

// abortUpload ends an upload.
func (d *Driver) abortUpload(req int) {
	if cancel := d.uploads[req]; cancel != nil {
		delete(d.uploads, req)
		cancel()
	}
}

// uploadEnded removes the upload that an event ends.
func (d *Driver) uploadEnded(ev client.Event) {
	switch ev := ev.(type) {
	case client.UploadDone:
		d.abortUpload(ev.Req)
	case client.UploadRefused:
		d.abortUpload(ev.Req)
	}
}
