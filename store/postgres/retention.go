package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/row"
	"hallway/store/vault"
)

// Retain sets which messages are deleted because of their age; see [rules.Upkeep].
func (u *upkeep) Retain(r rules.Retention) {
	if r.Now == nil {
		r.Now = time.Now
	}
	u.mu.Lock()
	defer u.mu.Unlock()
	u.retention = &r
}

// deleteLeft deletes the content of dropped rooms and old messages, for all relays.
func (u *upkeep) deleteLeft(ctx context.Context) error {
	if err := u.emptyDropped(ctx); err != nil {
		return err
	}
	if err := u.purge(ctx); err != nil {
		return err
	}
	_, err := u.readers.Exec(ctx, `DELETE FROM sent WHERE at < hallway_now() - $1`, protocol.SlowModeSMax*time.Second.Microseconds())
	return err
}

// emptySteps delete some rows of a room each.
var emptySteps = append([]string{
	`DELETE FROM reactions WHERE ctid = ANY (ARRAY(SELECT ctid FROM reactions WHERE room = $1 LIMIT $2))`,
	`DELETE FROM members WHERE ctid = ANY (ARRAY(SELECT ctid FROM members WHERE room = $1 LIMIT $2))`,
	`DELETE FROM member_terms WHERE ctid = ANY (ARRAY(SELECT ctid FROM member_terms WHERE room = $1 LIMIT $2))`,
	`DELETE FROM sanctions WHERE ctid = ANY (ARRAY(SELECT ctid FROM sanctions WHERE room = $1 LIMIT $2))`,
	`DELETE FROM reports WHERE ctid = ANY (ARRAY(SELECT ctid FROM reports WHERE room = $1 LIMIT $2))`,
	`DELETE FROM mentions WHERE ctid = ANY (ARRAY(SELECT ctid FROM mentions WHERE room = $1 LIMIT $2))`,
	`DELETE FROM sent WHERE ctid = ANY (ARRAY(SELECT ctid FROM sent WHERE room = $1 LIMIT $2))`,
	`DELETE FROM search WHERE ctid = ANY (ARRAY(SELECT ctid FROM search WHERE room = $1 LIMIT $2))`,
	`DELETE FROM messages WHERE ctid = ANY (ARRAY(SELECT ctid FROM messages WHERE room = $1 LIMIT $2))`,
	`DELETE FROM indexed WHERE room = $1 AND $2 > 0`,
}, emptyVault()...)

// emptyDropped deletes the content of dropped rooms, slice by slice, and finally the rooms.
func (u *upkeep) emptyDropped(ctx context.Context) error {
	keys, err := readAll(ctx, u.db, "look for dropped rooms", row.Value[int64], `SELECT key FROM rooms WHERE name IS NULL`)
	if err != nil {
		return err
	}
	// Files come first, because their bytes take the most space.
	for more := len(keys) > 0; more; {
		tag, err := u.readers.Exec(ctx, dropFiles, keys, deleteRows)
		if err != nil {
			return fmt.Errorf("delete files of dropped rooms: %w", err)
		}
		if more = tag.RowsAffected() == deleteRows; more && !u.pause(upkeepPause) {
			return nil
		}
	}
	for _, key := range keys {
		for _, step := range emptySteps {
			for more := true; more; {
				tag, err := u.readers.Exec(ctx, step, key, deleteRows)
				if err != nil {
					return fmt.Errorf("empty a dropped room: %w", err)
				}
				if more = tag.RowsAffected() == deleteRows; more && !u.pause(upkeepPause) {
					return nil
				}
			}
		}
		if _, err := u.readers.Exec(ctx, `DELETE FROM rooms WHERE key = $1`, key); err != nil {
			return fmt.Errorf("delete a dropped room: %w", err)
		}
	}
	return nil
}

const selectOldest = `SELECT r.key, r.name, r.epoch, r.settings, m.created_at FROM rooms r
	CROSS JOIN LATERAL (SELECT created_at FROM messages WHERE room = r.key ORDER BY seq LIMIT 1) AS m WHERE r.name IS NOT NULL AND (r.settings <> '' OR $1)`

// purge deletes messages that are too old.
func (u *upkeep) purge(ctx context.Context) error {
	u.mu.Lock()
	r := u.retention
	u.mu.Unlock()
	if r == nil {
		return nil
	}
	var rooms []row.Expired
	err := u.each(ctx, row.FindExpired(&rooms, r, protocol.TimeOf(r.Now())), selectOldest, r.Default > 0)
	if err != nil {
		return fmt.Errorf("look for messages that are too old: %w", err)
	}
	for _, e := range rooms {
		for more := true; more; {
			var below int64
			if below, more, err = u.purgeSlice(ctx, e); err != nil {
				return fmt.Errorf("delete messages that are too old: %w", err)
			}
			if below > 0 && r.Purged != nil {
				r.Purged(e.Name, e.Epoch, below)
			}
			if more && !u.pause(upkeepPause) {
				return nil
			}
		}
	}
	return nil
}

// The messages of a room are deleted in order, as long as they are too old. The room is locked: a commit that changes
// one of the messages comes before or after.
const (
	lockExpired   = `SELECT key FROM rooms WHERE key = $1 AND name IS NOT NULL FOR NO KEY UPDATE`
	selectExpired = `SELECT coalesce(max(seq), 0), coalesce(max(rev), 0), count(*) FROM (SELECT seq, rev, created_at FROM messages
		WHERE room = $1 ORDER BY seq LIMIT $2) AS first WHERE created_at < $3`
)

var purgeSteps = append([]string{
	`DELETE FROM reactions WHERE room = $1 AND seq <= $2`,
	`DELETE FROM mentions WHERE room = $1 AND seq <= $2`,
	`DELETE FROM search WHERE room = $1 AND seq <= $2`,
	`DELETE FROM messages WHERE room = $1 AND seq <= $2`,
	`DELETE FROM files WHERE room = $1 AND seq <= $2 AND seq > 0`, // last, because it locks a row that all uploads need
}, vault.Purge(`$1`, ` AND $2::bigint IS NOT NULL`)...)

// purgeSlice deletes some messages of a room, and returns the seq below which all are deleted.
func (u *upkeep) purgeSlice(ctx context.Context, e row.Expired) (below int64, more bool, err error) {
	err = pgx.BeginFunc(ctx, u.readers, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, lockExpired, e.Key)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		var last, rev, n int64
		if err := tx.QueryRow(ctx, selectExpired, e.Key, deleteRows, int64(e.Before)).Scan(&last, &rev, &n); err != nil || n == 0 {
			return err
		}
		var writes pgx.Batch
		for _, step := range purgeSteps {
			writes.Queue(step, e.Key, last)
		}
		writes.Queue(`UPDATE rooms SET purged = greatest(purged, $2), rules = rules + 1 WHERE key = $1`, e.Key, rev)
		below, more = last+1, n == deleteRows
		return tx.SendBatch(ctx, &writes).Close()
	})
	return below, more, err
}
