package view

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
)

// searchDelay is how long what is looked for must stay the same before it is.
const searchDelay = 250 * time.Millisecond

// search is where people look for messages. Owned by the UI goroutine.
type search struct {
	open  bool
	words string        // what is looked for
	found *client.Found // what is shown: the last answer, until there is another one
	hits  []hit         // the same, as shown
	delay *time.Timer   // looks for what is in the field
	from  app.Value     // had the focus before
}

// show takes over what was found, and reports whether that reads differently. While
// other words are looked for it keeps what it shows.
func (s *search) show(f *client.Found) (changed bool) {
	if f != nil && s.found != nil && f.Loading && len(f.Messages) == 0 && !s.found.Loading && !s.found.Failed {
		return false
	}
	changed = !sameFound(s.found, f)
	s.found = f
	return changed
}

func sameFound(a, b *client.Found) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Words == b.Words && a.More == b.More && a.Loading == b.Loading && a.Failed == b.Failed &&
		slices.Equal(a.Messages, b.Messages)
}

// says is the line above the hits, which is read out as it changes.
func (s *search) says(t *text.Texts) string {
	switch f := s.found; {
	case !s.open:
		return ""
	case s.words == "":
		return t.Say(text.SearchAdvice)
	case f == nil || f.Loading && len(f.Messages) == 0:
		return t.Say(text.Searching)
	case f.Failed:
		return t.Say(text.SearchFailed)
	case len(f.Messages) == 0:
		return t.Say(text.FoundNone)
	default:
		return t.CountSome(text.Found, len(f.Messages), f.More)
	}
}

// headerUI is the bar at the top: who is here, or what is looked for.
func (c *Chat) headerUI() app.UI {
	return app.Div().Class("hallway-header").Attr("part", "header").Body(
		app.If(c.search.open, c.searchFieldUI).Else(func() app.UI {
			return app.Div().Class("hallway-bar").Body(
				app.Div().Class("hallway-about").Body( // go-app keeps the focus where two controls stay two
					app.Span().Class("hallway-people").Text(peopleOf(&c.snap, c.text)),
					app.If(mayRule(&c.snap), c.roomUI),
				),
				app.Button().Class("hallway-find").Type("button").Aria("label", c.text.Say(text.Search)).
					Title(c.text.Say(text.Search)).OnClick(c.onOpenSearch),
			)
		}),
	)
}

func (c *Chat) searchFieldUI() app.UI {
	return app.Div().Class("hallway-bar").Attr("role", "search").OnKeyDown(c.onSearchKey).Body(
		app.Input().Class("hallway-words").Attr("part", "search").Type("search").Attr("dir", "auto").
			Aria("label", c.text.Say(text.Search)).Placeholder(c.text.Say(text.SearchHint)).
			Attr("enterkeyhint", "search").Attr("autocomplete", "off").OnInput(c.onSearchInput),
		app.Button().Class("hallway-close").Type("button").Aria("label", c.text.Say(text.CloseSearch)).
			Title(c.text.Say(text.CloseSearch)).OnClick(c.onCloseSearch),
	)
}

// hitsUI is what was found. It covers the log.
func (c *Chat) hitsUI() app.UI {
	s := &c.search
	more := s.found != nil && (s.found.More || s.found.Failed)
	loading := s.words != "" && (s.found == nil || s.found.Loading)
	says := app.P().Class("hallway-says").Text(s.says(c.text))
	if s.open {
		says = says.Aria("live", "polite") // else there is one announcer
	}
	return app.Section().Class("hallway-search").Aria("label", c.text.Say(text.Search)).
		Hidden(!s.open).Aria("busy", loading).OnKeyDown(c.onSearchKey).Body(
		says,
		app.Ul().Class("hallway-hits").Attr("role", "list").Hidden(len(s.hits) == 0).Body(
			app.Range(s.hits).Slice(func(i int) app.UI { return c.hitUI(&s.hits[i]) }),
		),
		app.If(loading && len(s.hits) == 0, func() app.UI {
			row := func() app.UI { return app.Div().Class("hallway-skeleton-hit") }
			return app.Div().Class("hallway-skeleton-hits").Aria("hidden", true).Body(row(), row(), row())
		}),
		app.If(more, func() app.UI {
			label := text.FoundMore
			if s.found.Failed {
				label = text.Retry
			}
			return app.Button().Class("hallway-more-hits").Type("button").Text(c.text.Say(label)).
				Aria("disabled", loading).OnClick(c.onSearchMore)
		}),
	)
}

func (c *Chat) hitUI(h *hit) app.UI {
	return app.Li().Body(
		app.Button().Class("hallway-hit").Type("button").DataSet("hit", h.id).OnClick(c.onHit).Body(
			app.Span().Class("hallway-hit-from").Body(
				app.Bdi().Class("hallway-hit-sender").Text(h.sender), app.Text(" "),
				app.Span().Class("hallway-hit-when").Text(h.when),
			),
			app.Span().Class("hallway-hit-text").Attr("dir", "auto").Body(piecesUI(h.pieces)),
		),
	)
}

// showFound takes over what a snapshot says was found, and reports whether that reads
// differently.
func (c *Chat) showFound(f *client.Found) (changed bool) {
	if !c.search.open || !c.search.show(f) {
		return false
	}
	c.makeHits()
	return true
}

func (c *Chat) makeHits() {
	c.search.hits = nil
	if c.search.found != nil {
		c.search.hits = hitsOf(c.search.found, c.text, c.clock.Moment)
	}
}

// onKey hears the keys of the whole chat, after the part that has the focus: "/" in
// the log begins a search.
func (c *Chat) onKey(ctx app.Context, e app.Event) {
	key, target := e.Get("key").String(), e.Get("target")
	forComposer := c.log.forComposer(e)
	if forComposer {
		c.keyToComposer()
	} else if key == "Tab" && !e.Get("defaultPrevented").Bool() {
		c.log.setPointer("")
		c.log.hand.at = ""
	}
	if forComposer || action.CommandKey(key, e.Get("code").String(), e.Get("shiftKey").Bool()) != "/" || dom.Composing(e) || dom.HasModifier(e) ||
		c.search.open || !target.Truthy() || !target.Call("closest", ".hallway-log").Truthy() {
		ctx.PreventUpdate()
		return
	}
	e.PreventDefault()
	c.openSearch(ctx)
}

func (c *Chat) onOpenSearch(ctx app.Context, _ app.Event) { c.openSearch(ctx) }

// openSearch shows the search and puts the keyboard there. (The event that it is
// about draws it.)
func (c *Chat) openSearch(ctx app.Context) {
	c.search.from = app.Window().Get("document").Get("activeElement")
	c.search.open = true
	c.log.scroller.Set("inert", true)
	ctx.Defer(func(app.Context) { c.focusOn(".hallway-words") })
}

// closeSearch takes the search away; the event that it is about draws that.
func (c *Chat) closeSearch() {
	if c.search.delay != nil {
		c.search.delay.Stop()
	}
	c.search = search{from: c.search.from}
	c.log.scroller.Set("inert", false)
	c.props.OnSearch("")
}

// leaveSearch closes the search and gives the focus back.
func (c *Chat) leaveSearch(ctx app.Context) {
	from := c.search.from
	c.closeSearch()
	ctx.Defer(func(app.Context) {
		if !from.IsNull() && from.Get("isConnected").Bool() {
			from.Call("focus", map[string]any{"preventScroll": true})
		} else {
			c.focusOn(".hallway-find")
		}
	})
}

func (c *Chat) onCloseSearch(ctx app.Context, _ app.Event) { c.leaveSearch(ctx) }

// focusOn puts the keyboard at an element of the chat.
func (c *Chat) focusOn(selector string) {
	if e := c.root.Call("querySelector", selector); !e.IsNull() {
		e.Call("focus", map[string]any{"preventScroll": true})
	}
}

func (c *Chat) onSearchInput(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	words := e.Get("target").Get("value").String()
	if c.search.delay != nil {
		c.search.delay.Stop()
	}
	c.search.delay = time.AfterFunc(searchDelay, func() {
		c.do(func(ctx app.Context) { c.lookFor(ctx, words) })
	})
}

// lookFor looks for messages with all of some words.
func (c *Chat) lookFor(ctx app.Context, words string) {
	words = strings.TrimSpace(words)
	failed := c.search.found != nil && c.search.found.Failed
	if !c.search.open || words == c.search.words && !failed {
		return
	}
	c.search.words = words
	if words == "" {
		c.search.found, c.search.hits = nil, nil
	}
	c.props.OnSearch(words)
	ctx.Update()
}

func (c *Chat) onSearchMore(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	if c.search.found != nil && !c.search.found.Loading {
		c.props.OnSearchMore()
	}
}

// onHit goes to the message that was found.
func (c *Chat) onHit(_ app.Context, e app.Event) {
	id := e.Get("target").Call("closest", "[data-hit]").Get("dataset").Get("hit").String()
	i := slices.IndexFunc(c.search.hits, func(h hit) bool { return h.id == id })
	if i < 0 {
		return
	}
	seq := c.search.hits[i].seq
	c.closeSearch()
	c.log.scroller.Call("focus", map[string]any{"preventScroll": true}) // until the message is there
	c.log.toSeq(seq, id)
}

// onSearchKey hears the keys pressed in the search: Escape leaves it, the arrow keys
// go from the field to the hits and from hit to hit.
func (c *Chat) onSearchKey(ctx app.Context, e app.Event) {
	key := e.Get("key").String()
	target := e.Get("target")
	inField := target.Call("matches", ".hallway-words").Bool()
	switch {
	case dom.Composing(e):
		ctx.PreventUpdate()
	case key == "Escape":
		e.PreventDefault()
		c.leaveSearch(ctx)
	case key == "Enter" && inField:
		ctx.PreventUpdate()
		c.lookFor(ctx, target.Get("value").String())
	case inField && key == "ArrowDown":
		ctx.PreventUpdate()
		e.PreventDefault()
		c.focusOn(".hallway-hit")
	case !inField && target.Call("matches", ".hallway-hit").Bool():
		ctx.PreventUpdate()
		c.walkHits(e, key)
	default:
		ctx.PreventUpdate()
	}
}

// walkHits goes to another hit, and up from the first to the field.
func (c *Chat) walkHits(e app.Event, key string) {
	hits := c.root.Call("querySelectorAll", ".hallway-hit")
	n, at := hits.Length(), dom.IndexOf(e.Get("target"), hits)
	if key == "ArrowUp" && at == 0 {
		e.PreventDefault()
		c.focusOn(".hallway-words")
	} else if next, ok := dom.ListTarget(key, at, n, 1); ok {
		e.PreventDefault()
		hits.Index(next).Call("focus")
	}
}
