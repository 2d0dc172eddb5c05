package view

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/log"
	"hallway/component/view/text"
	"hallway/protocol"
)

// pinned is the bar above the log. It shows the newest pinned message and, if there are several, opens a panel with
// all pinned messages.
type pinned struct {
	app.Compo
	*shared
	log *log.Log

	bar, latest, all, panel app.Value // nil while not mounted
	messages                []*protocol.Message
	moderates               bool
}

// Render draws an empty bar. show fills it.
func (p *pinned) Render() app.UI {
	return dom.UI("div", "hallway-pinned").Attr("part", "pinned").Attr("role", "group").Hidden(true).
		OnClick(p.onClick).OnKeyDown(p.onKeyDown).On("focusout", p.onFocusOut).Body(
		dom.UI("div", "hallway-pinned-bar").Body(
			dom.UI("div", "hallway-pinned-latest"),
			dom.UI("button", "hallway-panel").Attr("type", "button").DataSet("action", string(action.Panel)).Aria("expanded", false),
		),
		dom.UI("ul", "hallway-pinned-list").Attr("role", "list").Hidden(true),
	)
}

// OnMount implements go-app's Mounter.
func (p *pinned) OnMount(ctx app.Context) {
	p.bar = ctx.JSSrc()
	line := p.bar.Get("firstElementChild")
	p.latest, p.all = line.Get("firstElementChild"), line.Get("lastElementChild")
	p.panel = p.bar.Get("lastElementChild")
	p.show(true)
}

// OnDismount implements go-app's Dismounter.
func (p *pinned) OnDismount() { p.bar = nil }

// show draws the pinned messages of the snapshot. If they have not changed, it draws them again only if anew
// is true.
func (p *pinned) show(anew bool) {
	may := client.Moderates(p.snap.Me.Role)
	if p.bar == nil || !anew && may == p.moderates && slices.Equal(p.snap.Pinned, p.messages) {
		return
	}
	p.messages, p.moderates = p.snap.Pinned, may
	held := dom.HasFocus(p.bar)

	n := len(p.messages)
	p.bar.Set("hidden", n == 0)
	dom.SetAttribute(p.bar, "aria-label", p.text.Say(text.Pinned))
	p.latest.Call("replaceChildren")
	p.panel.Call("replaceChildren")
	if n > 0 {
		p.add(p.latest, p.messages[0], n == 1)
	}
	for _, m := range p.messages {
		item := dom.New("li", "hallway-pinned-item")
		p.add(item, m, true)
		dom.Append(p.panel, item)
	}
	p.all.Set("hidden", n < 2)
	p.all.Call("replaceChildren", dom.Text("span", "", p.text.Number(n)), action.Icon(action.Panel))
	dom.SetAttribute(p.all, "aria-label", p.text.Count(text.AllPinned, n))
	p.all.Set("title", p.text.Count(text.AllPinned, n))
	if n < 2 {
		p.expand(false)
	}
	if held {
		p.holdFocus()
	}
}

// add adds a pinned message to an element: a button that goes to it and, if unpin is true, a button that
// unpins it.
func (p *pinned) add(to app.Value, m *protocol.Message, unpin bool) {
	content, sender := p.text.Excerpt(m, p.snap.Marks[m.ID]), p.text.NameOf(m.Sender)
	leads := action.Button(action.Pinned, "")
	dom.SetData(leads, "target", m.ID)
	dom.SetAttribute(leads, "aria-label", p.text.With(text.PinnedBy, sender, content))
	leads.Call("append", action.Icon(action.Pin), dom.Bidi("hallway-quote-sender", sender), dom.Bidi("hallway-quote-text", content))
	dom.Append(to, leads)
	if unpin && p.moderates {
		b := action.IconButton(action.Unpin, p.text)
		dom.SetData(b, "target", m.ID)
		dom.Append(to, b)
	}
}

// holdFocus keeps the focus in the bar, or near it, after its button was removed.
func (p *pinned) holdFocus() {
	switch {
	case len(p.messages) == 0:
		p.log.Refocus(p.log.Current())
	case p.isOpen():
		dom.Find(p.panel, "button").Call("focus")
	default:
		dom.Find(p.latest, "button").Call("focus")
	}
}

func (p *pinned) isOpen() bool { return !p.panel.Get("hidden").Bool() }

func (p *pinned) expand(on bool) {
	p.panel.Set("hidden", !on)
	dom.SetAttribute(p.all, "aria-expanded", strconv.FormatBool(on))
}

func (p *pinned) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	does, control := action.Of(e)
	if p.bar == nil || control == nil {
		return
	}
	id := ""
	if target := control.Get("dataset").Get("target"); target.Truthy() {
		id = target.String()
	}
	switch does {
	case action.Panel:
		p.expand(!p.isOpen())
	case action.Unpin:
		p.props.Do(client.Pin{ID: id, On: false})
	case action.Pinned:
		p.expand(false)
		for _, m := range p.messages {
			if m.ID == id {
				p.log.ToMessage(m.Seq, id)
			}
		}
	}
}

func (p *pinned) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if p.bar != nil && p.isOpen() && dom.Key(e) == "Escape" {
		p.expand(false)
		p.all.Call("focus")
	}
}

// onFocusOut closes the panel when the focus leaves it.
func (p *pinned) onFocusOut(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if p.bar == nil || dom.StaysIn(e, p.bar) {
		return
	}
	if !dom.HasFocus(p.bar) {
		p.expand(false)
	}
}
