package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// moderate does an act about a user; see [hub.OpModerate].
func (b *batch) moderate(r *room, op *hub.Op) (out hub.Outcome, err error) {
	var member bool
	if out.User, member, err = b.target(r, op); err != nil {
		return out, err
	}
	switch {
	case op.Act == protocol.ActRemove && !member:
		out.Code, out.Reason = protocol.CodeNotFound, "the room has no such member"
		return out, nil
	case op.User == op.Sender.ID:
		out.Code, out.Reason = protocol.CodeForbidden, "nobody does this to themself"
		return out, nil
	case !op.Sender.Role.MayModerate(out.User.Role) && !b.mayLift(r, op):
		out.Code, out.Reason = protocol.CodeForbidden, "the user's role is not below one's own"
		return out, nil
	}
	var details details
	audited := true
	switch op.Act {
	case protocol.ActMute, protocol.ActBan:
		details = details.time("until", op.Until).text("reason", op.Note)
		err = b.sanction(r, op, &out, member)
	case protocol.ActUnmute, protocol.ActUnban:
		out.New, err = b.pardon(r, op.User, lifted[op.Act])
	case protocol.ActRemove:
		b.deletes = true
		out.New, err = affects(b.tx.Stmt(b.write.deleteMember).Exec(r.key, op.User))
	case protocol.ActClear:
		err = b.clear(r, op, &out)
		audited = !op.Again
	}
	if err == nil && audited && (out.New || out.More) {
		err = b.audit(op, string(op.Act), op.User, "", details)
	}
	return out, err
}

// target is the user whom an act concerns: a member with the role of the last token seen,
// which is stored where it is another. A user who is no member is a participant, and will be
// ranked by the token with which they come.
func (b *batch) target(r *room, op *hub.Op) (u protocol.User, member bool, err error) {
	u, member, err = b.member(r, op.User)
	if err != nil || !member || op.Rank == "" || op.Rank == u.Role {
		return u, member, err
	}
	u.Role = op.Rank
	_, err = b.tx.Stmt(b.write.renameMember).Exec(u.Name, string(u.Role), r.key, u.ID)
	return u, true, err
}

// mayLift reports whether the sender may end a sanction of a user who is not below them:
// whoever has at least its maker's role may. Otherwise nobody could end that of a user who
// was promoted later.
func (b *batch) mayLift(r *room, op *hub.Op) bool {
	kind, lifts := lifted[op.Act]
	if !lifts {
		return false
	}
	has := r.sanctions[op.User]
	s := *has.kind(kind)
	return s.inForce(b.now) && op.Sender.Role.AtLeast(protocol.RoleModerator) && op.Sender.Role.AtLeast(s.by.Role)
}

// lifted is which sanction an act ends.
var lifted = map[protocol.Act]protocol.Act{protocol.ActUnmute: protocol.ActMute, protocol.ActUnban: protocol.ActBan}

// member is the user as among the members; who is none is a participant.
func (b *batch) member(r *room, user string) (u protocol.User, member bool, err error) {
	var read int64
	u = protocol.User{ID: user}
	err = b.tx.Stmt(b.write.selectMember).QueryRow(r.key, user).Scan(&u.Name, (*string)(&u.Role), &read)
	if errors.Is(err, sql.ErrNoRows) {
		u.Role = protocol.RoleParticipant
		return u, false, nil
	}
	return u, err == nil, err
}

// sanction mutes or bans, unless the same is in force already.
func (b *batch) sanction(r *room, op *hub.Op, out *hub.Outcome, known bool) error {
	has := r.sanctions[op.User]
	place := has.kind(op.Act)
	next := &sanction{until: op.Until, reason: op.Note, by: op.Sender, at: b.now, known: known}
	if had := *place; had.inForce(b.now) && had.until == next.until && had.reason == next.reason && had.by.ID == next.by.ID {
		out.Sanction, out.UpTo = had.of(out.User, op.Act), had.upTo()
		return nil
	}
	b.deletes = b.deletes || *place != nil // the reason of the one before
	*place = next
	if r.sanctions == nil {
		r.sanctions = make(map[string]sanctions)
	}
	r.sanctions[op.User] = has
	b.sanctions++
	out.New, out.Sanction, out.UpTo = true, next.of(out.User, op.Act), next.upTo()
	_, err := b.tx.Stmt(b.write.upsertSanction).Exec(r.key, op.User, string(op.Act), int64(next.until), next.reason,
		next.by.ID, next.by.Name, string(next.by.Role), next.known, int64(next.at))
	return err
}

// pardon ends a sanction and reports whether it was in force.
func (b *batch) pardon(r *room, user string, kind protocol.Act) (ended bool, err error) {
	has := r.sanctions[user]
	place := has.kind(kind)
	if *place == nil {
		return false, nil
	}
	ended = (*place).inForce(b.now)
	*place, b.deletes = nil, true
	r.sanctions[user] = has
	_, err = b.tx.Stmt(b.write.deleteSanction).Exec(r.key, user, string(kind))
	return ended, err
}

const (
	// clearTime is after what time a batch clears nothing more: the messages are in no order
	// by sender, and others must not wait for a look at all of a long room.
	clearTime = 2 * time.Millisecond
	// clearSpan is how many places of messages are looked at between two looks at the clock.
	clearSpan = 256
	// clearedKeptMax is how many places are kept where a clear goes on.
	clearedKeptMax = 1000
)

// clear buries the user's next messages, until the time is over. The first clear of a batch
// always goes on by a span or a message.
func (b *batch) clear(r *room, op *hub.Op, out *hub.Outcome) (err error) {
	who := sender{r.epoch, op.User}
	at, end := b.cleared[who], r.head // none of the user's is left up to at
	began, spent := b.clock(), b.clearing
	over := func() bool {
		b.clearing = spent + b.clock().Sub(began)
		return b.clearing > clearTime
	}
	for moved := spent == 0; at < end && !out.More; moved = false {
		if !moved && over() {
			out.More = true
			break
		}
		if at, err = b.clearSome(r, op, out, at, over); err != nil {
			return err
		}
	}
	b.clearing = max(b.clearing, 1, spent+b.clock().Sub(began))
	if !out.More {
		at = r.head
	}
	if len(b.cleared) >= clearedKeptMax {
		clear(b.cleared)
	}
	b.cleared[who], out.New = at, len(out.Messages) > 0
	return nil
}

// clearSome buries the user's messages in the span after a place, and returns up to where
// none is left.
func (b *batch) clearSome(r *room, op *hub.Op, out *hub.Outcome, at int64, over func() bool) (int64, error) {
	to := at + clearSpan
	seqs, err := b.sentBy(r, op.User, at, to)
	if err != nil {
		return at, err
	}
	for _, seq := range seqs {
		if n := len(out.Messages); n == hub.ClearMax || n > 0 && over() {
			out.More = true
			return seq - 1, nil
		}
		m, err := scanMessage(b.tx.Stmt(b.write.messageAt).QueryRow(r.key, seq), r.name)
		if err == nil {
			err = b.bury(r, &m)
		}
		if err == nil {
			err = b.update(r, &m)
		}
		if err != nil {
			return at, err
		}
		out.Messages = append(out.Messages, m)
	}
	return to, nil
}

// sentBy finds the user's messages after one place, up to another.
func (b *batch) sentBy(r *room, user string, after, to int64) (seqs []int64, err error) {
	err = query(context.Background(), b.tx.Stmt(b.write.bySender), func(scan func(...any) error) error {
		var seq int64
		err := scan(&seq)
		seqs = append(seqs, seq)
		return err
	}, r.key, after, to, user)
	return seqs, err
}
