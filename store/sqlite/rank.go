package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"hallway/protocol"
	"hallway/relay/hub"
)

// seenRooms is how many of a user's rooms one op looks at.
const seenRooms = 50

// see takes note of a token; see [hub.OpSee].
func (b *batch) see(op *hub.Op) (out hub.Outcome, err error) {
	if op.Seq == 0 {
		if out.New, err = b.seeHighest(op.Sender.ID, op.Grants.Highest()); err != nil {
			return out, err
		}
	}
	rooms, err := b.roomsOf(op.Sender.ID, op.Seq)
	if err != nil {
		return out, err
	}
	for _, r := range rooms {
		out.Next = r.key
		role, ok := op.Grants.Role(r.name)
		if !ok || role == r.role {
			continue
		}
		_, err := b.tx.Exec(`UPDATE members SET role = ? WHERE room = ? AND user_id = ?`, string(role), r.key, op.Sender.ID)
		if err != nil {
			return out, err
		}
		out.New = true
	}
	if out.More = len(rooms) == seenRooms; !out.More {
		out.Next = 0
	}
	err = b.tx.Stmt(b.write.isRanked).QueryRow(op.Sender.ID).Scan(&out.Ranked)
	return out, err
}

// seeHighest stores the user's highest role in any room, and reports whether it is another.
func (b *batch) seeHighest(user string, role protocol.Role) (changed bool, err error) {
	had, err := b.rank(user)
	switch {
	case err != nil || had == role:
		return false, err
	case role == protocol.RoleParticipant:
		_, err = b.tx.Stmt(b.write.deleteRank).Exec(user)
	default:
		_, err = b.tx.Stmt(b.write.upsertRank).Exec(user, string(role))
	}
	return true, err
}

// rank is the user's highest role in any room, by the last token seen.
func (b *batch) rank(user string) (role protocol.Role, err error) {
	err = b.tx.Stmt(b.write.selectRank).QueryRow(user).Scan((*string)(&role))
	if errors.Is(err, sql.ErrNoRows) {
		return protocol.RoleParticipant, nil
	}
	return role, err
}

// rankedRoom is a room with the role that a member has there.
type rankedRoom struct {
	key  int64
	name string
	role protocol.Role
}

// roomsOf are the next rooms after a key in which the user is a member.
func (b *batch) roomsOf(user string, after int64) (rooms []rankedRoom, err error) {
	err = query(context.Background(), b.tx.Stmt(b.write.selectRanks), func(scan func(...any) error) error {
		var r rankedRoom
		err := scan(&r.key, &r.name, (*string)(&r.role))
		rooms = append(rooms, r)
		return err
	}, user, after, seenRooms)
	return rooms, err
}

// Ranked lists the users who are more than participants anywhere; see [hub.Moderation].
// It is asked for once, at a relay's start.
func (s *Store) Ranked(ctx context.Context) (users []string, err error) {
	rows, err := s.readers.QueryContext(ctx, `SELECT user_id FROM ranks UNION SELECT user_id FROM members
		JOIN rooms ON rooms.key = members.room WHERE role IN ('moderator', 'organizer') AND dropped = 0`)
	if err != nil {
		return nil, fmt.Errorf("read the ranks: %w", err)
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var user string
		if err := rows.Scan(&user); err != nil {
			return nil, fmt.Errorf("read the ranks: %w", err)
		}
		users = append(users, user)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("read the ranks: %w", err)
	}
	return users, nil
}
