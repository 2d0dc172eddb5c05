package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"hallway/protocol"
	"hallway/relay/rules"
)

// resting counts batches that skip the quick way, after another relay was in the way.
type resting struct {
	rest   int // the remaining batches
	rested int // the number of batches the last time
}

// quickRestMax limits such batches.
const quickRestMax = 15

// sendQuickly is one statement, and so a transaction by itself: a relay that dies leaves no lock behind. It adds to
// rooms that are as the relay remembers them ($2: head, $3: rules), one row each in the order of the keys, and then
// stores messages, each in the $n-th room. If a room has changed, the division by zero undoes everything (the server
// would refuse a constant one beforehand).
const sendQuickly = `WITH k AS (
		SELECT * FROM unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[]) WITH ORDINALITY AS k (key, head, rules, n, place)
	), grown AS (
		UPDATE rooms SET head = rooms.head + k.n, last_at = greatest(rooms.last_at + 1, c.now) + k.n - 1
		FROM k, (SELECT coalesce($5::bigint, hallway_now()) AS now) AS c
		WHERE rooms.key = k.key AND rooms.head = k.head AND rooms.rules = k.rules AND rooms.name IS NOT NULL
		RETURNING k.place, rooms.last_at - k.n AS before
	), whole AS (
		SELECT CASE WHEN count(*) = cardinality($1::bigint[]) THEN array_agg(before ORDER BY place) ELSE ARRAY[1 / (0 * count(*))] END AS before
		FROM grown
	), made AS (
		INSERT INTO messages (room, seq, rev, created_at, id, made_as, sender_id, sender_name, sender_role, sent_at, text, more, reply_to)
		SELECT room, seq, seq, (SELECT before FROM whole)[place] + nth, id, made_as, sender_id, sender_name, sender_role, sent_at, text, more, reply_to
		FROM unnest($6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::text[], $11::bytea[], $12::text[], $13::text[], $14::text[],
			$15::text[], $16::text[], $17::text[], $18::text[])
			AS m (room, place, seq, nth, id, made_as, sender_id, sender_name, sender_role, sent_at, text, more, reply_to)
	), mentioned AS (
		INSERT INTO mentions (room, user_id, seq, by_id) SELECT * FROM unnest($19::bigint[], $20::text[], $21::bigint[], $22::text[])
	)
	SELECT before FROM whole`

// quick carries out a batch of new messages in remembered rooms, in one statement. done is false if the batch has other
// ops, or the rooms have changed: then nothing was stored.
func (s *Store) quick(ctx context.Context, conn *pgx.Conn, now time.Time, ops []rules.Op) (_ []rules.Outcome, done bool, err error) {
	if s.quickly.rest > 0 {
		s.quickly.rest--
		return nil, false, nil
	}
	set, ok := s.quickSet(now, ops)
	if !ok {
		return nil, false, nil
	}
	outcomes := make([]rules.Outcome, len(ops))
	for i := range ops {
		outcomes[i] = set.Do(&ops[i])
		if stored, ok := outcomes[i].Result.(rules.Stored); !ok || !stored.New {
			return nil, false, nil
		}
	}
	if len(set.Sent)+len(set.Sanctions)+len(set.Audit) > 0 {
		return nil, false, nil
	}
	s.writer.warned.Store(false)
	before, err := s.sendQuickly(ctx, conn, now, set)
	switch {
	case err != nil && !conn.IsClosed() && (isRefused(err) || isConflict(err)):
		if !isConflict(err) { // not because of a repeated id
			s.quickly.rested = min(2*s.quickly.rested+1, quickRestMax)
			s.quickly.rest = s.quickly.rested
		}
		return nil, false, nil
	case err == nil && s.writer.warned.Load():
		err = errUnknown
	}
	if err != nil {
		s.writer.disconnect()
		return nil, false, err
	}
	s.quickly.rested = 0
	s.sentQuickly(set, outcomes, before)
	return outcomes, true, nil
}

// quickSet returns a working set for ops that send, and whether the relay remembers all rows that it needs.
func (s *Store) quickSet(now time.Time, ops []rules.Op) (*rules.Set, bool) {
	set := rules.NewSet(protocol.TimeOf(now), newEpoch)
	for i := range ops {
		op := &ops[i]
		send, ok := op.Do.(rules.Send)
		if !ok || send.FindOnly || len(send.Files) > 0 {
			return nil, false
		}
		r := s.kept.rooms[op.Room]
		if r == nil || r.settings.SlowModeS > 0 || r.settings.E2EE != 0 {
			return nil, false
		}
		row := set.Room(op.Room)
		if row == nil {
			row = set.AddRoom(r.row(op.Room))
		}
		if has, ok := r.sanctions[op.Sender.ID]; ok {
			row.AddStanding(op.Sender.ID, has)
		}
	}
	return set, true
}

// sendQuickly returns, for each grown room in the order of the keys, the time before its first new message.
func (s *Store) sendQuickly(ctx context.Context, conn *pgx.Conn, now time.Time, set *rules.Set) (before []int64, err error) {
	sortRooms(set.Grown)
	places := make(map[*rules.Room]int64, len(set.Grown))
	n := len(set.Grown)
	keys, heads, versions, counts := make([]int64, n), make([]int64, n), make([]int64, n), make([]int64, n)
	for i, r := range set.Grown {
		known := s.kept.rooms[r.Name]
		places[r] = int64(i + 1)
		keys[i], heads[i], versions[i], counts[i] = r.Key, known.head, known.rules, r.Head-known.head
	}
	clock := (*int64)(s.callersTime(now))
	var made newRows
	var mentioned mentionRows
	for _, m := range set.Messages {
		if err := made.add(m); err != nil {
			return nil, err
		}
		mentioned.add(m)
	}
	nth, at := make([]int64, len(set.Messages)), make([]int64, len(set.Messages))
	for i, m := range set.Messages {
		at[i] = places[m.In()]
		nth[i] = m.Seq - heads[at[i]-1]
	}
	err = conn.QueryRow(ctx, sendQuickly, keys, heads, versions, counts, clock, made.rooms, at, made.seqs, nth, made.ids, made.madeAs,
		made.senders, made.names, made.roles, made.sentAt, made.texts, made.more, made.replyTo,
		mentioned.rooms, mentioned.users, mentioned.seqs, mentioned.by).Scan(&before)
	if err == nil && len(before) != n {
		err = errors.New("the server has answered for other rooms")
	}
	return before, err
}

// sentQuickly sets the server's times in the messages of outcomes, and remembers the rooms.
func (s *Store) sentQuickly(set *rules.Set, outcomes []rules.Outcome, before []int64) {
	shift := make(map[string]protocol.Time, len(set.Grown))
	grown := make(map[int64]bool, len(set.Grown))
	for i, r := range set.Grown {
		known := s.kept.rooms[r.Name]
		next := *known
		next.head, next.lastAt = r.Head, protocol.Time(before[i]+r.Head-known.head)
		shift[r.Name] = next.lastAt - r.LastAt
		s.kept.rooms[r.Name] = &next
		grown[r.Key] = true
	}
	for i := range outcomes {
		stored := outcomes[i].Result.(rules.Stored)
		stored.Message.CreatedAt += shift[stored.Message.Room]
		outcomes[i].Result = stored
	}
	s.upkeep.grew(grown)
}
