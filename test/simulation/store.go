package simulation

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sort"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Store is a database in memory. What a transaction has written is staged; a
// sync makes it durable, a crash before that loses it.
type Store struct {
	rooms  map[string]*history
	open   []*history // with staged changes
	epochs int        // so far
	closed bool
}

// history is one life of a room.
type history struct {
	room     string
	epoch    string
	made     bool                // durably
	head     int64               // durable
	durable  int                 // of messages; those behind are staged
	messages []*protocol.Message // ascending by seq; never changed in place
	places   map[string]int      // of the messages, by id
	edited   bool                // a message has another rev than its seq
}

var errStoreClosed = errors.New("the store is closed")

// NewStore makes an empty database.
func NewStore() *Store { return &Store{rooms: map[string]*history{}} }

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
	outcomes := make([]hub.Outcome, len(ops))
	for i := range ops {
		if k := ops[i].Kind; k != hub.OpOpen && k != hub.OpSend {
			return nil, fmt.Errorf("unknown kind of op %d", k)
		}
		outcomes[i] = s.apply(protocol.TimeOf(now), &ops[i])
	}
	return outcomes, nil
}

// sync makes what is staged durable.
func (s *Store) sync() {
	for _, h := range s.open {
		h.made = true
		h.head, h.durable = h.next()-1, len(h.messages)
	}
	s.open = nil
}

// rollBack forgets what is staged.
func (s *Store) rollBack() {
	for _, h := range s.open {
		for _, m := range h.messages[h.durable:] {
			delete(h.places, m.ID)
		}
		h.messages = h.messages[:h.durable]
		if !h.made {
			delete(s.rooms, h.room)
		}
	}
	s.open = nil
}

func (s *Store) apply(now protocol.Time, op *hub.Op) hub.Outcome {
	h := s.rooms[op.Room]
	if h == nil {
		if op.FindOnly {
			return hub.Outcome{Code: protocol.CodeNotFound, Reason: "there is no such room"}
		}
		h = &history{room: op.Room, epoch: s.newEpoch(), places: map[string]int{}}
		s.rooms[op.Room] = h
		s.open = append(s.open, h)
	}
	out := hub.Outcome{}
	if op.Kind == hub.OpSend {
		out = s.send(h, now, op)
	}
	out.Epoch, out.Head = h.epoch, h.next()-1
	return out
}

func (s *Store) newEpoch() string {
	s.epochs++
	return fmt.Sprint("e", s.epochs)
}

// next is the rev that the next message takes.
func (h *history) next() int64 { return h.head + int64(len(h.messages)-h.durable) + 1 }

func (s *Store) send(h *history, now protocol.Time, op *hub.Op) hub.Outcome {
	f := &op.Send
	if i, ok := h.places[f.ID]; ok {
		m := h.messages[i]
		switch {
		case m.Sender.ID != op.Sender.ID:
			return hub.Outcome{Code: protocol.CodeConflict, Reason: "another sender has used this id"}
		case madeAs(m) != f.Text || m.ReplyTo != f.ReplyTo || !reflect.DeepEqual(m.Encrypted, f.Encrypted):
			return hub.Outcome{Code: protocol.CodeConflict, Reason: "this id was sent with other content"}
		}
		return hub.Outcome{Message: *m}
	}
	if op.FindOnly {
		return hub.Outcome{Code: protocol.CodeNotFound, Reason: "nothing was sent with this id"}
	}
	m := &protocol.Message{
		Room: h.room, ID: f.ID, Seq: h.next(), Rev: h.next(), Sender: op.Sender, CreatedAt: now,
		SentAt: f.SentAt, Text: f.Text, Encrypted: f.Encrypted, ReplyTo: f.ReplyTo,
	}
	if n := len(h.messages); n > 0 {
		m.CreatedAt = max(now, h.messages[n-1].CreatedAt+1)
	}
	if !slices.Contains(s.open, h) {
		s.open = append(s.open, h)
	}
	h.places[f.ID] = len(h.messages)
	h.messages = append(h.messages, m)
	return hub.Outcome{Message: *m, New: true}
}

// Page reads what is durable; see [hub.Store].
func (s *Store) Page(ctx context.Context, room, _ string, q hub.Query) (protocol.Page, error) {
	switch {
	case s.closed:
		return protocol.Page{}, errStoreClosed
	case ctx.Err() != nil:
		return protocol.Page{}, ctx.Err()
	case q.Limit < 1 || q.Limit > protocol.PageMessagesMax || q.Kind > hub.QuerySince:
		return protocol.Page{}, fmt.Errorf("bad query %+v", q)
	}
	h := s.room(room)
	if !h.made {
		h = &history{}
	}
	p := protocol.Page{Epoch: h.epoch, Head: h.head}
	all := h.stored()
	switch q.Kind {
	case hub.QueryNewest:
		p.Messages, p.More = last(all, q.Limit)
	case hub.QueryBefore:
		p.Messages, p.More = last(all[:place(all, q.At)], q.Limit)
	case hub.QueryAfter:
		p.Messages, p.More = first(all[placeAfter(all, q.At):], q.Limit)
	case hub.QueryAround:
		older, moreBefore := last(all[:place(all, q.At)], q.Limit/2)
		newer, moreAfter := first(all[place(all, q.At):], q.Limit-q.Limit/2)
		p.Messages = append(older, newer...)
		p.MoreBefore, p.MoreAfter, p.More = &moreBefore, &moreAfter, moreBefore || moreAfter
	case hub.QuerySince:
		p.Messages, p.More = first(h.since(q.At), q.Limit)
	}
	return p, nil
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

// room is a room as it stands durably or staged; an empty one where nobody has entered it.
func (s *Store) room(name string) *history {
	if h := s.rooms[name]; h != nil {
		return h
	}
	return &history{room: name}
}

// stored are the durable messages.
func (h *history) stored() []*protocol.Message { return h.messages[:h.durable] }

// find is the durable message of an id, nil where there is none.
func (h *history) find(id string) *protocol.Message {
	if i, ok := h.places[id]; ok && i < h.durable {
		return h.messages[i]
	}
	return nil
}

// since are the durable messages with a greater rev, ascending by rev.
func (h *history) since(rev int64) []*protocol.Message {
	all := h.stored()
	if !h.edited {
		return all[placeAfter(all, rev):]
	}
	var changed []*protocol.Message
	for _, m := range all {
		if m.Rev > rev {
			changed = append(changed, m)
		}
	}
	slices.SortFunc(changed, func(a, b *protocol.Message) int { return int(a.Rev - b.Rev) })
	return changed
}

// place is where the first message with at least that seq is.
func place(messages []*protocol.Message, seq int64) int {
	return sort.Search(len(messages), func(i int) bool { return messages[i].Seq >= seq })
}

// placeAfter is where the first message with a greater seq is.
func placeAfter(messages []*protocol.Message, seq int64) int {
	return sort.Search(len(messages), func(i int) bool { return messages[i].Seq > seq })
}

func first(messages []*protocol.Message, n int) ([]protocol.Message, bool) {
	return values(messages[:min(n, len(messages))]), len(messages) > n
}

func last(messages []*protocol.Message, n int) ([]protocol.Message, bool) {
	return values(messages[max(0, len(messages)-n):]), len(messages) > n
}

func values(messages []*protocol.Message) []protocol.Message {
	if len(messages) == 0 {
		return nil
	}
	copied := make([]protocol.Message, len(messages))
	for i, m := range messages {
		copied[i] = *m
	}
	return copied
}

const editMark = ", edited at rev "

// madeAs is the text at creation.
func madeAs(m *protocol.Message) string {
	text, _, _ := strings.Cut(m.Text, editMark)
	return text
}

// edit changes the text of a durable message behind the hub's back: for every
// chat a change that the live stream has lost.
func (s *Store) edit(h *history, i int, now protocol.Time) {
	m := *h.messages[i]
	h.head++
	m.Rev, m.EditedAt, m.Text = h.head, now, madeAs(&m)+editMark+fmt.Sprint(h.head)
	h.messages = slices.Clone(h.messages) // pages and lives share the old one
	h.messages[i] = &m
	h.edited = true
}

// A backup is all that is durable at a moment.
type backup map[string]history

func (s *Store) backUp() backup {
	b := backup{}
	for name, h := range s.rooms {
		if h.made {
			kept := *h
			kept.messages = slices.Clone(h.stored())
			b[name] = kept
		}
	}
	return b
}

// restore puts a backup in place of what is stored, each room with a new epoch.
func (s *Store) restore(b backup, rooms []string) {
	s.open = nil
	s.rooms = map[string]*history{}
	for _, name := range rooms {
		h, ok := b[name]
		if !ok {
			continue
		}
		h.epoch, h.messages, h.places = s.newEpoch(), slices.Clone(h.messages), map[string]int{}
		for i, m := range h.messages {
			h.places[m.ID] = i
		}
		s.rooms[name] = &h
	}
}
