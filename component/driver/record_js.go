package driver

import (
	"syscall/js"

	"hallway/component/client"
	"hallway/protocol"
)

// The versions of the JSON encodings. Pages of several versions of the package share an outbox and its storage. A page ignores
// items and notes of other versions. Ignored items stay in the storage.
const (
	itemVersion = 1
	// sealedVersion is the version of encrypted items.
	sealedVersion = 2
	// filesVersion is the version of items with files.
	filesVersion = 3
	// sealedFilesVersion is the version of encrypted items with files.
	sealedFilesVersion = 4
	noteVersion        = 1
)

func itemRecord(item client.Item) map[string]any {
	mentions := make([]any, len(item.Mentions))
	for i, m := range item.Mentions {
		mentions[i] = map[string]any{"at": m.At, "len": m.Len, "user": m.User, "all": m.All}
	}
	record := map[string]any{
		"v": itemVersion, "id": item.ID, "text": item.Text, "reply_to": item.ReplyTo, "sent_at": item.SentAt, "order": item.Order, "mentions": mentions,
		"code": string(item.Code), "reason": item.Reason, "why": string(item.Why),
	}
	if len(item.Files) > 0 {
		record["v"] = filesVersion
		record["files"] = fileRecords(item.Files)
	}
	if e := item.Sealed; e != nil {
		if record["v"] = sealedVersion; len(item.Files) > 0 {
			record["v"] = sealedFilesVersion
		}
		record["sealed"] = sealedRecord(e)
		if item.Own != nil {
			record["own"] = sealedRecord(item.Own)
		}
	}
	return record
}

func sealedRecord(e *protocol.Encrypted) map[string]any {
	return map[string]any{"alg": e.Alg, "kid": e.Kid, "iv": e.IV, "ct": e.CT}
}

func noteRecord(n client.Note) map[string]any {
	ids := make([]any, len(n.IDs))
	for i, id := range n.IDs {
		ids[i] = id
	}
	return map[string]any{
		"v": noteVersion, "kind": string(n.Kind), "item": itemRecord(n.Item), "state": string(n.State), "ids": ids,
		"epoch": n.Epoch, "seq": n.Seq, "uploads": n.Uploads,
	}
}

// readItem decodes the record of an item. ok is false for a record that this version cannot read.
func readItem(v js.Value) (item client.Item, ok bool) {
	r := newReader(v)
	version := r.number("v")
	item = client.Item{
		ID: r.text("id"), Text: r.text("text"), ReplyTo: r.text("reply_to"), SentAt: r.text("sent_at"), Order: r.number("order"),
		Code: protocol.Code(r.text("code")), Reason: r.text("reason"), Why: protocol.Why(r.text("why")),
	}
	if mentions := r.member("mentions", js.TypeObject); mentions.Truthy() {
		for i := range mentions.Length() {
			one := newReader(mentions.Index(i))
			m := protocol.Mention{At: one.number("at"), Len: one.number("len"), User: one.text("user"), All: one.member("all", js.TypeBoolean).Truthy()}
			item.Mentions = append(item.Mentions, m)
			r.ok = r.ok && one.ok
		}
	}
	known := int64(itemVersion)
	if files := r.member("files", js.TypeObject); files.Truthy() {
		item.Files = r.files(files)
		known = filesVersion
	}
	item.Sealed, item.Own = r.sealed("sealed"), r.sealed("own")
	if item.Sealed != nil {
		if known = sealedVersion; len(item.Files) > 0 {
			known = sealedFilesVersion
		}
	}
	return item, r.ok && version == known && protocol.MentionsFit(item.Mentions, item.Text)
}

func fileRecords(files []client.Attachment) []any {
	all := make([]any, len(files))
	for i, f := range files {
		all[i] = map[string]any{
			"id": f.ID, "name": f.Name, "type": f.Type, "size": f.Size, "width": f.Width, "height": f.Height, "alt": f.Alt,
			"key": f.Key, "iv": f.IV,
			"state": string(f.State), "code": string(f.Code), "reason": f.Reason, "why": string(f.Why),
		}
	}
	return all
}

// files decodes the output of fileRecords.
func (r *reader) files(list js.Value) (files []client.Attachment) {
	for i := range list.Length() {
		one := newReader(list.Index(i))
		files = append(files, client.Attachment{
			ID: one.text("id"), Name: one.text("name"), Type: one.text("type"), Alt: one.text("alt"),
			Key: one.text("key"), IV: one.text("iv"),
			Size: one.number("size"), Width: one.number("width"), Height: one.number("height"),
			State: client.UploadState(one.text("state")),
			Code:  protocol.Code(one.text("code")), Reason: one.text("reason"), Why: protocol.Why(one.text("why")),
		})
		r.ok = r.ok && one.ok
	}
	return files
}

// readNote decodes the record of a note. ok is false for a record that this version cannot read.
func readNote(v js.Value) (n client.Note, ok bool) {
	r := newReader(v)
	version := r.number("v")
	item, ok := readItem(r.member("item", js.TypeObject))
	n = client.Note{
		Kind: client.NoteKind(r.text("kind")), Item: item, State: client.ItemState(r.text("state")),
		Epoch: r.text("epoch"), Seq: r.number("seq"), Uploads: r.member("uploads", js.TypeBoolean).Truthy(),
	}
	if ids := r.member("ids", js.TypeObject); ids.Truthy() {
		for i := range ids.Length() {
			n.IDs = append(n.IDs, ids.Index(i).String())
		}
	}
	return n, ok && r.ok && version == noteVersion
}

// reader reads the members of an object. A missing member is empty.
type reader struct {
	object js.Value
	ok     bool // the value is an object, and all members read so far have the right types
}

func newReader(v js.Value) reader {
	if v.Type() != js.TypeObject {
		return reader{object: js.Global().Get("Object").New()}
	}
	return reader{object: v, ok: true}
}

func (r *reader) member(name string, is js.Type) js.Value {
	v := r.object.Get(name)
	if v.Type() == is {
		return v
	}
	r.ok = r.ok && v.IsUndefined()
	return js.Undefined()
}

// sealed reads the output of sealedRecord.
func (r *reader) sealed(name string) *protocol.Encrypted {
	v := r.member(name, js.TypeObject)
	if !v.Truthy() {
		return nil
	}
	e := newReader(v)
	sealed := protocol.Encrypted{Alg: e.text("alg"), Kid: e.text("kid"), IV: e.text("iv"), CT: e.text("ct")}
	r.ok = r.ok && e.ok
	return &sealed
}

func (r *reader) text(name string) string {
	if v := r.member(name, js.TypeString); v.Truthy() {
		return v.String()
	}
	return ""
}

func (r *reader) number(name string) int64 {
	if v := r.member(name, js.TypeNumber); v.Truthy() {
		return int64(v.Float())
	}
	return 0
}

// stringify returns the JSON of a record.
func stringify(record map[string]any) string {
	return js.Global().Get("JSON").Call("stringify", record).String()
}

// parse returns the value of a JSON text, or undefined.
func parse(text string) js.Value {
	v, err := try(func() js.Value { return js.Global().Get("JSON").Call("parse", text) })
	if err != nil {
		return js.Undefined()
	}
	return v
}
