package view

import (
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

// Props says what a chat looks like and who hears of what people do. The
// functions are called on go-app's UI goroutine and must not block; all but
// OnReady must be set.
type Props struct {
	// Settings are those to begin with.
	Settings Settings
	// OnReady tells that the chat is in the document.
	OnReady func()
	// OnSend takes a text that was written, and the id of the message that it
	// answers, if any. An error leaves it in the composer, and is shown.
	OnSend func(text, replyTo string) error
	// OnEdit, OnDelete, OnReact and OnPin change a stored message, by its id.
	OnEdit   func(id, text string)
	OnDelete func(id string)
	OnReact  func(id, emoji string, on bool)
	OnPin    func(id string, on bool)
	// OnModerate acts on a user, for a time or, where that is 0, until it is taken back.
	OnModerate func(act protocol.Act, user string, lasts time.Duration, reason string)
	// OnReport tells the moderators of a message.
	OnReport func(id, reason string)
	// OnReview shows the queue of reports, or no longer, OnReviewMore more of it;
	// OnResolve says what becomes of one.
	OnReview     func(on bool)
	OnReviewMore func()
	OnResolve    func(n int64, state protocol.ReportState)
	// OnSetRoom changes those of the room's settings that are not nil.
	OnSetRoom func(slowModeS *int64, frozen *bool)
	// OnTyping tells that something was written; it comes with every change.
	OnTyping func()
	// OnSeen tells the seq of the last message that was seen.
	OnSeen func(seq int64)
	// OnSearch looks for messages, OnSearchMore for more of them; empty words end it.
	OnSearch     func(words string)
	OnSearchMore func()
	// OnLoadAround asks for the messages around one, by its seq or, where that is 0,
	// by its id.
	OnLoadAround func(seq int64, id string)
	// OnRetry and OnDiscard are about a message that failed, by its id.
	OnRetry, OnDiscard func(id string)
	// OnLoadOlder and OnLoadNewer ask for the messages before and after those in
	// the snapshot, OnLoadNewest for the room's last ones in their place.
	OnLoadOlder, OnLoadNewer, OnLoadNewest func()
	// OnTryNow asks not to wait any longer for the next try to connect.
	OnTryNow func()
}

// Settings are what may change while a chat runs.
type Settings struct {
	// Lang is the language as a BCP 47 tag; one that is not known is English.
	Lang string
	// Texts are the host's own words in place of the language's, by their names.
	Texts map[string]string
	// EnterBreaks makes Enter break the line and Shift+Enter send, not the other way
	// round.
	EnterBreaks bool
	// Touch says that people write with a keyboard on the screen. Shift then says
	// nothing: at the beginning of a sentence such a keyboard holds it by itself.
	Touch bool
}

// Chat is the root component of a chat. Its exported methods other than go-app's
// own may be called from any goroutine, and do not wait.
type Chat struct {
	app.Compo
	props Props

	mu     sync.Mutex
	next   *client.Snapshot // to be drawn with the next frame; nil: none
	frames app.Func         // nil while not mounted
	key    string           // under which the draft is kept; "": nowhere

	// Owned by the UI goroutine.
	ctx        app.Context
	settings   Settings
	text       *text.Texts
	log        *log
	announcer  announcer
	speaker    app.Value   // what is in there is read out; nil while not mounted
	speech     *time.Timer // says what waits, or takes back what was said
	clock      text.Clock
	root       app.Value // nil while not mounted
	search     search
	mode       mode
	edited     edited
	draft      draft
	left       string // how much may still be written, when it is little
	tooLong    bool
	input      app.Value // nil while not mounted
	hadFocus   bool      // the composer, when it was closed
	snap       client.Snapshot
	note       string // why the last thing written was not taken
	undo       undo
	line       statusLine
	nextSecond *time.Timer
}

// New makes a chat that shows nothing yet.
func New(p Props) *Chat {
	c := &Chat{props: p, settings: p.Settings, text: text.For(p.Settings.Lang, p.Settings.Texts)}
	c.snap.Status = client.StatusConnecting
	c.log = newLog(&c.props, c.focusInput)
	c.log.reply, c.log.edit, c.log.tell = c.reply, c.edit, c.tell
	c.line = statusOf(&c.snap, time.Now(), "", c.text)
	return c
}

// Configure takes over settings.
func (c *Chat) Configure(s Settings) {
	c.do(func(ctx app.Context) {
		if c.settings.equal(&s) {
			return
		}
		c.settings = s
		c.speakLanguage()
		ctx.Update()
	})
}

func (s *Settings) equal(other *Settings) bool {
	return s.Lang == other.Lang && s.EnterBreaks == other.EnterBreaks && s.Touch == other.Touch && maps.Equal(s.Texts, other.Texts)
}

// speakLanguage makes the chat speak as its settings say.
func (c *Chat) speakLanguage() {
	c.text = text.For(c.settings.Lang, c.settings.Texts)
	c.clock = text.NewClock(c.settings.Lang, c.text)
	c.text.Follow(c.clock)
	c.refreshLine()
	c.measure()
	c.makeHits()
	c.log.speak(c.text, c.clock)
}

// Show draws a snapshot with the next animation frame, unless a newer one comes
// before. A page that is not seen draws nothing.
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
	c.do(func(ctx app.Context) { c.focusInput() })
}

// ScrollTo shows the message with an id, and loads it before where it must.
func (c *Chat) ScrollTo(id string) {
	c.do(func(ctx app.Context) { c.log.toSeq(0, id) })
}

// Moved brings back what the browser forgets of a chat that was moved in its document.
func (c *Chat) Moved() {
	c.do(func(app.Context) {
		c.log.over.moved()
		c.log.comeBack()
	})
}

// Leave takes the chat out of the document by going to another of the program's
// routes, then calls then.
func (c *Chat) Leave(route string, then func()) {
	c.do(func(ctx app.Context) {
		ctx.Navigate(route)
		then()
	})
}

// do runs a function on the UI goroutine; before the chat is mounted, not at all.
func (c *Chat) do(f func(app.Context)) {
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

// Render is go-app's.
func (c *Chat) Render() app.UI {
	return app.Div().Class("hallway").Lang(c.text.Tag).Dir(c.text.Dir).
		DataSet("status", string(c.snap.Status)).OnKeyDown(c.onKey).On("copy", c.log.onCopy).
		On("pointerdown", c.log.onPointerDown).
		On("mousedown", c.log.onMouse).On("mouseup", c.log.onMouse).OnPaste(c.onPasteOutside).
		On("drop", c.onDrop).Body(
		c.headerUI(),
		c.statusUI(),
		&c.log.pins,
		c.log,
		c.hitsUI(),
		app.Div().Class("hallway-announcer hallway-hidden").Aria("live", "polite"),
		c.composerUI(),
		&c.log.over,
	)
}

func (c *Chat) statusUI() app.UI {
	class, textClass := "hallway-status", "hallway-status-text"
	if c.line.quiet {
		class += " hallway-hidden"
	} else if c.snap.Status == client.StatusLive {
		textClass += " hallway-hidden" // there is something else to say
	}
	says, countdown := c.line.text+" ", ""
	if c.line.countdown != "" { // an empty one would take a line of its own where the text fills one
		says, countdown = c.line.text, c.line.countdown+" "
	}
	return app.Div().Class(class).Attr("part", "status").Attr("role", "status").Body(
		app.Span().Class(textClass).Text(says),
		app.Span().Class("hallway-countdown").Aria("hidden", true).Text(countdown),
		app.If(c.line.tryNow, func() app.UI {
			return app.Button().Class("hallway-try").Type("button").Text(c.text.Say(text.TryNow)).OnClick(c.onTryNow)
		}),
		app.Range(c.line.notes).Slice(func(i int) app.UI {
			class := "hallway-note"
			if c.canUndo() && i == len(c.line.notes)-1 {
				class += " hallway-undoable" // its button stands beside it
			}
			return app.P().Class(class).Text(c.line.notes[i])
		}),
		app.If(c.canUndo(), func() app.UI {
			return app.Button().Class("hallway-try").Type("button").Text(c.text.Say(text.Undo)).OnClick(c.onUndo)
		}),
	)
}

// OnMount is go-app's: the chat is in the document.
func (c *Chat) OnMount(ctx app.Context) {
	c.ctx = ctx
	c.root = ctx.JSSrc()
	c.input = ctx.JSSrc().Call("querySelector", ".hallway-input")
	c.speaker = ctx.JSSrc().Call("querySelector", ".hallway-announcer")
	c.speakLanguage()
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
	c.openDraft(key)
	if c.props.OnReady != nil {
		c.props.OnReady()
	}
}

// OnDismount is go-app's: the chat is no longer in the document.
func (c *Chat) OnDismount() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.frames != nil {
		c.frames.Release()
		c.frames = nil
	}
	for _, timer := range []*time.Timer{c.nextSecond, c.speech, c.search.delay} {
		if timer != nil {
			timer.Stop()
		}
	}
	c.input, c.speaker, c.root = nil, nil, nil
}

// requestFrame is called with mu held.
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
		c.keepFocus(ctx, s.ComposerOpen)
	}
	c.log.show(*s)
	if c.announcer.observe(s) && c.speech == nil {
		c.speakIn(c.announcer.wait(time.Now()))
	}
	if !c.refreshShell(&was) {
		ctx.PreventUpdate() // only the log has changed, and that is done
	}
}

// refreshShell brings all but the log in line with the snapshot, and reports whether
// it reads differently than with the one before.
func (c *Chat) refreshShell(was *client.Snapshot) bool {
	s := &c.snap
	line := c.refreshLine()
	measured := was.TextBytesMax != s.TextBytesMax && c.measure()
	found := c.showFound(s.Found)
	mode := c.followMode()
	return line || measured || found || mode || was.Status != s.Status || was.ComposerOpen != s.ComposerOpen ||
		was.Members != s.Members || was.Silenced != s.Silenced || was.Reports != s.Reports || was.Me.Role != s.Me.Role || !slices.Equal(was.Typing, s.Typing)
}

// speakIn reads out, after a while, what waits for it then; and takes it out of the
// document again.
func (c *Chat) speakIn(wait time.Duration) {
	c.speech = time.AfterFunc(wait, func() {
		c.do(func(app.Context) {
			c.speaker.Set("textContent", c.announcer.speak(time.Now(), c.text))
			c.speech = time.AfterFunc(announceFor, func() {
				c.do(func(app.Context) {
					c.speaker.Set("textContent", "")
					c.speech = nil
					if c.announcer.waits() {
						c.speakIn(c.announcer.wait(time.Now()))
					}
				})
			})
		})
	})
}

// keepFocus gives a composer that opens again the focus that it had when it was
// closed: a disabled one cannot keep it.
func (c *Chat) keepFocus(ctx app.Context, open bool) {
	if !open {
		c.hadFocus = c.input.Call("matches", ":focus").Bool()
		return
	}
	if c.hadFocus {
		ctx.Defer(func(app.Context) { c.focusInput() })
	}
}

// refreshLine brings the state's line up to now, and reports whether it reads
// differently. While it counts down it does so by itself.
func (c *Chat) refreshLine() (changed bool) {
	line := statusOf(&c.snap, time.Now(), c.note, c.text)
	changed = !line.same(&c.line)
	c.line = line
	if c.nextSecond != nil {
		c.nextSecond.Stop()
		c.nextSecond = nil
	}
	if line.changesIn > 0 {
		c.nextSecond = time.AfterFunc(line.changesIn, func() {
			c.ctx.Dispatch(func(app.Context) { c.refreshLine() })
		})
	}
	return changed
}

func (c *Chat) onTryNow(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	c.props.OnTryNow()
	c.focusInput() // the button goes away
}
