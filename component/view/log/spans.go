package log

import (
	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/view/dom"
	"hallway/component/view/markup"
)

// fillSpans replaces the content of an element with spans.
func fillSpans(parent app.Value, spans []markup.Span) {
	if len(spans) == 1 && spans[0].Kind == markup.Plain {
		dom.SetText(parent, spans[0].Text)
		return
	}
	parent.Call("replaceChildren")
	for _, s := range spans {
		if s.Kind == markup.Plain {
			parent.Call("append", s.Text)
			continue
		}
		e := dom.New(spanTags[s.Kind], "")
		switch s.Kind {
		case markup.Bold, markup.Italic:
			fillSpans(e, s.In)
		case markup.Mention:
			e.Set("className", "hallway-mention")
			e.Set("dir", "auto")
			dom.SetFlag(e.Get("dataset"), "mine", false, s.Mine)
			dom.SetText(e, s.Text)
		case markup.Link:
			e.Set("href", s.Href)
			e.Set("rel", "noopener noreferrer nofollow")
			e.Set("target", "_blank")
			e.Set("dir", "ltr")
			before, host, after := markup.SplitHost(s.Text)
			if host != "" { // otherwise it could be shown after the path
				e.Call("append", before, dom.Text("bdi", "", host), after)
			} else {
				dom.SetText(e, s.Text)
			}
		default:
			e.Set("dir", "ltr")
			if s.Head != "" {
				dom.Append(e, dom.Text("span", "hallway-code-name", s.Head+"\n"))
			}
			e.Call("append", s.Text)
		}
		dom.Append(parent, e)
	}
}

// spanTags holds the element for each kind of span.
var spanTags = [...]string{
	markup.Bold: "strong", markup.Italic: "em", markup.Code: "code", markup.Block: "pre", markup.Link: "a",
	markup.Mention: "span",
}
