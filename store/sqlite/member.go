package sqlite

import (
	"database/sql"
	"errors"

	"hallway/protocol"
	"hallway/relay/hub"
)

// open answers who wants to be told of the room.
func (b *batch) open(r *room, op *hub.Op) (out hub.Outcome, err error) {
	u := op.Sender
	ranked := u
	if op.Rank != "" {
		ranked.Role = op.Rank
	}
	out.Read, err = b.join(r, ranked)
	out.Settings, out.Reports = r.settings, r.reports
	if has := r.sanctions[u.ID]; has.mute.inForce(b.now) {
		out.Sanction = has.mute.of(u, protocol.ActMute)
	}
	return out, err
}

// join makes the user a member, or notes the name and the role that a member has
// now, and returns the read marker. A member who comes again as before costs no
// write: after a restart of the relay everybody does.
func (b *batch) join(r *room, u protocol.User) (read int64, err error) {
	var name, role string
	err = b.tx.Stmt(b.write.selectMember).QueryRow(r.key, u.ID).Scan(&name, &role, &read)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		_, err = b.tx.Stmt(b.write.insertMember).Exec(r.key, u.ID, u.Name, string(u.Role), int64(b.now))
	case err == nil && (name != u.Name || role != string(u.Role)):
		_, err = b.tx.Stmt(b.write.renameMember).Exec(u.Name, string(u.Role), r.key, u.ID)
	}
	return read, err
}

// read moves the sender's read marker forward and returns it; who is no member
// has none.
func (b *batch) read(r *room, op *hub.Op) (read int64, err error) {
	var name, role string
	err = b.tx.Stmt(b.write.selectMember).QueryRow(r.key, op.Sender.ID).Scan(&name, &role, &read)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	to := min(op.Seq, r.head)
	if err != nil || to <= read {
		return read, err
	}
	_, err = b.tx.Stmt(b.write.readMember).Exec(to, r.key, op.Sender.ID)
	return to, err
}
