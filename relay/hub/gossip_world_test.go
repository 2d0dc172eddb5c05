package hub_test

import (
	"context"
	"errors"
	"strings"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/hub"
)

// overhear delivers another relay's news: "typing bob", "revoked bob", or a frame for the streams of the lobby,
// preceded by the user concerned.
func (w *world) overhear(rest string) {
	word, frame, _ := strings.Cut(rest, " ")
	var n bus.News
	switch {
	case word == "typing":
		n = &bus.Typing{Room: "lobby", User: protocol.User{ID: frame, Name: frame, Role: protocol.RoleParticipant}}
	case word == "revoked":
		n = &bus.Revoked{User: frame, At: int64(protocol.TimeOf(w.now))}
	case word == "granted": // in all rooms; the role follows the user
		user, role, _ := strings.Cut(frame, " ")
		n = &bus.Granted{User: user, Grants: []bus.Grant{{Pattern: "*", Role: protocol.Role(role)}}}
	case word == "level":
		n = &bus.Levelled{Round: w.others.round}
	case word == "call":
		n = &bus.Called{Round: 1}
	case strings.Contains(frame, `"moderated"`):
		n = &bus.Acted{Room: "lobby", Frame: []byte(frame)}
	default:
		n = &bus.Told{Room: "lobby", Epoch: "e-lobby", User: word, Frame: []byte(frame)}
	}
	w.Gossip().Heard(w.now, 1, n)
}

var errDown = errors.New("the database is down")

// answerRuling answers for the first room whose rules are being read: "read" reads now for a later answer, "fail" is an
// error.
func (w *world) answerRuling(how string) error {
	o := &w.others
	if len(o.rulings) == 0 {
		return errors.New("no rules are read")
	}
	room := o.rulings[0]
	if o.ruling == nil {
		ruling, err := w.store.Ruling(context.Background(), room)
		if err != nil {
			return err
		}
		o.ruling = &ruling
	}
	if how == "read" {
		return nil
	}
	var err error
	if how == "fail" {
		err = errDown
	}
	ruling := *o.ruling
	o.rulings, o.ruling = o.rulings[1:], nil
	w.Gossip().Ruling(w.now, room, ruling, err)
	return nil
}

// answerKnown answers the read of Known in the same way.
func (w *world) answerKnown(how string) error {
	o, ctx := &w.others, context.Background()
	if o.known == nil {
		bans, _ := w.store.Bans(ctx)
		revoked, _ := w.store.Revocations(ctx)
		ranked, err := w.store.Ranked(ctx)
		if err != nil {
			return err
		}
		o.known = &hub.Known{Bans: bans, Revoked: revoked, Ranked: ranked}
	}
	if how == "read" {
		return nil
	}
	var err error
	if how == "fail" {
		err = errDown
	}
	known := *o.known
	o.known = nil
	w.Gossip().Known(w.now, known, err)
	return nil
}

// answerMarks ends the write of read markers.
func (w *world) answerMarks(how string) error {
	if how == "fail" {
		w.Gossip().Marked(w.now, nil, errDown)
		return nil
	}
	stored, err := w.store.MarkRead(context.Background(), w.others.marks)
	if err != nil {
		return err
	}
	w.Gossip().Marked(w.now, stored, nil)
	return nil
}
