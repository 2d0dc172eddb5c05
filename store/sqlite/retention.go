package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
)

// purgeEvery is the time between two checks for old messages: they are deleted within that time and the time of the
// deletion itself.
const purgeEvery = 30 * time.Second

// Retain sets which messages are deleted because of their age; see [rules.Upkeep].
func (u *upkeep) Retain(r rules.Retention) {
	if r.Now == nil {
		r.Now = time.Now
	}
	u.turn.Lock()
	defer u.turn.Unlock()
	u.retention = &r
}

var oldestMessages = reading(`SELECT key, name, epoch, settings, created_at FROM rooms JOIN messages
	ON messages.room = rooms.key AND seq = (SELECT min(seq) FROM messages WHERE room = rooms.key)
	WHERE dropped = 0 AND (settings <> '' OR ?)`)

// findExpired looks for old messages. It reads beside the commits; only deleting needs the writer's turn.
func (u *upkeep) findExpired(ctx context.Context) error {
	u.turn.Lock()
	r := u.retention
	u.turn.Unlock()
	if r == nil {
		return nil
	}
	var rooms []row.Expired
	if err := query(ctx, u.reads[oldestMessages], row.FindExpired(&rooms, r, protocol.TimeOf(r.Now())), r.Default > 0); err != nil {
		return fmt.Errorf("look for messages that are too old: %w", err)
	}
	u.turn.Lock()
	defer u.turn.Unlock()
	u.expired = rooms
	return nil
}

// purgeSlice deletes some old messages of a room, and returns the seq below which all are deleted.
func (u *upkeep) purgeSlice(ctx context.Context, began time.Time) (below int64, err error) {
	room, done := &u.expired[0], false
	err = u.inDeletingSlice(ctx, func(tx *sql.Tx) error {
		for !done && !u.over(began, below > 0) {
			at := u.clock()
			last, rev, more, err := u.oldest(ctx, tx, room)
			if err != nil {
				return err
			}
			if done = !more; last == 0 {
				continue
			}
			for _, stmt := range purgeMessages {
				if _, err := tx.StmtContext(ctx, u.writes[stmt]).ExecContext(ctx, room.Key, last, rev); err != nil {
					return err
				}
			}
			below = last + 1
			u.pace.took(u.clock().Sub(at))
		}
		return nil
	})
	if err != nil {
		return 0, fmt.Errorf("delete messages that are too old: %w", err)
	}
	if done {
		u.expired = u.expired[1:]
	}
	if below > 0 {
		u.unmerged, u.merges = true, mergeSlices
	}
	return below, nil
}

var oldestOfRoom = writing(`SELECT seq, rev FROM (SELECT seq, rev, created_at FROM messages
	WHERE room = (SELECT key FROM rooms WHERE key = ? AND dropped = 0) ORDER BY seq LIMIT ?) WHERE created_at < ? ORDER BY seq`)

// oldest returns the last seq up to which the room's next messages are too old (0: none), their highest rev, and
// whether more may follow.
func (u *upkeep) oldest(ctx context.Context, tx *sql.Tx, room *row.Expired) (last, rev int64, more bool, err error) {
	n, rows := 0, u.pace.next()
	err = query(ctx, tx.StmtContext(ctx, u.writes[oldestOfRoom]), func(scan func(...any) error) error {
		var seq, itsRev int64
		if err := scan(&seq, &itsRev); err != nil {
			return err
		}
		n, last, rev = n+1, seq, max(rev, itsRev)
		return nil
	}, room.Key, rows, int64(room.Before))
	return last, rev, n == rows, err
}
