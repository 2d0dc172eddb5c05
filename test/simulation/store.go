package simulation

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Store is a database in memory. What a transaction has written is staged; a
// sync makes it durable, a crash before that loses it.
type Store struct {
	rooms  map[string]*history // durable
	staged map[string]*history // what the transaction makes of them; nil: it drops the room
	names  int                 // how many users a reaction names: few show what a crowd does
	epochs int                 // so far
	closed bool
}

// history is one life of a room.
type history struct {
	room     string
	epoch    string
	head     int64
	messages []*protocol.Message      // ascending by seq; never changed in place; reactions name all users
	cloned   bool                     // staged: messages are not shared with the durable ones
	places   map[string]int           // of messages, by id; also of some that were rolled back
	sent     map[string]protocol.Send // as they were made; the same
	read     map[string]int64         // the markers of the members; never changed in place
	brought  map[carried]string       // who has brought a reaction; never changed in place
	changed  bool                     // a message has another rev than its seq
}

// carried is an emoji on a message.
type carried struct{ id, emoji string }

var errStoreClosed = errors.New("the store is closed")

// NewStore makes an empty database.
func NewStore() *Store {
	return &Store{rooms: map[string]*history{}, names: protocol.ReactionUsersMax}
}

// Commit carries out ops; see [hub.Store].
func (s *Store) Commit(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	outcomes, err := s.stage(now, ops)
	if err != nil {
		s.rollBack()
		return nil, err
	}
	s.sync()
	return outcomes, nil
}

// stage carries out ops without making them durable.
func (s *Store) stage(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	if s.closed {
		return nil, errStoreClosed
	}
	s.staged = map[string]*history{}
	outcomes := make([]hub.Outcome, len(ops))
	for i := range ops {
		k := ops[i].Kind
		if k == hub.OpSee { // nobody's rank matters here
			continue
		}
		if k < hub.OpOpen || k > hub.OpDrop {
			return nil, fmt.Errorf("unknown kind of op %d", k)
		}
		outcomes[i] = s.apply(protocol.TimeOf(now), &ops[i])
	}
	return outcomes, nil
}

// sync makes what is staged durable. A life of a room stays where it is, since
// the checks look at it.
func (s *Store) sync() {
	for name, h := range s.staged {
		switch durable := s.rooms[name]; {
		case h == nil:
			delete(s.rooms, name)
		case durable != nil && durable.epoch == h.epoch:
			*durable = *h
			durable.cloned = false
		default:
			h.cloned = false
			s.rooms[name] = h
		}
	}
	s.staged = nil
}

// rollBack forgets what is staged.
func (s *Store) rollBack() { s.staged = nil }

// touch is a room as the transaction has it, nil where there is none.
func (s *Store) touch(room string) *history {
	if h, ok := s.staged[room]; ok {
		return h
	}
	durable := s.rooms[room]
	if durable == nil {
		return nil
	}
	h := *durable
	s.staged[room] = &h
	return &h
}

func (s *Store) apply(now protocol.Time, op *hub.Op) hub.Outcome {
	h := s.touch(op.Room)
	if h == nil {
		if op.Kind != hub.OpOpen && op.Kind != hub.OpConfigure && (op.Kind != hub.OpSend || op.FindOnly) {
			return hub.Outcome{Code: protocol.CodeNotFound, Reason: "there is no such room"}
		}
		h = newHistory(op.Room, s.newEpoch())
		s.staged[op.Room] = h
	}
	out := hub.Outcome{}
	switch op.Kind {
	case hub.OpOpen:
		out.Read = h.mark(op.Sender.ID, 0)
	case hub.OpRead:
		if _, member := h.read[op.Sender.ID]; member {
			out.Read = h.mark(op.Sender.ID, min(op.Seq, h.head))
		}
	case hub.OpSend:
		out = s.send(h, now, op)
	case hub.OpConfigure:
	case hub.OpDrop:
		s.staged[op.Room] = nil
		return out
	default:
		out = s.change(h, now, op)
	}
	out.Epoch, out.Head = h.epoch, h.head
	return out
}

func newHistory(room, epoch string) *history {
	return &history{room: room, epoch: epoch, places: map[string]int{}, sent: map[string]protocol.Send{}}
}

func (s *Store) newEpoch() string {
	s.epochs++
	return fmt.Sprint("e", s.epochs)
}

// mark makes a user a member and moves the read marker, never back.
func (h *history) mark(user string, seq int64) int64 {
	read, member := h.read[user]
	if next := max(read, seq); !member || next > read {
		markers := map[string]int64{}
		maps.Copy(markers, h.read)
		markers[user] = next
		h.read = markers
		return next
	}
	return read
}

// Ready reports whether the store is open.
func (s *Store) Ready(context.Context) error {
	if s.closed {
		return errStoreClosed
	}
	return nil
}

// Close closes the store. Reopen opens it again.
func (s *Store) Close() error {
	s.rollBack()
	s.closed = true
	return nil
}

// Reopen ends a Close.
func (s *Store) Reopen() { s.closed = false }

// room is a room as it is durable; an empty one where nobody has entered it.
func (s *Store) room(name string) *history {
	if h := s.rooms[name]; h != nil {
		return h
	}
	return &history{room: name}
}

// find is the durable message of an id, nil where there is none.
func (h *history) find(id string) *protocol.Message {
	if i, ok := h.places[id]; ok && i < len(h.messages) && h.messages[i].ID == id {
		return h.messages[i]
	}
	return nil
}

// A backup is all that is durable at a moment.
type backup map[string]history

func (s *Store) backUp() backup {
	b := backup{}
	for name, h := range s.rooms {
		kept := *h
		kept.messages = slices.Clone(h.messages)
		b[name] = kept
	}
	return b
}

// restore puts a backup in place of what is stored, each room with a new epoch.
func (s *Store) restore(b backup, rooms []string) {
	s.staged = nil
	s.rooms = map[string]*history{}
	for _, name := range rooms {
		h, ok := b[name]
		if !ok {
			continue
		}
		h.epoch, h.messages, h.places = s.newEpoch(), slices.Clone(h.messages), map[string]int{}
		h.sent = maps.Clone(h.sent)
		for i, m := range h.messages {
			h.places[m.ID] = i
		}
		s.rooms[name] = &h
	}
}
