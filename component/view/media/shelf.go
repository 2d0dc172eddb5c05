package media

import (
	"slices"
	"strconv"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

const (
	// thumbnailsKept bounds the thumbnails whose bytes are kept.
	thumbnailsKept = 200
	// nearView is the distance from the view, in CSS pixels, within which pictures are loaded.
	nearView = 400
	// eagerBytesMax is the highest size of an encrypted picture that is loaded without a request.
	eagerBytesMax = 5 << 20
	// playersKept bounds the decrypted files whose bytes are kept for players.
	playersKept = 3
	// downloadFor is the time for which the bytes of a download are kept, because the browser reads them after the click.
	downloadFor = time.Minute
)

// The values of data-failed of a picture that is not shown. The empty value means that it could not be loaded.
const (
	notLoaded = "large"
	altered   = "altered"
)

// The sizes of thumbnails, in pixels.
const (
	thumbSmall = 320
	thumbLarge = 1280
)

// Shelf holds the bytes of files as URLs. Call its methods on the UI goroutine.
type Shelf struct {
	do    func(client.Event)
	run   func(f func(app.Context)) // runs f on the UI goroutine
	text  *text.Texts
	clock text.Clock

	encrypts bool                                   // the chat is encrypted
	altered  map[string]bool                        // files that could not be decrypted, by id
	players  []string                               // the URLs of decrypted files for players, the latest last
	waiting  map[client.LoadFile][]func(url string) // callbacks for each file that is loading
	kept     []thumbnail                            // in order of their last use
	nearby   app.Value                              // an observer of pictures without bytes; nil while not mounted
	came     app.Func                               // called when some of the pictures come near the view
	failed   app.Func                               // called when the browser cannot show a picture
	showed   app.Func                               // called when the browser has shown a picture
	blocked  bool                                   // the page's policy forbids pictures from memory
	works    bool                                   // the browser has shown a picture from memory
	onBlock  func()
	lightbox *Lightbox
}

// thumbnail is a thumbnail whose bytes are in memory.
type thumbnail struct {
	of  client.LoadFile
	url string
}

// NewShelf returns an empty shelf. do hands an event to the client's core, run runs a function on the UI
// goroutine.
func NewShelf(do func(client.Event), run func(func(app.Context))) *Shelf {
	return &Shelf{do: do, run: run, waiting: make(map[client.LoadFile][]func(string)), altered: make(map[string]bool)}
}

// Speak sets the language.
func (s *Shelf) Speak(t *text.Texts, c text.Clock) { s.text, s.clock = t, c }

// SetEncrypts sets whether the chat is encrypted.
func (s *Shelf) SetEncrypts(on bool) { s.encrypts = on }

// Mount starts to load the pictures that come near the view of a scroller. It calls onBlock if the page cannot show
// pictures: then all boxes must be drawn again.
func (s *Shelf) Mount(scroller app.Value, onBlock func()) {
	s.onBlock = onBlock
	hears := func(f func(args []app.Value)) app.Func {
		return app.FuncOf(func(_ app.Value, args []app.Value) any {
			s.run(func(app.Context) { f(args) })
			return nil
		})
	}
	s.came = hears(func(args []app.Value) {
		for i := range args[0].Length() {
			if entry := args[0].Index(i); entry.Get("isIntersecting").Bool() && s.nearby != nil {
				s.nearby.Call("unobserve", entry.Get("target"))
				s.loadPicture(entry.Get("target"))
			}
		}
	})
	s.failed = hears(func(args []app.Value) {
		if file := dom.Closest(args[0].Get("target"), "[data-file]"); file.Truthy() {
			dom.SetData(file, "failed", "")
		}
		if !s.works && !s.blocked {
			s.blocked = true
			s.onBlock()
		}
	})
	s.showed = hears(func([]app.Value) { s.works = true })
	s.nearby = app.Window().Get("IntersectionObserver").New(s.came, map[string]any{
		"root": scroller, "rootMargin": strconv.Itoa(nearView) + "px",
	})
}

// Dismount undoes Mount.
func (s *Shelf) Dismount() {
	if s.nearby == nil {
		return
	}
	s.nearby.Call("disconnect")
	s.nearby = nil
	for _, f := range []app.Func{s.came, s.failed, s.showed} {
		f.Release()
	}
}

// Get gets a URL of a file and calls then with it, or with "" if the file cannot be loaded. The shelf owns the URL of
// a thumbnail, and keeps it valid while it is in use. The caller owns any other URL.
func (s *Shelf) Get(of client.LoadFile, then func(url string)) {
	if i := slices.IndexFunc(s.kept, func(t thumbnail) bool { return t.of == of }); i >= 0 {
		t := s.kept[i]
		s.kept = append(slices.Delete(s.kept, i, i+1), t)
		then(t.url)
		return
	}
	asked := s.waiting[of] != nil
	s.waiting[of] = append(s.waiting[of], then)
	if !asked {
		s.do(of)
	}
}

// Loaded takes the URL of a file.
func (s *Shelf) Loaded(f client.FileLoaded) {
	all := s.waiting[f.Of]
	delete(s.waiting, f.Of)
	if delete(s.altered, f.Of.ID); f.Altered {
		s.altered[f.Of.ID] = true
	}
	switch {
	case f.URL == "":
	case f.Of.Link && s.encrypts:
		if len(s.players) == playersKept {
			release(s.players[0])
			s.players = s.players[1:]
		}
		s.players = append(s.players, f.URL)
	case f.Of.Size > 0:
		if len(s.kept) == thumbnailsKept {
			release(s.kept[0].url)
			s.kept = s.kept[1:]
		}
		s.kept = append(s.kept, thumbnail{f.Of, f.URL})
	case len(all) == 0:
		release(f.URL)
	}
	for _, then := range all {
		then(f.URL)
	}
}

// release frees the bytes of a URL. It does nothing for a URL at the relay.
func release(url string) { app.Window().Get("URL").Call("revokeObjectURL", url) }

// loadPicture loads the thumbnail of a picture in a box.
func (s *Shelf) loadPicture(photo app.Value) {
	size, _ := strconv.Atoi(dom.Data(photo, "size"))
	photo.Get("dataset").Delete("failed")
	s.Get(client.LoadFile{ID: dom.Data(photo, "file"), Size: size, Item: dom.Data(photo, "item")}, func(url string) {
		if url == "" {
			dom.SetData(photo, "failed", "")
			if id := dom.Data(photo, "file"); s.altered[id] {
				dom.SetData(photo, "failed", altered)
				dom.SetText(photo.Call("querySelector", ".hallway-photo-about"), text.Because(dom.Data(photo, "name"), s.gone(id)))
			}
			return
		}
		s.show(dom.Find(photo, "img"), url)
	})
}

// show shows a picture, and listens for the browser's success or failure.
func (s *Shelf) show(img app.Value, url string) {
	if img.Truthy() && s.nearby != nil {
		img.Set("onerror", s.failed)
		img.Set("onload", s.showed)
		img.Set("src", url)
	}
}

// Again loads the pictures in an element whose loading has failed before.
func (s *Shelf) Again(in app.Value) {
	for i, all := 0, in.Call("querySelectorAll", "[data-failed='']"); i < all.Length(); i++ {
		s.loadPicture(all.Index(i))
	}
}

// Act carries out an action on a file. It returns false for any other action. message is the id of the file's message,
// and control the button.
func (s *Shelf) Act(does action.Action, message string, control app.Value) bool {
	file := dom.Closest(control, "[data-file]")
	if !file.Truthy() {
		return false
	}
	id := dom.Data(file, "file")
	switch does {
	case action.View:
		if file.Call("hasAttribute", "data-failed").Bool() {
			s.loadPicture(file)
		} else {
			s.lightbox.Open(message, id)
		}
	case action.Download:
		dom.SetAttribute(control, "aria-busy", "true") // the browser shows no progress
		s.save(id, dom.Data(file, "name"), func(saved bool) {
			control.Call("removeAttribute", "aria-busy")
			if !saved {
				s.say(file, s.gone(id))
			}
		})
	case action.Play:
		s.play(file, control)
	case action.Detach:
		s.do(client.DetachFile{ID: id})
	case action.Reupload:
		s.do(client.RetryFile{ID: id})
	default:
		return false
	}
	return true
}

// save saves a file on the device, and calls then with the result.
func (s *Shelf) save(id, name string, then func(saved bool)) {
	s.Get(client.LoadFile{ID: id}, func(url string) {
		if then(url != ""); url == "" {
			return
		}
		link := dom.New("a", "")
		dom.SetAttribute(link, "href", url)
		dom.SetAttribute(link, "download", name)
		link.Call("click")
		time.AfterFunc(downloadFor, func() { release(url) })
	})
}

// gone returns the reason why a file could not be loaded.
func (s *Shelf) gone(id string) string {
	if s.altered[id] {
		return s.text.Say(text.FileAltered)
	}
	return s.text.Say(text.FileGone)
}

// say shows a text about a failure below a card's name.
func (s *Shelf) say(card app.Value, words string) {
	if about := dom.Find(card, ".hallway-card-about"); about.Truthy() {
		dom.SetText(about, words)
		dom.SetAttribute(about, "role", "alert")
	}
}

// play plays an audio or a video in its card.
func (s *Shelf) play(card, control app.Value) {
	of := client.LoadFile{ID: dom.Data(card, "file"), Link: true}
	control.Set("disabled", true)
	s.Get(of, func(url string) {
		if url == "" {
			control.Set("disabled", false)
			s.say(card, s.gone(of.ID))
			return
		}
		player := dom.New(dom.Data(card, "kind"), "hallway-player")
		for _, is := range [...][2]string{{"aria-label", dom.Data(card, "name")}, {"controls", ""}, {"autoplay", ""}, {"playsinline", ""}} {
			dom.SetAttribute(player, is[0], is[1])
		}
		p := &playing{shelf: s, of: of, card: card, player: player, since: time.Now()}
		p.failed = app.FuncOf(func(app.Value, []app.Value) any {
			s.run(func(app.Context) { p.fail() })
			return nil
		})
		player.Set("onerror", p.failed)
		dom.SetAttribute(player, "src", url)
		dom.Remove(control)
		dom.Append(card, player)
		dom.Focus(player)
	})
}

// playing is the audio or video that is playing.
type playing struct {
	shelf        *Shelf
	of           client.LoadFile
	card, player app.Value
	since        time.Time // the time at which its link came
	failed       app.Func
}

// linkFor is the time for which a link is certainly valid. The relay's links are valid for ten minutes.
const linkFor = 9 * time.Minute

// fail handles an error of a player. It replaces an expired link by a new one, and continues at the same
// position.
func (p *playing) fail() {
	if time.Since(p.since) > linkFor {
		at := p.player.Get("currentTime")
		p.since = time.Now()
		p.shelf.Get(p.of, func(url string) {
			dom.SetAttribute(p.player, "src", url)
			p.player.Set("currentTime", at)
		})
		return
	}
	dom.Remove(p.player)
	p.failed.Release()
	p.shelf.say(p.card, p.shelf.text.Say(text.NotPlayed))
}
