package simulation

import (
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/memory"
)

// database is the database of all relays. For the checks it also keeps every life of every room.
type database struct {
	w       *world
	store   *memory.Store
	skew    time.Duration   // the time by which its clock is ahead
	backup  memory.Snapshot // the state that a restore puts back
	standby memory.Snapshot // the state of the standby, which takes over when the database fails
	locks   []*transaction  // the transactions, in the order of their beginning

	lives map[string]*memory.Room // each life of each room as it was stored last, by epoch
	order map[string]int          // the place of each life among all, from 1 on, by epoch
	sent  map[string]string       // the texts with which messages were created, by id
}

// commit carries out ops at once, without the hub.
func (db *database) commit(now time.Time, ops ...rules.Op) {
	w := db.w
	outcomes, err := db.store.Commit(now, ops)
	if err != nil {
		w.fail("the store fails: %v", err)
	}
	db.noteStored(ops, outcomes)
}

// noteStored records the results of a durable batch.
func (db *database) noteStored(ops []rules.Op, outcomes []rules.Outcome) {
	w := db.w
	for i := range ops {
		db.noteLife(ops[i].Room)
		w.sealed.noteStored(&ops[i], &outcomes[i])
		if stored, ok := outcomes[i].Result.(rules.Stored); ok && stored.New && stored.Message.Rev == stored.Message.Seq {
			db.sent[stored.Message.ID] = w.sealed.contentOf(&stored.Message)
		}
	}
}

// noteLife notes the life of a room as it is stored.
func (db *database) noteLife(room string) {
	h := db.store.Life(room)
	db.lives[h.Epoch()] = h
	if db.order[h.Epoch()] == 0 {
		db.order[h.Epoch()] = len(db.order) + 1
		db.w.sealed.noteTurn(room)
	}
}

// restore puts an older database in place.
func (db *database) restore(from memory.Snapshot) {
	w := db.w
	db.abort()
	for _, x := range w.people.wishes {
		x.unknown = true
	}
	old := map[string]*memory.Room{}
	for _, room := range w.rooms {
		old[room] = db.store.Life(room)
	}
	db.store.Restore(from)
	for _, room := range w.rooms {
		db.noteLife(room)
	}
	w.moderator.restored()
	for _, it := range w.people.items {
		if old[it.room].Find(it.id) != nil {
			it.undone = it.undone || db.store.Life(it.room).Find(it.id) == nil
		}
	}
}

// edit changes one of the last messages of a room without the hub. To every chat this is a change that the live stream has
// lost.
func (db *database) edit(room string, of int) {
	w := db.w
	h := db.store.Life(room)
	if db.writing() || h.Len() == 0 {
		return
	}
	m := h.Message(max(0, h.Len()-1-w.rnd.IntN(of)))
	if m.Deleted() {
		return
	}
	author := protocol.User{ID: m.Sender.ID, Role: protocol.RoleOrganizer}
	var do rules.Action = rules.Edit{ID: m.ID, Text: fmt.Sprintf("%s, edited at rev %d", db.sent[m.ID], h.Head()+1)}
	if w.sealed.wide { // an edit would need the room's key
		do = rules.Pin{ID: m.ID, On: !m.Pinned}
	}
	db.commit(start.Add(w.now), rules.Op{Room: room, Sender: author, Do: do})
	w.note("world", "edits seq %d of %s: head %d", m.Seq, room, db.store.Life(room).Head())
}

// mustBeDurable checks that the store has a message that a client is told of.
func (db *database) mustBeDurable(m *protocol.Message, h *memory.Room, how string) {
	w := db.w
	if h == nil {
		w.fail("%s is %s, and there is no room", short(m.ID), how)
	}
	stored := h.Find(m.ID)
	if stored == nil {
		w.fail("%s (rev %d) is %s before it is durable", short(m.ID), m.Rev, how)
	}
	if stored.Seq != m.Seq || stored.CreatedAt != m.CreatedAt || stored.Rev < m.Rev || stored.Rev == m.Rev && !same(stored, m) {
		w.fail("%s is %s as %v and stored as %v", short(m.ID), how, m, stored)
	}
}
