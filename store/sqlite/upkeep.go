package sqlite

import (
	"context"
	"fmt"
	"maps"
	"strconv"
	"sync/atomic"
	"time"

	"hallway/relay/rules"
	"hallway/store/row"
	"hallway/store/vault"
)

// The upkeep indexes the words of new commits, deletes the content of dropped rooms and old messages, replaces an index
// of another version, and removes erased users from the file. It works in the writer's turn, in slices so small that no
// commit is noticeably delayed.
const (
	// upkeepEvery is the time between two checks for work.
	upkeepEvery = 500 * time.Millisecond
	// sliceTime is the time after which a slice starts no more work.
	sliceTime = time.Millisecond
	// slicePause is the pause after a slice as a multiple of its time; busyPause, if commits take more than half of the
	// time; groupPause, if they do so although an op takes less than groupTime: then indexing a message costs more than
	// storing it, and messages come first. A search may find them late.
	slicePause = 2
	busyPause  = 10
	groupPause = 50
	groupTime  = 100 * time.Microsecond
)

// upkeep does the background work. Only the current writer may use the fields below, except failed and unfound.
type upkeep struct {
	*db

	unindexed map[int64]struct{} // rooms with changes that are not indexed
	dropped   []int64            // rooms to empty
	retention *rules.Retention   // nil: messages are kept
	expired   []row.Expired      // rooms with messages to purge
	forgets   *forgetting        // nil: no deleted content is in the file
	reindex   reindexing
	unfound   atomic.Int64 // messages that are not indexed because the index is made anew
	wiping    wiping
	restNext  bool // the next slice is not for the index
	unmerged  bool // the index has parts that may be merged
	merges    int  // merging slices before more messages are indexed
	pace      pace
	committed time.Duration // the time of commits since the last slice
	ops       int           // their ops
	ended     time.Time     // the end of the last slice
	failed    atomic.Pointer[error]
}

// emptyRoom deletes the content of a room (?1), at most so many rows at a time (?2). Each table with rows of rooms has
// a statement here.
var emptyRoom = writingAll(append([]string{
	`DELETE FROM files WHERE (room, id) IN
		(SELECT room, id FROM files WHERE room = ?1 LIMIT ?2)`,
	`DELETE FROM members WHERE (room, user_id) IN
		(SELECT room, user_id FROM members WHERE room = ?1 LIMIT ?2)`,
	`DELETE FROM sanctions WHERE (room, user_id, kind) IN
		(SELECT room, user_id, kind FROM sanctions WHERE room = ?1 LIMIT ?2)`,
	`DELETE FROM reports WHERE n IN (SELECT n FROM reports WHERE room = ?1 LIMIT ?2)`,
	`DELETE FROM search WHERE docid IN
		(SELECT docid FROM search WHERE docid BETWEEN (?1 << 32) AND ((?1 + 1) << 32) - 1 LIMIT ?2)`,
	`DELETE FROM messages WHERE (room, seq) IN
		(SELECT room, seq FROM messages WHERE room = ?1 LIMIT ?2)`,
	`DELETE FROM reactions WHERE (room, seq, user_id, emoji) IN
		(SELECT room, seq, user_id, emoji FROM reactions WHERE room = ?1 LIMIT ?2)`,
	`DELETE FROM reindexes WHERE room = ?1 AND ?2`,
	`DELETE FROM mentions WHERE (room, user_id, seq) IN
		(SELECT room, user_id, seq FROM mentions WHERE room = ?1 LIMIT ?2)`,
	`DELETE FROM member_terms WHERE (room, term, user_id) IN
		(SELECT room, term, user_id FROM member_terms WHERE room = ?1 LIMIT ?2)`,
}, emptyVault()...))

// purgeMessages deletes the messages of a room (?1) up to a seq (?2), whose highest rev is ?3, and all rows that belong
// to them.
var purgeMessages = writingAll(append([]string{
	`DELETE FROM reactions WHERE room = ?1 AND seq <= ?2 AND ?3`,
	`DELETE FROM search WHERE docid BETWEEN (?1 << 32) AND (?1 << 32) + min(?2, ` + strconv.Itoa(seqMax) + `) AND ?3`,
	`DELETE FROM messages WHERE room = ?1 AND seq <= ?2 AND ?3`,
	`UPDATE rooms SET purged = max(purged, ?3) WHERE key = ?1 AND ?2`,
	`DELETE FROM mentions WHERE room = ?1 AND seq <= ?2 AND ?3`,
	`DELETE FROM files WHERE room = ?1 AND seq BETWEEN 1 AND ?2 AND ?3`,
}, vault.Purge(`?1`, ` AND ?2 AND ?3`)...))

// over reports whether the time of a slice is used up. A slice without progress continues, or a slow machine would
// never finish.
func (u *upkeep) over(began time.Time, some bool) bool {
	return some && u.clock().Sub(began) > sliceTime
}

// pace is the number of rows that are deleted between two checks of the clock: few if the rows are large or the disk is
// slow.
type pace struct{ rows int }

const (
	// paceMax is the maximum number of rows, stepTime the intended time for them.
	paceMax  = 64
	stepTime = sliceTime / 4
)

// next returns the number of rows to delete next.
func (p *pace) next() int {
	p.rows = max(p.rows, 1)
	return p.rows
}

// took notes the time of that deletion.
func (p *pace) took(d time.Duration) {
	switch {
	case d > stepTime:
		p.rows = max(1, p.rows/2)
	case d < stepTime/2:
		p.rows = min(2*p.rows, paceMax)
	}
}

// load finds the work that an earlier process has left. It reads only the rooms.
func (u *upkeep) load(ctx context.Context) error {
	if err := u.wiping.load(ctx, u.writer); err != nil {
		return err
	}
	u.unindexed = make(map[int64]struct{})
	if err := u.reindex.load(ctx, u.writer); err != nil {
		return err
	}
	u.unfound.Store(u.reindex.left())
	return ask(ctx, u.writer, func(scan func(...any) error) error {
		var key int64
		var dropped bool
		err := scan(&key, &dropped)
		if dropped {
			u.dropped = append(u.dropped, key)
		} else {
			u.unindexed[key] = struct{}{}
		}
		return err
	}, `SELECT key, dropped FROM rooms WHERE dropped = 1 OR indexed < head`)
}

// note notes the work that a commit leaves.
func (u *upkeep) note(b *batch) {
	maps.Copy(u.unindexed, b.grown)
	u.dropped = append(u.dropped, b.dropped...)
	if b.deletes {
		u.wiping.deleted()
	}
}

// searchable returns the error because of which the index is behind; nil if it is not.
func (u *upkeep) searchable() error {
	if err := u.failed.Load(); err != nil && *err != nil {
		return fmt.Errorf("the index of words is not up to date: %w", *err)
	}
	return nil
}

// maintain does the work until the store is closed.
func (u *upkeep) maintain() {
	tick := time.NewTicker(upkeepEvery)
	defer tick.Stop()
	var looked time.Time // the time of the last check for old messages
	for {
		select {
		case <-tick.C:
		case <-u.stop:
			return
		}
		if time.Since(looked) >= purgeEvery && u.findExpired(context.Background()) == nil {
			looked = time.Now()
		}
		for {
			pause, err := u.runSlice(context.Background())
			if err != nil || pause == 0 {
				break // failed work is retried at the next check
			}
			select {
			case <-time.After(pause):
			case <-u.stop:
				return
			}
		}
	}
}

// runSlice does some of the work, and returns the pause that the commits need; 0: there was no work.
func (u *upkeep) runSlice(ctx context.Context) (pause time.Duration, err error) {
	pause, purged, err := u.slice(ctx)
	if purged != nil {
		purged()
	}
	return pause, err
}

// slice is runSlice in the writer's turn. After the turn, the caller calls purged if it is not nil.
func (u *upkeep) slice(ctx context.Context) (pause time.Duration, purged func(), err error) {
	u.turn.Lock()
	defer u.turn.Unlock()
	began := u.clock()
	forget := u.forgets.ready(u)
	reindex := u.reindex.outdated || len(u.reindex.rooms) > 0 && (!u.unmerged || u.merges <= 0)
	index, rest := u.unmerged || len(u.unindexed) > 0, len(u.dropped)+len(u.expired) > 0 || forget || reindex
	if rest && index { // alternately: a busy relay always has messages to index
		u.restNext = !u.restNext
		rest = u.restNext
	}
	switch {
	case !index && !rest:
		return 0, nil, nil
	case u.forgets.alone(u):
		err = u.forgetSlice(ctx, began)
	case !rest && u.unmerged && (u.merges > 0 || len(u.unindexed) == 0):
		err = u.mergeSlice(ctx)
	case !rest:
		err = u.indexSlice(ctx, began)
	case len(u.dropped) > 0:
		err = u.emptySlice(ctx, began)
	case len(u.expired) == 0 && forget:
		err = u.forgetSlice(ctx, began)
	case len(u.expired) == 0:
		err = u.reindexSlice(ctx, began)
	default:
		room, tell := u.expired[0], u.retention.Purged
		var below int64
		if below, err = u.purgeSlice(ctx, began); below > 0 && tell != nil {
			purged = func() { tell(room.Name, room.Epoch, below) }
		}
	}
	if err != nil {
		u.renewAfter(err)
	}
	u.failed.Store(&err)
	return u.pause(began, u.clock()), purged, err
}

// pause returns the time to pause after a slice.
func (u *upkeep) pause(began, ended time.Time) time.Duration {
	times := slicePause
	if u.committed > began.Sub(u.ended)/2 {
		times = busyPause
		if u.committed < time.Duration(u.ops)*groupTime {
			times = groupPause
		}
	}
	u.committed, u.ops, u.ended = 0, 0, ended
	return max(time.Duration(times)*ended.Sub(began), 1)
}
