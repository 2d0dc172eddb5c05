package overlay

import (
	"strconv"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// reactors holds the content of the dialog with the users who have reacted to a message.
type reactors struct {
	emoji            string // the shown reaction
	all, users, more app.Value
	shown            *client.People
}

// showReactors opens the dialog with the users of each reaction to a message. Users are loaded when they are needed.
func (d *dialog) showReactors(of *action.Target) {
	d.reactors = reactors{
		all: dom.New("div", "hallway-reactions"), users: dom.New("ul", "hallway-reactors"), more: action.Button(action.ReactorsMore, ""),
	}
	r := &d.reactors
	dom.SetAttribute(r.users, "role", "list")
	dom.SetAttribute(r.users, "aria-live", "polite")
	for _, emoji := range of.Reactions {
		one := action.Button(action.ReactorsOf, emoji)
		dom.SetData(one, "emoji", emoji)
		dom.Append(r.all, one)
	}
	done := action.Button(action.Close, d.text.Say(text.Close))
	d.asks, d.length, d.reason = action.Reactors, nil, nil
	d.show(of.ID, "dialog", d.text.Say(text.Reactors), r.all, r.users, r.more, buttons(done))
	done.Call("focus")
	d.showReaction(of.Reactions[0])
}

// showReaction asks for the users of a reaction.
func (d *dialog) showReaction(emoji string) {
	r := &d.reactors
	r.emoji, r.shown = emoji, nil
	for one := r.all.Get("firstElementChild"); one.Truthy(); one = one.Get("nextElementSibling") {
		dom.SetAttribute(one, "aria-pressed", strconv.FormatBool(dom.Data(one, "emoji") == emoji))
	}
	r.users.Call("replaceChildren")
	r.more.Set("hidden", true)
	d.do(client.AskPeople{ID: d.id, Emoji: emoji})
}

// followReactors draws the loaded users.
func (d *dialog) followReactors() {
	r, p := &d.reactors, d.snap.People
	if p == nil || p == r.shown || p.Of.ID != d.id || p.Of.Emoji != r.emoji || !p.Here {
		return
	}
	r.shown = p
	for i := r.users.Get("children").Length(); i < len(p.Users); i++ {
		dom.Append(r.users, d.reactorItem(&p.Users[i]))
	}
	says := text.FoundMore
	if p.Failed {
		says = text.Retry
	}
	dom.SetText(r.more, d.text.Say(says))
	r.more.Set("hidden", !p.More && !p.Failed)
}

// reactorItem returns the item of a user in the list, a button to the user's card.
func (d *dialog) reactorItem(u *protocol.User) app.Value {
	open := action.Button(action.Profile, "")
	open.Set("className", "hallway-person")
	dom.SetData(open, "user", u.ID)
	d.fillPerson(open, u)
	item := dom.New("li", "")
	dom.Append(item, open)
	return item
}

// userItem returns an item with a user.
func (d *dialog) userItem(u *protocol.User) app.Value {
	item := dom.New("li", "hallway-person")
	d.fillPerson(item, u)
	return item
}

// fillPerson puts the face, the name and the title of a user into an element.
func (d *dialog) fillPerson(e app.Value, u *protocol.User) {
	name := d.text.NameOf(*u)
	e.Call("append", dom.Face("", text.Initials(name), text.AvatarColour(u.ID), u.Picture),
		dom.Bidi("hallway-person-name", name), dom.Bidi("hallway-person-title", u.Title))
}
