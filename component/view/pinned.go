package view

import (
	"slices"
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// pins is the bar above the log: the message pinned last and, where there are more,
// a panel with all of them.
type pins struct {
	app.Compo
	log *log

	root, latest, all, panel app.Value // nil while not mounted
	shown                    []*protocol.Message
	moderates                bool
}

// Render is go-app's; what is in it is set by hand.
func (p *pins) Render() app.UI {
	return app.Div().Class("hallway-pinned").Attr("part", "pinned").Attr("role", "group").Hidden(true).
		OnClick(p.onClick).OnKeyDown(p.onKeyDown).On("focusout", p.onFocusOut).Body(
		app.Div().Class("hallway-pinned-bar").Body(
			app.Div().Class("hallway-pinned-latest"),
			app.Button().Class("hallway-panel").Type("button").DataSet("action", string(action.Panel)).Aria("expanded", false),
		),
		app.Ul().Class("hallway-pinned-list").Attr("role", "list").Hidden(true),
	)
}

// OnMount is go-app's.
func (p *pins) OnMount(ctx app.Context) {
	p.root = ctx.JSSrc()
	bar := p.root.Get("firstElementChild")
	p.latest, p.all = bar.Get("firstElementChild"), bar.Get("lastElementChild")
	p.panel = p.root.Get("lastElementChild")
	p.show(&p.log.snap, true)
}

// OnDismount is go-app's.
func (p *pins) OnDismount() { p.root = nil }

// show draws what is pinned in a snapshot; where it is the same as before, only if
// anew.
func (p *pins) show(s *client.Snapshot, anew bool) {
	may := client.Leads(s.Me.Role)
	if p.root == nil || p.log.text == nil || !anew && may == p.moderates && slices.Equal(s.Pinned, p.shown) {
		return
	}
	p.shown, p.moderates = s.Pinned, may
	t := p.log.text
	active := app.Window().Get("document").Get("activeElement")
	held := active.Truthy() && p.root.Call("contains", active).Bool()

	n := len(p.shown)
	p.root.Set("hidden", n == 0)
	dom.SetAttribute(p.root, "aria-label", t.Say(text.Pinned))
	p.latest.Call("replaceChildren")
	p.panel.Call("replaceChildren")
	if n > 0 {
		p.add(p.latest, p.shown[0], n == 1)
	}
	for _, m := range p.shown {
		item := dom.New("li", "hallway-pinned-item")
		p.add(item, m, true)
		p.panel.Call("append", item)
	}
	p.all.Set("hidden", n < 2)
	count := dom.New("span", "")
	count.Set("textContent", t.Number(n))
	p.all.Call("replaceChildren", count, action.Icon(action.Panel))
	dom.SetAttribute(p.all, "aria-label", t.Count(text.AllPinned, n))
	p.all.Set("title", t.Count(text.AllPinned, n))
	if n < 2 {
		p.expand(false)
	}
	if held {
		p.hold()
	}
}

// add adds a pinned message to an element: a button that leads to it and, for those
// who may, one that unpins it.
func (p *pins) add(to app.Value, m *protocol.Message, unpin bool) {
	t := p.log.text
	content := t.Excerpt(m)
	leads := action.Button(action.Pinned, "")
	leads.Get("dataset").Set("target", m.ID)
	dom.SetAttribute(leads, "aria-label", t.With(text.PinnedBy, t.NameOf(m.Sender), content))
	leads.Call("append", action.Icon(action.Pin), dom.Bidi("hallway-quote-sender", t.NameOf(m.Sender)), dom.Bidi("hallway-quote-text", content))
	to.Call("append", leads)
	if unpin && p.moderates {
		b := action.IconButton(action.Unpin, t)
		b.Get("dataset").Set("target", m.ID)
		to.Call("append", b)
	}
}

// hold keeps the keyboard here when the button that it was at is gone.
func (p *pins) hold() {
	switch {
	case len(p.shown) == 0:
		p.log.refocus(p.log.current)
	case p.isOpen():
		p.panel.Call("querySelector", "button").Call("focus")
	default:
		p.latest.Call("querySelector", "button").Call("focus")
	}
}

func (p *pins) isOpen() bool { return !p.panel.Get("hidden").Bool() }

func (p *pins) expand(on bool) {
	p.panel.Set("hidden", !on)
	dom.SetAttribute(p.all, "aria-expanded", strconv.FormatBool(on))
}

func (p *pins) onClick(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	does, control := action.Of(e)
	if p.root == nil || control == nil {
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
		p.log.props.OnPin(id, false)
	case action.Pinned:
		p.expand(false)
		for _, m := range p.shown {
			if m.ID == id {
				p.log.toSeq(m.Seq, id)
			}
		}
	}
}

func (p *pins) onKeyDown(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if p.root != nil && p.isOpen() && e.Get("key").String() == "Escape" {
		p.expand(false)
		p.all.Call("focus")
	}
}

// onFocusOut closes the panel when the focus leaves it.
func (p *pins) onFocusOut(ctx app.Context, e app.Event) {
	ctx.PreventUpdate()
	if p.root == nil || dom.StaysIn(e, p.root) {
		return
	}
	active := app.Window().Get("document").Get("activeElement")
	if !active.Truthy() || !p.root.Call("contains", active).Bool() {
		p.expand(false)
	}
}
