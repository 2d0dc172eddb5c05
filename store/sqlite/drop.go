package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

var (
	isDropped  = writing(`SELECT count(*) FROM rooms WHERE key = ? AND dropped = 1`)
	deleteRoom = writing(`DELETE FROM rooms WHERE key = ?`)
)

// emptySlice deletes some content of a dropped room, and finally the room.
func (u *upkeep) emptySlice(ctx context.Context, began time.Time) error {
	key, empty, some := u.dropped[0], false, false
	err := u.inDeletingSlice(ctx, func(tx *sql.Tx) error {
		var dropped bool // false if the commit failed
		if err := tx.StmtContext(ctx, u.writes[isDropped]).QueryRowContext(ctx, key).Scan(&dropped); err != nil {
			return err
		}
		if !dropped {
			empty = true
			return nil
		}
		for _, stmt := range emptyRoom {
			for more := true; more; {
				if u.over(began, some) {
					return nil
				}
				at := u.clock()
				var err error
				if more, err = affects(tx.StmtContext(ctx, u.writes[stmt]).ExecContext(ctx, key, u.pace.next())); err != nil {
					return fmt.Errorf("empty a dropped room: %w", err)
				}
				some = some || more
				u.pace.took(u.clock().Sub(at))
			}
		}
		empty = true
		_, err := tx.StmtContext(ctx, u.writes[deleteRoom]).ExecContext(ctx, key)
		return err
	})
	if err == nil {
		u.unmerged, u.merges = true, mergeSlices
		if empty {
			u.dropped = u.dropped[1:]
		}
	}
	return err
}
