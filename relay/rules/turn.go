package rules

import (
	"slices"
	"strconv"

	"hallway/protocol"
)

// turnsAheadMax bounds the distance of a turn's number from the newest. The store may have lost turns that devices have
// seen, so there may be gaps. Without a bound one moderator could use up all numbers, and no later turn could shut a
// user out.
const turnsAheadMax = 1 << 20

// makeTurn stores a new turn, with wraps of its secret.
func makeTurn(s *Set, r *Room, op *Op, do MakeTurn) Outcome {
	book := s.locks(r)
	if refused := book.refuseOutside(op.Sender.ID, do.Device); refused.Code != "" {
		return refused
	}
	l, t := book.newest(), do.Turn
	switch {
	case t.By != do.Device:
		return refuse(protocol.CodeForbidden, "the turn was made by another device than this connection's")
	case t.N <= l.N:
		return refuse(protocol.CodeConflict, "the room has turn "+strconv.FormatInt(l.N, 10)+" already")
	case t.N > l.N+turnsAheadMax:
		return refuse(protocol.CodeBadRequest, "turn.n is too far above the newest turn, "+strconv.FormatInt(l.N, 10))
	}
	next := Lock{N: t.N, Kid: t.Kid, Chapter: t.N, At: s.Now, By: do.Device, Turn: t}
	if t.Link != "" && t.PrevKid == l.Kid {
		next.Chapter = l.Chapter
	}
	out := Outcome{Result: Turned{Room: r.Name, Turn: t, Wraps: book.add(&next, do.Wraps)}}
	d := details(nil).member("n", strconv.AppendInt(nil, t.N, 10)).text("kid", t.Kid).text("device", t.By)
	if len(t.Out) > 0 {
		d = d.member("out", quotes(t.Out))
	}
	s.audit(op, "turn", "", "", d)
	if len(next.Due) > 0 {
		out.DueNow, out.Due = next.IsDue()
	}
	return out
}

// handOn stores wraps of a turn's secret.
func handOn(s *Set, r *Room, op *Op, do HandOn) Outcome {
	book := s.locks(r)
	refused := book.refuseOutside(op.Sender.ID, do.Device)
	switch {
	case refused.Code != "":
		return refused
	case !s.Vault.Holds(r, do.N, do.Device):
		return refuse(protocol.CodeForbidden, "this device does not have the secret of the turn")
	}
	wraps := book.deliverable(do.Wraps)
	if len(wraps) > 0 {
		s.Vault.AddWraps(r, do.N, wraps)
	}
	return Outcome{Result: HandedOn{N: do.N, Wraps: wraps}}
}

// want answers a device that lacks the secret of a turn.
func want(s *Set, r *Room, op *Op, do Want) Outcome {
	book := s.locks(r)
	if refused := book.refuseOutside(op.Sender.ID, do.Device); refused.Code != "" {
		return refused
	}
	switch l := book.newest(); {
	case do.N > l.N:
		return refuse(protocol.CodeNotFound, "the room has no such turn")
	case slices.Contains(l.Turn.Out, op.Sender.ID):
		return refuse(protocol.CodeForbidden, "the room's turn leaves you out")
	}
	return Outcome{Result: Wanted{N: do.N, Wrap: s.Vault.Wrap(r, do.N, do.Device)}}
}
