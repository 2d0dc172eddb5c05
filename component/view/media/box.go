package media

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// Box shows the files of a message, or the strip of files in the composer. It keeps the elements of a file, so that
// a picture does not flicker when its upload proceeds or its message is stored.
type Box struct {
	shelf *Shelf
	root  app.Value
	strip bool
	item  string // the id of the message in the outbox that has the files; "": the message is stored
	shown []client.Attachment
	tiles []*tile // the tiles of shown
}

// tile holds the elements of one file.
type tile struct {
	root  app.Value // the photo or card, with the file's data attributes
	photo bool
	about app.Value // the size of the file, or the state of its upload
	state app.Value // the progress and the buttons of an upload
	// The progress of the upload, and the reason of its failure; nil without one.
	bar, why app.Value
}

// NewBox returns an empty box that fills an element.
func (s *Shelf) NewBox(root app.Value) *Box { return &Box{shelf: s, root: root} }

// NewStrip returns an empty strip that fills an element.
func (s *Shelf) NewStrip(root app.Value) *Box { return &Box{shelf: s, root: root, strip: true} }

// Stored returns the files of a stored message in the form of attachments.
func Stored(files []protocol.File) []client.Attachment {
	all := make([]client.Attachment, len(files))
	for i, f := range files {
		all[i] = client.Attachment{ID: f.ID, Name: f.Name, Type: f.Type, Size: f.Size, Width: f.Width, Height: f.Height, Alt: f.Alt}
	}
	return all
}

// IsPicture reports whether a file is shown as a picture.
func IsPicture(f *client.Attachment) bool { return isPicture(f.Type, f.Width, f.Height) }

// pictures holds the types that are shown as pictures, with spaces around them. Relays and e2ee.js support only these types.
const pictures = " image/jpeg image/png image/gif image/webp "

func isPicture(typ string, width, height int64) bool {
	return width > 0 && height > 0 && strings.Contains(pictures, " "+typ+" ")
}

// isPhoto reports whether a file of a message is shown as a photo.
func (b *Box) isPhoto(f *client.Attachment) bool { return !b.strip && !b.shelf.blocked && IsPicture(f) }

// ShowIn makes the box show the files of a message in the outbox.
func (b *Box) ShowIn(item string, files []client.Attachment) {
	b.item = item
	b.Show(files)
}

// Show makes the box show files.
func (b *Box) Show(files []client.Attachment) {
	tiles := make([]*tile, len(files))
	photos := 0
	for i := range files {
		f := &files[i]
		is := b.isPhoto(f)
		if is {
			photos++
		}
		was := slices.IndexFunc(b.shown, func(old client.Attachment) bool { return old.ID == f.ID })
		switch {
		case was >= 0 && b.tiles[was].photo == is:
			tiles[i] = b.tiles[was]
			if b.shown[was] != *f {
				b.fill(tiles[i], f, &b.shown[was])
			}
			continue
		case is:
			tiles[i] = b.newPhoto(f)
		default:
			tiles[i] = b.newCard(f)
		}
		b.fill(tiles[i], f, &client.Attachment{})
	}
	for _, old := range b.tiles {
		if !slices.Contains(tiles, old) {
			old.root.Call("remove")
		}
	}
	b.shown, b.tiles = slices.Clone(files), tiles
	b.place(photos)
}

// place puts the tiles into the document: the pictures together, then the cards.
func (b *Box) place(photos int) {
	if columns := columnsOf(photos); columns > 1 {
		dom.SetData(b.root, "columns", strconv.Itoa(columns))
	} else {
		b.root.Get("dataset").Delete("columns")
	}
	at := 0
	for _, isPhoto := range [...]bool{true, false} {
		for i, t := range b.tiles {
			if t.photo != isPhoto {
				continue
			}
			if place := b.root.Get("children").Index(at); !t.root.Equal(place) {
				b.root.Call("insertBefore", t.root, orNull(place))
			}
			if at++; isPhoto {
				b.size(t, &b.shown[i], photos)
			}
		}
	}
}

// size sets the size of a picture from the number of photos. The picture is loaded when it comes near the view.
func (b *Box) size(t *tile, f *client.Attachment, photos int) {
	size := sizeOf(f, photos)
	property := func(name string, value any) { t.root.Get("style").Call("setProperty", "--hallway-photo-"+name, value) }
	property("width", strconv.Itoa(size.width)+"px")
	property("ratio", size.ratio)
	dom.SetFlag(t.root.Get("dataset"), "small", true, size.small)
	if b.shelf.nearby != nil && dom.Data(t.root, "size") == "" {
		thumb := thumbSmall
		if pixels := app.Window().Get("devicePixelRatio"); photos == 1 && pixels.Float() > 1 && max(f.Width, f.Height) > thumbSmall {
			thumb = thumbLarge
		}
		dom.SetData(t.root, "size", strconv.Itoa(thumb))
		dom.SetData(t.root, "item", b.item)
		if b.isLarge(f) {
			dom.SetData(t.root, "failed", notLoaded)
			return
		}
		b.shelf.nearby.Call("observe", t.root)
	}
}

// isLarge reports whether a picture is loaded only on request, because an encrypted picture is loaded as a whole.
func (b *Box) isLarge(f *client.Attachment) bool {
	return b.shelf.encrypts && b.item == "" && f.Size > eagerBytesMax
}

// orNull returns a value, or null for nil.
func orNull(v app.Value) any {
	if v.Truthy() {
		return v
	}
	return nil
}

// columnsOf returns the number of columns for a number of pictures.
func columnsOf(photos int) int {
	switch {
	case photos < 2:
		return 1
	case photos == 2, photos == 4:
		return 2
	}
	return 3
}

// The sizes of a single picture in the log, in CSS pixels.
const (
	photoMax = 320 // the highest width and height; theme/files.css has the same number
	photoMin = 64
)

// photoSize holds the size of a picture in the log.
type photoSize struct {
	width int     // the width of a single picture
	ratio float64 // the width divided by the height
	small bool    // the picture is smaller than its area
}

// sizeOf returns the size of a picture from the number of photos in its message. Several photos are shown as squares.
func sizeOf(f *client.Attachment, photos int) photoSize {
	if photos > 1 {
		return photoSize{ratio: 1}
	}
	w, h := float64(f.Width), float64(f.Height)
	ratio := max(0.4, min(w/h, 4))
	width := max(photoMin, min(photoMax, photoMax*ratio, w))
	return photoSize{width: int(width), ratio: ratio, small: w < width && h < width/ratio}
}

// Redraw draws all files again, because the page cannot show pictures.
func (b *Box) Redraw() { b.Show(b.shown) }

// newPhoto makes the elements of a picture.
func (b *Box) newPhoto(f *client.Attachment) *tile {
	t := &tile{root: dom.New("div", "hallway-photo"), photo: true, about: dom.New("span", "hallway-photo-about"), state: dom.New("div", "hallway-photo-state")}
	open := action.Button(action.View, "")
	dom.SetAttribute(open, "tabindex", "-1") // the arrow keys reach it from its message
	dom.SetAttribute(open, "aria-haspopup", "dialog")
	img := dom.New("img", "hallway-photo-image")
	dom.SetAttribute(img, "draggable", "false") // otherwise it could be dropped as a file to attach
	dom.SetAttribute(img, "decoding", "async")
	dom.Append(open, img)
	dom.Append(open, t.about)
	if f.Type == "image/gif" {
		dom.Append(open, dom.Text("span", "hallway-photo-mark", "GIF"))
	}
	dom.Append(t.root, open)
	dom.Append(t.root, t.state)
	return t
}

// newCard makes the elements of a card: of a file that is not a photo, and of each file in the strip.
func (b *Box) newCard(f *client.Attachment) *tile {
	tag := "div"
	if b.strip {
		tag = "li"
	}
	t := &tile{root: dom.New(tag, "hallway-card"), about: dom.New("span", "hallway-card-about"), state: dom.New("div", "hallway-card-state")}
	kind := dom.Text("span", "hallway-card-kind", kindOf(f))
	dom.SetAttribute(kind, "aria-hidden", "true")
	if b.strip && IsPicture(f) && !b.shelf.blocked {
		img := dom.New("img", "hallway-card-image")
		dom.SetAttribute(img, "draggable", "false")
		dom.SetAttribute(img, "alt", "")
		dom.Append(kind, img)
		b.shelf.Get(client.LoadFile{ID: f.ID, Size: thumbSmall}, func(url string) {
			if url != "" {
				b.shelf.show(img, url)
			}
		})
	}
	words := dom.New("div", "hallway-card-words")
	name := dom.Bidi("hallway-card-name", text.ShownName(f.Name))
	dom.SetAttribute(name, "title", text.ShownName(f.Name))
	dom.Append(words, name)
	dom.Append(words, t.about)
	for _, part := range [...]app.Value{kind, words, t.state} {
		dom.Append(t.root, part)
	}
	return t
}

// kindOf returns a short label of a file's kind: the end of its name, or its type.
func kindOf(f *client.Attachment) string {
	end := strings.TrimPrefix(path.Ext(f.Name), ".")
	if end == "" || len(end) > 4 || strings.ContainsFunc(end, func(r rune) bool { return r >= utf8.RuneSelf || r <= ' ' }) {
		if _, end, _ = strings.Cut(f.Type, "/"); len(end) > 4 {
			end = "…"
		}
	}
	return strings.ToUpper(end)
}

// player returns the element that plays a file, or "".
func player(typ string) string {
	if kind, _, _ := strings.Cut(typ, "/"); kind == "audio" || kind == "video" {
		return kind
	}
	return ""
}

// altOf returns a picture's alternative text, or its name.
func altOf(f *client.Attachment, name string) string {
	if f.Alt != "" {
		return f.Alt
	}
	return name
}

// fill updates the elements of a file.
func (b *Box) fill(t *tile, f, was *client.Attachment) {
	texts := b.shelf.text
	name := text.ShownName(f.Name)
	for _, is := range [...][2]string{{"file", f.ID}, {"name", name}, {"kind", player(f.Type)}, {"state", string(f.State)}} {
		dom.SetData(t.root, is[0], is[1])
	}
	if t.photo {
		img := dom.Find(t.root, "img")
		alt := altOf(f, name)
		dom.SetAttribute(img, "alt", alt)
		dom.SetAttribute(img.Get("parentElement"), "title", alt)
		if dom.SetText(t.about, name); b.isLarge(f) {
			dom.SetText(t.about, name+texts.Say(text.Comma)+b.shelf.clock.Bytes(f.Size))
		}
	} else {
		dom.SetText(t.about, b.about(f))
	}
	b.fillBar(t, f)
	if f.State == was.State && was.ID != "" {
		return
	}
	if t.why = dom.Remove(t.why); t.photo && f.State == client.UploadFailed {
		t.why = dom.New("span", "hallway-photo-why")
		dom.SetText(t.why, texts.FileRefusal(f.Code, f.Reason, f.Why))
		t.state.Call("prepend", t.why)
	}
	b.fillButtons(t, name, b.actions(t, f))
}

// actions returns the actions with a button on a file.
func (b *Box) actions(t *tile, f *client.Attachment) []action.Action {
	switch {
	case f.State == "" && t.photo:
		return nil
	case f.State == "" && player(f.Type) != "":
		return []action.Action{action.Play, action.Download}
	case f.State == "":
		return []action.Action{action.Download}
	case !b.strip && f.State == client.UploadFailed:
		return []action.Action{action.Detach} // then the message is sent without it
	case !b.strip:
		return nil // the message itself has buttons
	case f.State == client.UploadFailed:
		return []action.Action{action.Reupload, action.Detach}
	case IsPicture(f):
		return []action.Action{action.Describe, action.Detach}
	}
	return []action.Action{action.Detach}
}

// fillButtons makes the buttons of a file. It keeps existing buttons, and so the focus.
func (b *Box) fillButtons(t *tile, name string, want []action.Action) {
	var there []app.Value
	for i, all := 0, t.state.Call("querySelectorAll", "button"); i < all.Length(); i++ {
		there = append(there, all.Index(i))
	}
	is := func(does action.Action) func(app.Value) bool {
		return func(button app.Value) bool { return dom.Data(button, "action") == string(does) }
	}
	for _, button := range there {
		if !slices.ContainsFunc(want, func(does action.Action) bool { return is(does)(button) }) {
			button.Call("remove")
		}
	}
	var next any
	for _, does := range slices.Backward(want) {
		if i := slices.IndexFunc(there, is(does)); i >= 0 {
			next = there[i]
			continue
		}
		button := action.Named(does, b.shelf.text.With(does.Word(), name, ""))
		if !b.strip {
			dom.SetAttribute(button, "tabindex", "-1") // the arrow keys reach it from its message
		}
		t.state.Call("insertBefore", button, next)
		next = button
	}
}

// fillBar shows the progress of an upload while it is under way.
func (b *Box) fillBar(t *tile, f *client.Attachment) {
	if f.State != client.UploadWaiting && f.State != client.UploadRunning {
		t.bar = dom.Remove(t.bar)
		return
	}
	if t.bar == nil {
		t.bar = dom.New("progress", "hallway-progress")
		dom.SetAttribute(t.bar, "aria-label", b.shelf.text.With(text.Uploading, text.ShownName(f.Name), ""))
		t.state.Call("prepend", t.bar)
	}
	if f.State == client.UploadRunning && f.Size > 0 {
		t.bar.Set("max", float64(f.Size))
		t.bar.Set("value", float64(min(f.Sent, f.Size)))
	}
}

// about returns the size of a file and the state of its upload, as a text.
func (b *Box) about(f *client.Attachment) string {
	size := b.shelf.clock.Bytes(f.Size)
	t := b.shelf.text
	switch f.State {
	case client.UploadFailed:
		return t.FileRefusal(f.Code, f.Reason, f.Why)
	case client.UploadWaiting:
		return size + t.Say(text.Comma) + t.Say(text.Waiting)
	case client.UploadReady:
		size += t.Say(text.Comma) + t.Say(text.FileReady)
	}
	if b.strip && f.Alt != "" {
		return f.Alt
	}
	return size
}

// Shown returns the files in the box.
func (b *Box) Shown() []client.Attachment { return b.shown }
