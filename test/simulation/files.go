package simulation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"

	"hallway/component/client"
	"hallway/protocol"
	"hallway/relay/rules"
)

// In one of filesOneIn seeds people send files. The seed's number decides it, as it does for slow mode.
const (
	filesOneIn      = 5
	fileBytesMax    = 100
	messageFilesMax = 3
)

// The file of a message is named after the message. Only the shell needs its size.

// attaches adds files to the composer's strip, and returns their ids. Some files are too large.
func (one *person) attaches(it *item) (ids []string) {
	p, w := one.p, one.p.w
	for range 1 + w.rnd.IntN(messageFilesMax) {
		w.people.files++
		f := client.Attachment{ID: uuid(5_000_000 + w.people.files), Name: fmt.Sprintf("%d/%d.png", it.number, w.people.files), Size: int64(1 + w.rnd.IntN(fileBytesMax*11/10))}
		p.uploads.bytes[f.ID] = true
		if w.sealed.on {
			p.sealed.sealFile(&f)
		}
		p.step(client.AttachFile{File: f})
		if !p.alive {
			return ids
		}
		ids = append(ids, f.ID)
	}
	return ids
}

// noteFiles records the files that the chat has taken with a message, and the text that the message will have.
func (v *watch) noteFiles(it *item, s *client.Snapshot) {
	p := v.p
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

// uploads holds the files that a page sends to the relay.
type uploads struct {
	p     *page
	bytes map[string]bool // the files whose bytes are in memory
	under map[int]bool    // the requests under way
}

// saveBytes stores the bytes of an item's files with it, as far as the page has them.
func (u *uploads) saveBytes(item client.Item) {
	p := u.p
	disk := p.dev.bytes[p.room]
	for _, f := range item.Files {
		if u.bytes[f.ID] {
			if disk[item.ID] == nil {
				disk[item.ID] = map[string]bool{}
			}
			disk[item.ID][f.ID] = true
			delete(u.bytes, f.ID)
		}
	}
}

// upload sends a file over HTTP. The relay may get it twice, and the answer may be lost.
func (u *uploads) upload(e client.Upload) {
	p, w := u.p, u.p.w
	p.uploads.under[e.Req] = true
	end := func(after time.Duration, ev client.Event) {
		p.in(after, func() {
			if p.uploads.under[e.Req] {
				delete(p.uploads.under, e.Req)
				p.step(ev)
			}
		})
	}
	begin := func() {
		if p.dev.offline || w.weather.strikes(httpLosses, 0.1) {
			end(w.upTo(15*time.Second), client.UploadRefused{Req: e.Req})
			return
		}
		if w.oneIn(3) {
			p.in(w.upTo(time.Second), func() { p.step(client.UploadProgress{Req: e.Req, Sent: w.rnd.Int64N(fileBytesMax)}) })
		}
		for range 1 + w.rnd.IntN(10)/9 {
			w.in(w.weather.delay(), func() { u.take(e, end) })
		}
	}
	if u.bytes[e.ID] {
		begin()
		return
	}
	p.disk(func() client.Event {
		switch stored := p.dev.bytes[p.room][e.Item]; {
		case stored[e.ID]:
			begin()
			return nil
		case w.people.byID[e.Item] != nil && w.people.byID[e.Item].saved && stored != nil:
			w.fail("%s: the bytes of file %s are lost, and those of others of its message are not", p.name, short(e.ID))
		}
		return client.UploadRefused{Req: e.Req, Lost: true}
	})
}

// take delivers an upload to a relay.
func (u *uploads) take(e client.Upload, end func(time.Duration, client.Event)) {
	p := u.p
	w, r := p.w, p.w.cluster.balance()
	if r == nil {
		end(w.weather.delay(), client.UploadRefused{Req: e.Req, Status: []int{0, 502}[w.rnd.IntN(2)]})
		return
	}
	if w.weather.strikes(httpFails, 0.15) {
		end(w.weather.delay(), client.UploadRefused{Req: e.Req, Status: []int{503, 500, 429, 401, 0}[w.rnd.IntN(5)], RetryAfterMs: w.rnd.Int64N(3000)})
		return
	}
	who, err := r.Verify(r.clock(), netip.Addr{}, e.Token)
	if err != nil {
		end(w.weather.delay(), client.UploadRefused{Req: e.Req, Status: 401})
		return
	}
	if w.sealed.on && e.Name != client.SealedName {
		w.fail("%s uploads %s under the name %q into an encrypted room", p.name, short(e.ID), e.Name)
	}
	file := protocol.File{ID: e.ID, Name: e.Name, Type: "image/png", Size: 1}
	op := rules.Op{Room: p.room, Do: rules.Upload{File: rules.File{File: file, Blob: e.ID, Sum: sha256.Sum256([]byte(e.ID))}}}
	r.do(func() {
		r.hub.Change(r.clock(), who, op, func(o rules.Outcome) {
			switch {
			case w.weather.strikes(httpLosses, 0.2):
				end(w.upTo(15*time.Second), client.UploadRefused{Req: e.Req})
			case o.Code == "":
				end(w.weather.delay(), client.UploadDone{Req: e.Req, File: o.Result.(rules.Uploaded).File.File})
			case o.Code == protocol.CodeRateLimited:
				end(w.weather.delay(), client.UploadRefused{Req: e.Req, Status: 429, Code: o.Code})
			case o.Code.Retryable():
				end(w.weather.delay(), client.UploadRefused{Req: e.Req, Status: 503, Code: o.Code})
			default:
				end(w.weather.delay(), client.UploadRefused{Req: e.Req, Status: 403, Code: o.Code, Why: o.Why, Reason: o.Reason})
			}
		})
	})
	w.in(20*time.Second, func() { end(0, client.UploadRefused{Req: e.Req}) }) // the relay has died
}

// checkFiles checks that a message has the files with which it was written.
func (c *lastChecks) checkFiles(it *item, m *protocol.Message) {
	w := c.w
	var files []string
	for _, f := range m.Files {
		files = append(files, f.ID)
	}
	if !m.Deleted() && !slices.Equal(files, it.files) {
		w.fail("%s was written with the files %v and is stored with %v", short(it.id), it.files, files)
	}
}

// inspectLack checks that no message was sent before its files. After a restore of the store the files may be missing; then the page sends
// them again, and the message loses its place.
func (v *watch) inspectLack(it *item) {
	p := v.p
	it.moved = true
	if !p.w.weather.forgets() {
		p.w.fail("%s: %s was sent before its files", p.name, short(it.id))
	}
}

// sealFile encrypts a file before the page attaches it, as the shell does.
func (e *sealedPage) sealFile(f *client.Attachment) {
	_, key, iv, err := e.vault.SealFile(context.Background(), make([]byte, f.Size))
	if err != nil {
		e.p.w.fail("a file cannot be encrypted: %v", err)
	}
	f.Name, f.Type, f.Key, f.IV = strings.ReplaceAll(f.Name, "/", "_"), "image/png", key, iv
	e.p.w.sealed.files[f.ID] = *f.Sealed()
}

// tells reports whether a stored file reveals something that only the room may know.
func tells(f client.Attachment) bool {
	return f.Name+f.Type+f.Alt+f.Key+f.IV != "" || f.Width+f.Height != 0
}

// checkSealedFiles checks that a content has the files that were attached to its message.
func (s *sealedWorld) checkSealedFiles(id string, files []protocol.SealedFile) {
	var ids []string
	for _, f := range files {
		if ids = append(ids, f.ID); f != s.files[f.ID] {
			s.w.fail("%s is sealed with %+v, which was attached as %+v", short(id), f, s.files[f.ID])
		}
	}
	if it := s.w.people.byID[id]; it != nil && !slices.Equal(ids, it.files) {
		s.w.fail("%s was written with the files %v and is sealed with %v", short(id), it.files, ids)
	}
}

// filesOf returns the files of a content as a page shows them.
func filesOf(said *protocol.Content) (files []protocol.File) {
	for _, f := range said.Files {
		files = append(files, f.File)
	}
	return files
}

// shownText returns the text that a page shows for a content.
func shownText(said *protocol.Content) string {
	return cmp.Or(said.Text, protocol.AutoText(filesOf(said)))
}
