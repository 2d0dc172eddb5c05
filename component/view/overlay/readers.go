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

const (
	// idLength is the shown length of a device's id.
	idLength = 6
	// idRenewal is the id of the note on new keys, for assistive technology.
	idRenewal = "hallway-renewal"
)

// readers holds the content of the dialog with the readers of an encrypted room.
type readers struct {
	code, users, outTitle, out app.Value
	renewal, renew             app.Value // the note on new keys and the button, for moderators
	shown                      client.Lock
}

// showReaders opens the dialog with the readers and the number to compare.
func (d *dialog) showReaders() {
	d.readers = readers{
		code: dom.New("p", "hallway-code"), users: dom.New("ul", "hallway-reactors"),
		outTitle: note(d.text.Say(text.LockOutList)), out: dom.New("ul", "hallway-reactors"),
		renewal: note(d.text.Say(text.LockRenewNote)), renew: action.Button(action.Renew, d.text.Say(text.LockRenew)),
	}
	r := &d.readers
	dom.SetAttribute(r.code, "dir", "ltr")
	dom.SetAttribute(r.code, "aria-live", "polite") // the number changes with new keys
	r.renewal.Set("id", idRenewal)
	dom.SetAttribute(r.renew, "aria-describedby", idRenewal)
	for _, list := range []app.Value{r.users, r.out} {
		dom.SetAttribute(list, "role", "list")
	}
	dom.SetAttribute(r.users, "aria-label", d.text.Say(text.LockReaders))
	dom.SetAttribute(r.out, "aria-label", d.text.Say(text.LockOutList))
	r.users.Set("tabIndex", 0) // it is focusable, so that keys can scroll it
	done := action.Button(action.Close, d.text.Say(text.Close))
	d.asks, d.length, d.reason = action.Readers, nil, nil
	d.show("", "dialog", d.text.Say(text.LockReaders), r.code, note(d.text.Say(text.LockNote)), r.users, r.outTitle, r.out,
		r.renewal, buttons(r.renew, done))
	done.Call("focus")
	r.shown.Code = "-" // nothing is drawn yet
	d.do(client.ShowReaders{On: true})
	d.followReaders()
}

// followReaders draws the readers and the number.
func (d *dialog) followReaders() {
	r, l, leads := &d.readers, d.snap.Lock, client.Moderates(d.snap.Me.Role)
	r.renewal.Set("hidden", !leads)
	r.renew.Set("hidden", !leads)
	if l == nil || l.Code == r.shown.Code && len(l.Readers) == len(r.shown.Readers) && slices.Equal(l.Out, r.shown.Out) {
		return
	}
	r.shown = *l
	dom.SetText(r.code, l.Code)
	r.users.Call("replaceChildren")
	for i := range l.Readers {
		reader := &l.Readers[i]
		item := d.userItem(&reader.User)
		for _, id := range reader.Devices {
			item.Call("append", dom.Bidi("hallway-device", id[:min(len(id), idLength)]))
		}
		dom.Append(r.users, item)
	}
	r.out.Call("replaceChildren")
	r.outTitle.Set("hidden", len(l.Out) == 0)
	for _, id := range l.Out {
		item := d.userItem(&protocol.User{ID: id, Name: id})
		if leads {
			again := action.Button(action.Readmit, d.text.Say(text.LockReadmit))
			dom.SetData(again, "user", id)
			dom.Append(item, again)
		}
		dom.Append(r.out, item)
	}
}
