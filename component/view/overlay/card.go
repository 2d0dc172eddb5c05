package overlay

import (
	"slices"

	"github.com/maxence-charriere/go-app/v10/pkg/app"

	"hallway/component/client"
	"hallway/component/view/action"
	"hallway/component/view/dom"
	"hallway/component/view/text"
	"hallway/protocol"
)

// card holds the content of the dialog about a user.
type card struct {
	target  action.Target // a message of the user, or, if it is not Stored, only the user
	title   string
	asked   client.AskPeople
	told    *client.People // the shown answer; nil: none
	face    app.Value
	says    app.Value // the element with role and title
	can     app.Value // the element with the buttons
	offered []action.Action
}

// showCard opens the card of a message's sender: name, role, title and the offered actions. It asks the relay for the
// details that the message does not have.
func (d *dialog) showCard(of action.Target) {
	d.card = card{
		target: of, says: dom.New("p", "hallway-card-says"), can: dom.New("div", "hallway-card-can"),
		face: dom.New("div", "hallway-card-face"), asked: client.AskPeople{Words: protocol.CleanName(of.Sender, protocol.NameQueryBytesMax)},
	}
	c := &d.card
	done := action.Button(action.Close, d.text.Say(text.Close))
	d.asks, d.length, d.reason, d.ofUser = action.Profile, nil, nil, false
	d.drawCard()
	d.show(of.ID, "dialog", of.Sender, c.face, c.says, c.can, buttons(done))
	dom.Find(d.box, "h2").Set("dir", "auto")
	if first := c.can.Get("firstElementChild"); first.Truthy() {
		first.Call("focus")
	} else {
		done.Call("focus")
	}
	if d.snap.KnowsMentions {
		d.do(c.asked)
	}
}

// showReactor opens the card of a user in the list of reactors.
func (d *dialog) showReactor(id string) {
	all := d.reactors.shown.Users
	if i := slices.IndexFunc(all, func(u protocol.User) bool { return u.ID == id }); i >= 0 {
		u := &all[i]
		d.showCard(action.Target{
			ID: d.id, Own: id == d.snap.Me.ID, SenderID: id, Sender: d.text.NameOf(*u), Picture: u.Picture, Role: u.Role,
		})
		d.card.title = u.Title
		d.drawCard()
	}
}

// drawCard draws the user. It changes the buttons, which may have the focus, only if other actions are
// offered.
func (d *dialog) drawCard() {
	c := &d.card
	t := &c.target
	c.face.Call("replaceChildren", dom.Face("", text.Initials(t.Sender), text.AvatarColour(t.SenderID), t.Picture))
	role := dom.Text("span", "hallway-badge", d.text.Say(text.Participant))
	if says := d.text.Role(t.Role); says != "" {
		dom.SetText(role, says)
		dom.SetData(role, "role", string(t.Role))
	}
	c.says.Call("replaceChildren", role, dom.Bidi("", c.title))
	if offered := d.onCard(); !slices.Equal(offered, c.offered) {
		c.offered = offered
		c.can.Call("replaceChildren")
		for _, does := range offered {
			dom.Append(c.can, d.item(does))
		}
	}
}

// onCard returns the actions on the card's user that are offered now.
func (d *dialog) onCard() (all []action.Action) {
	t := &d.card.target
	if t.Own {
		return nil
	}
	if d.snap.KnowsMentions && d.snap.ComposerOpen {
		all = append(all, action.Mention)
	}
	if _, offered := d.log.Offered(t.ID); t.Stored && slices.Contains(offered, action.Report) {
		all = append(all, action.Report)
	}
	return append(all, action.OnSender(t, d.snap.Me.Role)...)
}

// followCard draws the user again after an answer of the relay.
func (d *dialog) followCard() {
	c, p := &d.card, d.snap.People
	if p != nil && p != c.told && p.Here && p.Of == c.asked {
		c.told = p
		for _, u := range p.Users {
			if u.ID == c.target.SenderID {
				c.target.Role, c.target.Picture, c.title = u.Role, u.Picture, u.Title
			}
		}
		d.drawCard()
	} else if !slices.Equal(d.onCard(), c.offered) {
		d.drawCard()
	}
}

// actOnUser opens the question before an act on the card's user, or a report of the user's message.
func (d *dialog) actOnUser(does action.Action) {
	d.ask(does, &d.card.target)
	d.ofUser = does != action.Report
}
