package media

import (
	"strings"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// Lightbox shows the pictures of the loaded messages large, one at a time. Its script is
// component/element/lightbox.js, which gets the pictures and their bytes from here. While it is open there is a dialog, the browser's
// modal one: nothing behind it can be reached, Escape closes it, and the focus goes back to where it was.
// Its methods are called on the UI goroutine.
type Lightbox struct {
	app.Compo
	shelf   *Shelf
	refocus func(message string) // puts the keyboard back at a message
	place   app.Value            // of the dialog; nil while not mounted
	view    app.Value            // the script's view; nil: the lightbox is closed
	message string               // the message of the picture that was opened
	snap    client.Snapshot
	asks    app.Func // called by the view
}

// NewLightbox returns a closed lightbox. refocus puts the keyboard back at a message after it was closed.
func NewLightbox(s *Shelf, refocus func(message string)) *Lightbox {
	l := &Lightbox{shelf: s, refocus: refocus}
	s.lightbox = l
	return l
}

// Render is go-app's.
func (l *Lightbox) Render() app.UI {
	return app.Div().Class("hallway-light-place")
}

// OnMount is go-app's.
func (l *Lightbox) OnMount(ctx app.Context) {
	l.place = ctx.JSSrc()
	l.asks = app.FuncOf(func(_ app.Value, args []app.Value) any { return l.answer(args[0].String(), args[1].String(), args[2]) })
}

// OnDismount is go-app's.
func (l *Lightbox) OnDismount() {
	if l.place != nil {
		l.place = nil
		l.asks.Release()
	}
}

// IsOpen reports whether pictures are shown, or the focus has not yet gone back.
func (l *Lightbox) IsOpen() bool { return l.view != nil }

// Close closes it.
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

// Follow takes over the messages of a snapshot. A picture that is no longer there is not shown.
func (l *Lightbox) Follow(s *client.Snapshot) {
	l.snap = *s
	if l.IsOpen() {
		l.view.Call("update", l.pictures())
	}
}

// Open shows a picture of a message.
func (l *Lightbox) Open(message, file string) {
	pictures := l.pictures()
	if l.place == nil || l.IsOpen() || !strings.Contains(pictures, `"`+file+`"`) { // it may wait in the outbox
		return
	}
	l.message = message
	l.view = app.Window().Call("lightbox", l.place, pictures, file, l.asks)
}

// answer serves the requests of the view: for a word by its name, for the bytes of a picture in a size, to save a
// picture under a name, to free the bytes of a URL. The view also reports here that it was closed.
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

// onClose handles the closing of the dialog, for any reason. The browser has given the focus back to the button of
// the picture where it was opened, if that is still there.
func (l *Lightbox) onClose(app.Context) {
	if !l.IsOpen() {
		return
	}
	l.view = nil
	if active := dom.Active(); !active.Truthy() || !dom.Closest(active, ".hallway-photo").Truthy() {
		l.refocus(l.message)
	}
}
