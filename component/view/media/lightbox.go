package media

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// Lightbox shows the pictures of the loaded messages large, one at a time. Its script is
// component/element/lightbox.js, which gets the pictures and their bytes from here. It opens a modal dialog: nothing behind it
// can be reached, Escape closes it, and the focus returns to the previous element. Call its methods on the UI goroutine.
type Lightbox struct {
	app.Compo
	shelf   *Shelf
	refocus func(message string) // moves the focus back to a message
	place   app.Value            // the parent of the dialog; nil while not mounted
	view    app.Value            // the script's view; nil: the lightbox is closed
	message string               // the message of the picture that was opened
	snap    client.Snapshot
	asks    app.Func // called by the view
}

// NewLightbox returns a closed lightbox. It calls refocus after it was closed, to move the focus back to a message.
func NewLightbox(s *Shelf, refocus func(message string)) *Lightbox {
	l := &Lightbox{shelf: s, refocus: refocus}
	s.lightbox = l
	return l
}

// Render implements go-app's Composer.
func (l *Lightbox) Render() app.UI {
	return dom.UI("div", "hallway-light-place")
}

// OnMount implements go-app's Mounter.
func (l *Lightbox) OnMount(ctx app.Context) {
	l.place = ctx.JSSrc()
	l.asks = app.FuncOf(func(_ app.Value, args []app.Value) any { return l.answer(args[0].String(), args[1].String(), args[2]) })
}

// OnDismount implements go-app's Dismounter.
func (l *Lightbox) OnDismount() {
	if l.place != nil {
		l.place = nil
		l.asks.Release()
	}
}

// IsOpen reports whether the lightbox is open, or the focus has not returned yet.
func (l *Lightbox) IsOpen() bool { return l.view != nil }

// Close closes the lightbox.
func (l *Lightbox) Close() {
	if l.IsOpen() && l.place != nil {
		l.view.Call("close")
	}
}

// pictures returns all pictures of the loaded messages, as JSON.
func (l *Lightbox) pictures() string {
	list := []byte{'['}
	for _, m := range l.snap.Messages {
		for i := range m.Files {
			if f := m.Files[i]; isPicture(f.Type, f.Width, f.Height) {
				if len(list) > 1 {
					list = append(list, ',')
				}
				f.Name = text.ShownName(f.Name)
				list = f.Append(list)
			}
		}
	}
	return string(append(list, ']'))
}

// Follow takes the messages of a snapshot. It removes pictures that are no longer loaded.
func (l *Lightbox) Follow(s *client.Snapshot) {
	l.snap = *s
	if l.IsOpen() {
		l.view.Call("update", l.pictures())
	}
}

// Open shows a picture of a message.
func (l *Lightbox) Open(message, file string) {
	pictures := l.pictures()
	if l.place == nil || l.IsOpen() || !strings.Contains(pictures, `"`+file+`"`) { // the message may still be in the outbox
		return
	}
	l.message = message
	l.view = app.Window().Call("lightbox", l.place, pictures, file, l.asks)
}

// answer handles the requests of the view: it returns a word, loads a picture in a size, saves a picture under a name,
// and frees the bytes of a URL. It also handles the closing of the view.
func (l *Lightbox) answer(what, of string, more app.Value) any {
	switch s := l.shelf; what {
	case "say":
		return s.text.Say(text.Word(of))
	case "load":
		size := more.Int()
		s.run(func(app.Context) {
			s.Get(client.LoadFile{ID: of, Size: size}, func(url string) {
				if l.IsOpen() {
					l.view.Call("show", of, size, url)
				} else if size == 0 {
					release(url)
				}
			})
		})
	case "save":
		s.save(of, more.String(), func(bool) {})
	case "release":
		release(of)
	case "closed":
		s.run(l.onClose)
	}
	return nil
}

// onClose runs some time after the dialog was closed. The browser has given the focus back to the button of the opened
// picture, unless that is gone. The user may have moved it since.
func (l *Lightbox) onClose(app.Context) {
	if !l.IsOpen() {
		return
	}
	l.view = nil
	if l.place != nil && !dom.HasFocus(l.place.Get("parentElement")) {
		l.refocus(l.message)
	}
}
