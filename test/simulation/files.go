package simulation

import (
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/relay/rules"
)

// In one seed of filesOneIn people send files. That is a matter of the seed's number, as slow mode is.
const (
	filesOneIn      = 5
	fileBytesMax    = 100
	messageFilesMax = 3
)

// The file of a message is named after it, and has a size that only the shell needs.

// personAttaches puts files into the composer's strip, and returns their ids. Some are too large.
func (p *page) personAttaches(it *item) (ids []string) {
	w := p.w
	for range 1 + w.rnd.IntN(messageFilesMax) {
		w.files++
		f := client.Attachment{ID: uuid(5_000_000 + w.files), Name: fmt.Sprintf("%d/%d.png", it.number, w.files), Size: int64(1 + w.rnd.IntN(fileBytesMax*11/10))}
		p.bytes[f.ID] = true
		p.step(client.AttachFile{File: f})
		if !p.alive {
			return ids
		}
		ids = append(ids, f.ID)
	}
	return ids
}

// noteFiles records which files the chat has taken with a message, and the text that it will have.
func (p *page) noteFiles(it *item, s *client.Snapshot) {
	own := s.Outbox[slices.IndexFunc(s.Outbox, func(o client.Own) bool { return o.ID == it.id })]
	var files []protocol.File
	for _, f := range own.Files {
		if slices.ContainsFunc(s.Strip, func(a client.Attachment) bool { return a.ID == f.ID }) {
			p.w.fail("%s has file %s in a message and in the strip", p.name, short(f.ID))
		}
		it.files = append(it.files, f.ID)
		files = append(files, protocol.File{Name: f.Name})
	}
	if it.text == "" {
		it.text = protocol.AutoText(files)
	}
}

// saveBytes stores the bytes of an item's files with it, as far as the page has them.
func (p *page) saveBytes(item client.Item) {
	disk := p.dev.bytes[p.room]
	for _, f := range item.Files {
		if p.bytes[f.ID] {
			if disk[item.ID] == nil {
				disk[item.ID] = map[string]bool{}
			}
			disk[item.ID][f.ID] = true
			delete(p.bytes, f.ID)
		}
	}
}

// upload sends a file over HTTP. The relay may get it twice, and its answer may be lost.
func (p *page) upload(e client.Upload) {
	w := p.w
	p.uploads[e.Req] = true
	end := func(after time.Duration, ev client.Event) {
		p.in(after, func() {
			if p.uploads[e.Req] {
				delete(p.uploads, e.Req)
				p.step(ev)
			}
		})
	}
	begin := func() {
		if p.dev.offline || w.strikes(httpLosses, 0.1) {
			end(w.upTo(15*time.Second), client.UploadRefused{Req: e.Req})
			return
		}
		if w.oneIn(3) {
			p.in(w.upTo(time.Second), func() { p.step(client.UploadProgress{Req: e.Req, Sent: w.rnd.Int64N(fileBytesMax)}) })
		}
		for range 1 + w.rnd.IntN(10)/9 {
			w.in(w.latency(), func() { p.take(e, end) })
		}
	}
	if p.bytes[e.ID] {
		begin()
		return
	}
	p.disk(func() client.Event {
		switch stored := p.dev.bytes[p.room][e.Item]; {
		case stored[e.ID]:
			begin()
			return nil
		case w.byID[e.Item] != nil && w.byID[e.Item].saved && stored != nil:
			w.fail("%s: the bytes of file %s are lost, and those of others of its message are not", p.name, short(e.ID))
		}
		return client.UploadRefused{Req: e.Req, Lost: true}
	})
}

// take brings an upload to a relay.
func (p *page) take(e client.Upload, end func(time.Duration, client.Event)) {
	w, r := p.w, p.w.balance()
	if r == nil {
		end(w.latency(), client.UploadRefused{Req: e.Req, Status: []int{0, 502}[w.rnd.IntN(2)]})
		return
	}
	if w.strikes(httpFails, 0.15) {
		end(w.latency(), client.UploadRefused{Req: e.Req, Status: []int{503, 500, 429, 401, 0}[w.rnd.IntN(5)], RetryAfterMs: w.rnd.Int64N(3000)})
		return
	}
	who, err := r.Verify(r.clock(), netip.Addr{}, e.Token)
	if err != nil {
		end(w.latency(), client.UploadRefused{Req: e.Req, Status: 401})
		return
	}
	file := protocol.File{ID: e.ID, Name: e.Name, Type: "image/png", Size: 1}
	op := rules.Op{Room: p.room, Do: rules.Upload{File: rules.File{File: file, Blob: e.ID, Sum: sha256.Sum256([]byte(e.ID))}}}
	r.do(func() {
		r.hub.Change(r.clock(), who, op, func(o rules.Outcome) {
			switch {
			case w.strikes(httpLosses, 0.2):
				end(w.upTo(15*time.Second), client.UploadRefused{Req: e.Req})
			case o.Code == "":
				end(w.latency(), client.UploadDone{Req: e.Req, File: o.Result.(rules.Uploaded).File.File})
			case o.Code == protocol.CodeRateLimited:
				end(w.latency(), client.UploadRefused{Req: e.Req, Status: 429, Code: o.Code})
			case o.Code.Retryable():
				end(w.latency(), client.UploadRefused{Req: e.Req, Status: 503, Code: o.Code})
			default:
				end(w.latency(), client.UploadRefused{Req: e.Req, Status: 403, Code: o.Code, Why: o.Why, Reason: o.Reason})
			}
		})
	})
	w.in(20*time.Second, func() { end(0, client.UploadRefused{Req: e.Req}) }) // the relay has died
}

// checkFiles checks that a message has the files with which it was written.
func (w *world) checkFiles(it *item, m *protocol.Message) {
	var files []string
	for _, f := range m.Files {
		files = append(files, f.ID)
	}
	if !m.Deleted() && !slices.Equal(files, it.files) {
		w.fail("%s was written with the files %v and is stored with %v", short(it.id), it.files, files)
	}
}

// inspectLack checks that no message was sent before its files. Where the store was restored they may be gone; then the message
// loses its place, because they are sent again.
func (p *page) inspectLack(it *item) {
	it.moved = true
	if !p.w.weather.on[restores] && !p.w.weather.on[promotions] {
		p.w.fail("%s: %s was sent before its files", p.name, short(it.id))
	}
}
