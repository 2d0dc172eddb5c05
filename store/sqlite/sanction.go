package sqlite

import (
	"context"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// standing is what the writer keeps in mind of who may do what in a room, so
// that a send asks the database for nothing of it.
type standing struct {
	settings protocol.RoomSettings
	reports  int64 // open ones
	// sanctions are those of the room by user, some of which may be over. The copies
	// of a room share it.
	sanctions map[string]sanctions
}

// sanctions are a user's in a room.
type sanctions struct{ mute, ban *sanction }

// sanction is a row of the table of that name.
type sanction struct {
	until  protocol.Time
	reason string
	by     protocol.User // with the role that they had
	at     protocol.Time
	// known reports that the user was a member when the sanction was made.
	known bool
}

// holds reports whether the sanction holds against a user who comes with a token of that
// role. Against a member it always does: the ranks were compared when it was made. Any other
// user is compared with its maker now.
func (s *sanction) holds(role protocol.Role) bool { return s.known || s.by.Role.AtLeast(role) }

// upTo is the highest role against which the sanction holds; "": it holds against everybody.
func (s *sanction) upTo() protocol.Role {
	if s.known {
		return ""
	}
	return s.by.Role
}

// inForce reports whether the sanction is there and not over.
func (s *sanction) inForce(now protocol.Time) bool {
	return s != nil && (s.until == 0 || s.until > now)
}

func (s *sanction) of(user protocol.User, kind protocol.Act) *protocol.Sanction {
	by := protocol.User{ID: s.by.ID, Name: s.by.Name}
	return &protocol.Sanction{User: user, Kind: kind, Until: s.until, Reason: s.reason, By: by, At: s.at}
}

// kind is the user's mute or ban.
func (s *sanctions) kind(kind protocol.Act) **sanction {
	if kind == protocol.ActBan {
		return &s.ban
	}
	return &s.mute
}

// sanctionsKeptMax is how many sanctions the writer keeps in mind, some 300 bytes
// each; rooms that have more are read for each batch.
const sanctionsKeptMax = 100_000

// loadSanctions reads the sanctions of a room.
func (b *batch) loadSanctions(r *room) error {
	r.sanctions = make(map[string]sanctions)
	rows, err := b.tx.Stmt(b.write.selectSanctions).Query(r.key)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var user, kind string
		var s sanction
		err := rows.Scan(&user, &kind, (*int64)(&s.until), &s.reason, &s.by.ID, &s.by.Name, (*string)(&s.by.Role), &s.known, (*int64)(&s.at))
		if err != nil {
			return err
		}
		has := r.sanctions[user]
		*has.kind(protocol.Act(kind)) = &s
		r.sanctions[user] = has
		b.sanctions++
	}
	return rows.Err()
}

// void ends the sender's sanctions that do not hold against the role with which they come,
// and reports whether a ban was among them.
func (b *batch) void(r *room, op *hub.Op) (ban bool, err error) {
	has, ok := r.sanctions[op.Sender.ID]
	if !ok || op.FindOnly {
		return false, nil
	}
	for _, kind := range [...]protocol.Act{protocol.ActMute, protocol.ActBan} {
		s := *has.kind(kind)
		if !s.inForce(b.now) || s.holds(op.Sender.Role) {
			continue
		}
		if _, err := b.pardon(r, op.Sender.ID, kind); err != nil {
			return false, err
		}
		d := details(nil).text("kind", string(kind)).text("by_role", string(s.by.Role)).text("reason", s.reason)
		if err := b.audit(op, "void", op.Sender.ID, "", d); err != nil {
			return false, err
		}
		ban = kind == protocol.ActBan
	}
	return ban, nil
}

// barred is why the sender may not do the op in the room, by the rules of
// [hub.Op]; its Code is "" if they may.
func (b *batch) barred(r *room, op *hub.Op) hub.Outcome {
	writes := op.Kind == hub.OpSend || op.Kind == hub.OpEdit || op.Kind == hub.OpReact
	has := r.sanctions[op.Sender.ID]
	switch {
	case has.ban.inForce(b.now) && (op.Kind <= hub.OpRead || op.Kind == hub.OpReport || op.Sender.Role != protocol.RoleOrganizer):
		return has.ban.outcome(protocol.WhyBanned, "banned from this room")
	case !writes:
		return hub.Outcome{}
	case r.settings.Archived:
		return hub.Outcome{Code: protocol.CodeForbidden, Why: protocol.WhyArchived, Reason: "this room is archived"}
	case r.settings.Frozen && op.Sender.Role != protocol.RoleOrganizer:
		return hub.Outcome{Code: protocol.CodeForbidden, Why: protocol.WhyFrozen, Reason: "only organizers may write at present"}
	case has.mute.inForce(b.now):
		return has.mute.outcome(protocol.WhyMuted, "muted in this room")
	case op.Kind != hub.OpReact:
		return b.slowed(r, op.Sender)
	}
	return hub.Outcome{}
}

func (s *sanction) outcome(why protocol.Why, reason string) hub.Outcome {
	if s.reason != "" {
		reason += ": " + s.reason
	}
	return hub.Outcome{Code: protocol.CodeForbidden, Why: why, Until: s.until, Reason: reason, Note: s.reason, UpTo: s.upTo()}
}

// sender is somebody in a life of a room.
type sender struct{ epoch, user string }

// sentKeptMax is how many times of sends and edits in slow mode the writer keeps in mind.
// Beyond it all are forgotten, and some may send too soon, once.
const sentKeptMax = 100_000

// slowed is why a participant has to wait in slow mode; its Code is "" if they
// need not.
func (b *batch) slowed(r *room, u protocol.User) hub.Outcome {
	slow := protocol.Time(time.Duration(r.settings.SlowModeS) * time.Second / time.Microsecond)
	if slow == 0 || u.Role.AtLeast(protocol.RoleModerator) {
		return hub.Outcome{}
	}
	who := sender{r.epoch, u.ID}
	last, ok := b.sent[who]
	if !ok {
		last = b.sentBefore[who]
	}
	next := last + slow
	if last == 0 || b.now >= next || b.now < last { // the clock may have been set back
		return hub.Outcome{}
	}
	return hub.Outcome{
		Code: protocol.CodeRateLimited, Why: protocol.WhySlowMode, Until: next,
		RetryAfter: time.Duration(next-b.now) * time.Microsecond, Reason: "slow mode: wait before the next message",
	}
}

// noteSent notes when a participant has sent or edited in slow mode.
func (b *batch) noteSent(r *room, u protocol.User) {
	if r.settings.SlowModeS == 0 || u.Role.AtLeast(protocol.RoleModerator) {
		return
	}
	if b.sent == nil {
		b.sent = make(map[sender]protocol.Time)
	}
	b.sent[sender{r.epoch, u.ID}] = b.now
}

// Sanctions lists a room's; see [hub.Moderation].
func (s *Store) Sanctions(ctx context.Context, room string, part hub.Part) (all []protocol.Sanction, err error) {
	now := protocol.TimeOf(time.Now())
	err = query(ctx, s.read.directory.sanctions, func(scan func(...any) error) error {
		one := protocol.Sanction{}
		err := scan(&one.User.ID, &one.User.Name, (*string)(&one.User.Role), (*string)(&one.Kind), (*int64)(&one.Until),
			&one.Reason, &one.By.ID, &one.By.Name, (*int64)(&one.At))
		all = append(all, one)
		return err
	}, room, int64(now), part.After, limit(part))
	if err != nil {
		return nil, fmt.Errorf("list the sanctions: %w", err)
	}
	return all, nil
}
