package view

import (
	"slices"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/composer"
	"hallway/component/view/dom"
	"hallway/component/view/log"
	"hallway/component/view/media"
	"hallway/component/view/overlay"
	"hallway/component/view/text"
	"hallway/protocol"
)

// Chat is the root component of a chat. Any goroutine may call its exported methods, except go-app's
// own. They do not wait.
type Chat struct {
	app.Compo

	mu     sync.Mutex
	next   *client.Snapshot // the snapshot to draw with the next frame; nil: none
	frames app.Func         // draws a frame; nil while not mounted
	key    string           // the key of the stored draft; "": the draft is not stored

	// Owned by the UI goroutine.
	shared
	shelf    *media.Shelf
	log      *log.Log
	lightbox *media.Lightbox
	overlay  *overlay.Overlay
	pinned   pinned
	search   search
	composer composer.Composer
	status   status
	speaker  speaker
}

// New returns an empty chat.
func New(p Props) *Chat {
	c := &Chat{shared: shared{props: p, settings: p.Settings, text: text.For(p.Settings.Lang, p.Settings.Texts)}}
	c.run = c.dispatch
	c.snap.Status = client.StatusConnecting
	c.shelf = media.NewShelf(p.Do, c.dispatch)
	c.log = log.New(c.shelf)
	c.lightbox = media.NewLightbox(c.shelf, c.log.Refocus)
	c.overlay = overlay.New(c.log, p.Do, c.chosen)
	c.log.Join(log.Host{
		Do: p.Do, Act: c.act, FocusComposer: c.composer.Focus, Tell: c.status.tell,
		Scrolled: c.overlay.CloseMenu, MenuOpen: c.overlay.MenuOpen, ReturnsFocus: func() bool { return c.overlay.ReturnsFocus() || c.lightbox.IsOpen() },
	})
	c.composer.Join(composer.Host{
		Snap: &c.snap, Log: c.log, Shelf: c.shelf, Status: &c.status, Do: p.Do, Send: p.Send, Attach: p.Attach, Act: c.act, Run: c.run,
	})
	c.composer.Speak(c.text, c.settings.Keys)
	c.search.shared, c.search.log = &c.shared, c.log
	c.pinned.shared, c.pinned.log = &c.shared, c.log
	c.status.shared, c.status.focusComposer = &c.shared, c.composer.Focus
	c.speaker.shared = &c.shared
	c.status.line = lineOf(&c.snap, time.Now(), "", c.text)
	return c
}

// Configure changes the settings.
func (c *Chat) Configure(s Settings) {
	c.dispatch(func(ctx app.Context) {
		if c.settings.equal(&s) {
			return
		}
		c.settings = s
		c.speak()
		ctx.Update()
	})
}

// speak sets the language of all parts from the settings.
func (c *Chat) speak() {
	c.text = text.For(c.settings.Lang, c.settings.Texts)
	c.clock = text.NewClock(c.settings.Lang, c.text)
	c.text.Follow(c.clock)
	c.shelf.Speak(c.text, c.clock)
	c.lightbox.Close()
	c.status.refresh()
	c.composer.Speak(c.text, c.settings.Keys)
	c.search.makeHits()
	c.overlay.Speak(c.text, c.clock)
	c.pinned.show(true)
	c.log.Speak(c.text, c.clock)
}

// Show draws a snapshot with the next animation frame, unless a newer snapshot comes before that. A
// hidden page draws nothing.
func (c *Chat) Show(s client.Snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	waits := c.next != nil
	c.next = &s
	if !waits && c.frames != nil {
		c.requestFrame()
	}
}

// Focus puts the cursor into the composer.
func (c *Chat) Focus() {
	c.dispatch(func(app.Context) { c.composer.Focus() })
}

// ScrollTo shows the message with an id, and loads it first if necessary.
func (c *Chat) ScrollTo(id string) {
	c.dispatch(func(app.Context) { c.log.ToMessage(0, id) })
}

// Moved restores the dialog and the scroll position, which the browser drops when the chat is moved in its document.
func (c *Chat) Moved() {
	c.dispatch(func(app.Context) {
		c.overlay.Moved()
		c.log.ComeBack()
	})
}

// Leave removes the chat from the document by going to another route of the program, and then
// calls then.
func (c *Chat) Leave(route string, then func()) {
	c.dispatch(func(ctx app.Context) {
		ctx.Navigate(route)
		then()
	})
}

// dispatch runs a function on the UI goroutine. It does nothing before the chat is mounted.
func (c *Chat) dispatch(f func(app.Context)) {
	c.mu.Lock()
	mounted := c.frames != nil
	c.mu.Unlock()
	if mounted {
		c.ctx.Dispatch(func(ctx app.Context) {
			ctx.PreventUpdate()
			f(ctx)
		})
	}
}

// Render implements go-app's Composer.
func (c *Chat) Render() app.UI {
	root := dom.UI("div", "hallway").Lang(c.text.Tag).Dir(c.text.Dir).
		DataSet("status", string(c.snap.Status)).OnKeyDown(c.onKeyDown)
	return c.log.Listen(c.composer.Listen(root)).Body(
		c.headerUI(),
		c.status.ui(),
		&c.pinned,
		c.log,
		c.search.hitsUI(),
		dom.UI("div", "hallway-announcer hallway-hidden").Aria("live", "polite"),
		c.composer.UI(),
		c.composer.DropUI(),
		c.overlay,
		c.lightbox,
	)
}

// OnMount implements go-app's Mounter: the chat is in the document.
func (c *Chat) OnMount(ctx app.Context) {
	c.ctx = ctx
	c.root = ctx.JSSrc()
	c.composer.Mount(ctx, c.root)
	c.speaker.region = dom.Find(c.root, ".hallway-announcer")
	c.speak()
	ctx.Update()
	c.mu.Lock()
	c.frames = app.FuncOf(func(app.Value, []app.Value) any {
		ctx.Dispatch(c.drawFrame)
		return nil
	})
	if c.next != nil {
		c.requestFrame()
	}
	key := c.key
	c.mu.Unlock()
	c.composer.KeepDraft(key)
	if c.props.OnReady != nil {
		c.props.OnReady()
	}
}

// OnDismount implements go-app's Dismounter: the chat is no longer in the document.
func (c *Chat) OnDismount() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frames != nil {
		c.frames.Release()
		c.frames = nil
	}
	for _, timer := range []*time.Timer{c.status.nextSecond, c.speaker.timer, c.search.delay} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.composer.Dismount()
	c.speaker.region, c.root = nil, nil
}

// requestFrame asks the browser for an animation frame. It is called with mu held.
func (c *Chat) requestFrame() { app.Window().Call("requestAnimationFrame", c.frames) }

// drawFrame draws the latest snapshot.
func (c *Chat) drawFrame(ctx app.Context) {
	c.mu.Lock()
	s := c.next
	c.next = nil
	c.mu.Unlock()
	if s == nil {
		ctx.PreventUpdate()
		return
	}
	was := c.snap
	c.snap = *s
	if was.ComposerOpen != s.ComposerOpen {
		c.composer.KeepFocus()
	}
	c.shelf.SetEncrypts(s.Lock != nil)
	c.pinned.show(false)
	c.log.Show(*s)
	c.overlay.Show(s)
	c.lightbox.Follow(s)
	c.speaker.show()
	if !c.refreshShell(&was) {
		ctx.PreventUpdate() // only the log has changed, and it has drawn itself
	}
}

// refreshShell updates everything except the log from the snapshot, and reports whether it must be drawn
// again.
func (c *Chat) refreshShell(was *client.Snapshot) bool {
	s := &c.snap
	line := c.status.refresh()
	found := c.search.follow()
	composer := c.composer.Follow(was)
	lock := (was.Lock == nil) != (s.Lock == nil) || s.Lock != nil && was.Lock.State != s.Lock.State
	return line || found || composer || lock || was.Mentions != s.Mentions || was.Status != s.Status || was.ComposerOpen != s.ComposerOpen ||
		was.Members != s.Members || was.Silenced != s.Silenced || was.Reports != s.Reports || was.Me.Role != s.Me.Role ||
		!slices.Equal(was.Typing, s.Typing)
}

// onKeyDown handles the keys of the whole chat, after the part that has the focus: a key that belongs
// to the composer goes there, and "/" in the log opens the search.
func (c *Chat) onKeyDown(ctx app.Context, e app.Event) {
	key, target := dom.Key(e), e.Get("target")
	forComposer := c.log.ForComposer(e)
	if forComposer {
		if c.snap.ComposerOpen {
			c.composer.Focus() // the browser then types the character there
		}
	} else if key == "Tab" && !e.Get("defaultPrevented").Bool() {
		c.log.UseKeyboard()
		c.log.Typed()
	}
	if forComposer || action.CommandKey(key, e.Get("code").String(), e.Get("shiftKey").Bool()) != "/" || dom.Composing(e) ||
		dom.HasModifier(e) || c.search.open || c.snap.Lock != nil || !target.Truthy() || !dom.Closest(target, ".hallway-log").Truthy() {
		ctx.PreventUpdate()
		return
	}
	e.PreventDefault()
	c.search.show(ctx, e)
}

// KeepDraft sets the key under which the unsent text is stored over a reload. Each relay, room and user
// has another key.
func (c *Chat) KeepDraft(key string) {
	c.mu.Lock()
	c.key = key
	c.mu.Unlock()
	c.dispatch(func(ctx app.Context) {
		c.composer.KeepDraft(key)
		ctx.Update()
	})
}

// FileLoaded takes the URL of a file's bytes.
func (c *Chat) FileLoaded(f client.FileLoaded) {
	c.dispatch(func(app.Context) { c.shelf.Loaded(f) })
}

// Acted handles a completed act of a moderator. It tells the moderator about the act, and offers to undo it for a while. It removes a
// banned user from the list of mentions, and adds an unbanned one again.
func (c *Chat) Acted(a client.Acted) {
	c.dispatch(func(app.Context) {
		if a.Act == protocol.ActBan || a.Act == protocol.ActUnban {
			c.composer.SetAbsent(a.User.ID, a.Act == protocol.ActBan)
		}
		c.status.acted(a)
	})
}

// Reported tells the user that the moderators have received the report.
func (c *Chat) Reported() {
	c.dispatch(func(app.Context) { c.status.tellFor(c.text.Say(text.ReportedNow), noteFor) })
}

// Refused tells the user about a refusal. The row of a message in the outbox shows its own refusal.
func (c *Chat) Refused(r client.Refused) {
	c.dispatch(func(app.Context) {
		if r.Of != "" {
			c.status.tell(c.text.NotDone(r, false))
			return
		}
		if c.log.Refused(r.Code, r.ID) {
			return
		}
		m := log.Message(&c.snap, r.ID)
		if _, waits := log.Find(&c.snap, r.ID); r.ID == "" || waits && m == nil {
			return
		}
		c.composer.GiveBack(r.ID)
		c.status.tell(c.text.NotDone(r, m != nil && m.Deleted()))
	})
}
