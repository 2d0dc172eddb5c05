package hub_test

import (
	"context"
	"slices"

	"hallway/protocol"
	"hallway/relay/rules"
)

// history returns a room's messages in order.
func (w *world) history(room string) (all []protocol.Message) {
	life := w.store.Life(room)
	for i := range life.Len() {
		all = append(all, *life.Message(i))
	}
	return all
}

// page returns a page of the lobby from the store.
func (w *world) page(q rules.Query, user string) protocol.Page {
	page, err := w.store.Page(context.Background(), "lobby", user, q)
	if err != nil {
		panic(err)
	}
	return page
}

// sanctioned reports whether a sanction of the user is in force in the lobby.
func (w *world) sanctioned(user string, kind protocol.Act) bool {
	all, err := w.store.Sanctions(context.Background(), "lobby", rules.Part{})
	if err != nil {
		panic(err)
	}
	return slices.ContainsFunc(all, func(s protocol.Sanction) bool { return s.User.ID == user && s.Kind == kind })
}
