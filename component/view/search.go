package view

import (
	"slices"
	"strings"
	"time"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/dom"
	"hallway/component/view/log"
	"hallway/component/view/markup"
	"hallway/component/view/text"
)

// searchDelay is the wait after the last change of the words before the search begins.
const searchDelay = 250 * time.Millisecond

// search holds the field and the hits of the search for messages.
type search struct {
	*shared
	log *log.Log

	open  bool
	words string        // the words that the core searches for
	found *client.Found // the shown answer
	hits  []hit         // the hits of that answer
	delay *time.Timer   // begins the search for the words in the field
	from  app.Value     // the element that had the focus before
}

// take takes an answer, and reports whether the hits change. It keeps the last answer while the search for
// other words is under way.
func (s *search) take(f *client.Found) (changed bool) {
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

// says returns the line above the hits. Assistive technology reads it out when it changes.
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

// fieldUI draws the field, which replaces the header.
func (s *search) fieldUI() app.UI {
	return dom.UI("div", "hallway-bar").Attr("role", "search").OnKeyDown(s.onKeyDown).Body(
		dom.UI("input", "hallway-words").Attr("part", "search").Attr("type", "search").Attr("dir", "auto").
			Aria("label", s.text.Say(text.Search)).Attr("placeholder", s.text.Say(text.SearchHint)).
			Attr("enterkeyhint", "search").Attr("autocomplete", "off").OnInput(s.onInput),
		dom.ButtonUI("hallway-close", s.text.Say(text.CloseSearch), s.leave),
	)
}

// hitsUI draws the hits, which cover the log.
func (s *search) hitsUI() app.UI {
	more := s.found != nil && (s.found.More || s.found.Failed)
	loading := s.words != "" && (s.found == nil || s.found.Loading)
	says := dom.UI("p", "hallway-says").Text(s.says(s.text))
	if s.open {
		says = says.Aria("live", "polite") // otherwise only the speaker has a live region
	}
	return dom.UI("section", "hallway-search").Aria("label", s.text.Say(text.Search)).
		Hidden(!s.open).Aria("busy", loading).OnKeyDown(s.onKeyDown).Body(
		says,
		dom.UI("ul", "hallway-hits").Attr("role", "list").Hidden(len(s.hits) == 0).Body(
			app.Range(s.hits).Slice(func(i int) app.UI { return s.hitUI(&s.hits[i]) }),
		),
		app.If(loading && len(s.hits) == 0, func() app.UI {
			row := func() app.UI { return dom.UI("div", "hallway-skeleton-hit") }
			return dom.UI("div", "hallway-skeleton-hits").Aria("hidden", true).Body(row(), row(), row())
		}),
		app.If(more, func() app.UI {
			label := text.FoundMore
			if s.found.Failed {
				label = text.Retry
			}
			return dom.UI("button", "hallway-more-hits").Attr("type", "button").Text(s.text.Say(label)).
				Aria("disabled", loading).OnClick(s.onMore)
		}),
	)
}

func (s *search) hitUI(h *hit) app.UI {
	return dom.UI("li", "").Body(
		dom.UI("button", "hallway-hit").Attr("type", "button").DataSet("hit", h.id).OnClick(s.onHit).Body(
			dom.UI("span", "hallway-hit-from").Body(
				dom.UI("bdi", "hallway-hit-sender").Text(h.sender), app.Text(" "),
				dom.UI("span", "hallway-hit-when").Text(h.when),
			),
			dom.UI("span", "hallway-hit-text").Attr("dir", "auto").Body(dom.Pieces(h.pieces)),
		),
	)
}

// follow takes the snapshot's answer, and reports whether the hits change.
func (s *search) follow() (changed bool) {
	if !s.open || !s.take(s.snap.Found) {
		return false
	}
	s.makeHits()
	return true
}

func (s *search) makeHits() {
	s.hits = nil
	if s.found != nil {
		s.hits = hitsOf(s.found, s.text, s.clock.Moment)
	}
}

// show opens the search and moves the focus there. go-app draws it after the event.
func (s *search) show(ctx app.Context, _ app.Event) {
	s.from = dom.Active()
	s.open = true
	s.coverLog(true)
	ctx.Defer(func(app.Context) { s.focusOn(".hallway-words") })
}

// coverLog hides the log from the keyboard and from assistive technology.
func (s *search) coverLog(on bool) { dom.Find(s.root, ".hallway-log").Set("inert", on) }

// close closes the search. go-app draws that after the event.
func (s *search) close() {
	if s.delay != nil {
		s.delay.Stop()
	}
	s.open, s.words, s.found, s.hits, s.delay = false, "", nil, nil, nil
	s.coverLog(false)
	s.props.Do(client.Search{})
}

// leave closes the search and gives the focus back.
func (s *search) leave(ctx app.Context, _ app.Event) {
	from := s.from
	s.close()
	ctx.Defer(func(app.Context) {
		if !from.IsNull() && from.Get("isConnected").Bool() {
			dom.Focus(from)
		} else {
			s.focusOn(".hallway-find")
		}
	})
}

func (s *search) onInput(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	words := e.Get("target").Get("value").String()
	if s.delay != nil {
		s.delay.Stop()
	}
	s.delay = time.AfterFunc(searchDelay, func() {
		s.run(func(ctx app.Context) { s.begin(ctx, words) })
	})
}

// begin searches for messages that have all words.
func (s *search) begin(ctx app.Context, words string) {
	words = strings.TrimSpace(words)
	failed := s.found != nil && s.found.Failed
	if !s.open || words == s.words && !failed {
		return
	}
	s.words = words
	if words == "" {
		s.found, s.hits = nil, nil
	}
	s.props.Do(client.Search{Words: words})
	ctx.Update()
}

func (s *search) onMore(ctx app.Context, _ app.Event) {
	ctx.PreventUpdate()
	if s.found != nil && !s.found.Loading {
		s.props.Do(client.SearchMore{})
	}
}

// onHit goes to the message of a hit.
func (s *search) onHit(_ app.Context, e app.Event) {
	id := dom.Data(dom.Closest(e.Get("target"), "[data-hit]"), "hit")
	i := slices.IndexFunc(s.hits, func(h hit) bool { return h.id == id })
	if i < 0 {
		return
	}
	seq := s.hits[i].seq
	s.close()
	s.log.Refocus("") // the focus is in the log until the message has loaded
	s.log.ToMessage(seq, id)
}

// onKeyDown handles the keys in the search: Escape leaves it, and the arrow keys go from the field to the hits and
// from hit to hit.
func (s *search) onKeyDown(ctx app.Context, e app.Event) {
	key := dom.Key(e)
	target := e.Get("target")
	inField := target.Call("matches", ".hallway-words").Bool()
	switch {
	case dom.Composing(e):
		ctx.PreventUpdate()
	case key == "Escape":
		e.PreventDefault()
		s.leave(ctx, e)
	case key == "Enter" && inField:
		ctx.PreventUpdate()
		s.begin(ctx, target.Get("value").String())
	case inField && key == "ArrowDown":
		ctx.PreventUpdate()
		e.PreventDefault()
		s.focusOn(".hallway-hit")
	case !inField && target.Call("matches", ".hallway-hit").Bool():
		ctx.PreventUpdate()
		s.walk(e, key)
	default:
		ctx.PreventUpdate()
	}
}

// walk moves the focus to another hit, or from the first hit up to the field.
func (s *search) walk(e app.Event, key string) {
	hits := s.root.Call("querySelectorAll", ".hallway-hit")
	n, at := hits.Length(), dom.IndexOf(e.Get("target"), hits)
	if key == "ArrowUp" && at == 0 {
		e.PreventDefault()
		s.focusOn(".hallway-words")
	} else if next, ok := dom.ListTarget(key, at, n, 1); ok {
		e.PreventDefault()
		hits.Index(next).Call("focus")
	}
}

// hit is a found message in its shown form.
type hit struct {
	id     string
	seq    int64
	sender string
	when   string
	pieces []markup.Piece
}

// hitsOf returns the hits of an answer. date formats the time of a message.
func hitsOf(f *client.Found, t *text.Texts, date func(at int64) string) []hit {
	hits := make([]hit, len(f.Messages))
	for i, m := range f.Messages {
		pieces := []markup.Piece{{Kind: markup.PieceText, Text: t.Content(m.Deleted(), m.Encrypted != nil, "")}}
		if pieces[0].Text == "" {
			pieces = markup.Highlight(markup.Strip(m.Text), f.Words, t.Same)
		}
		hits[i] = hit{id: m.ID, seq: m.Seq, sender: t.NameOf(m.Sender), when: date(int64(m.CreatedAt) / 1000), pieces: pieces}
	}
	return hits
}
