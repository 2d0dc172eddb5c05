package hub_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"hallway/protocol"
	"hallway/relay/hub"
)

// fakeRoom is what the fake store holds of a room.
type fakeRoom struct {
	name     string
	epoch    string
	head     int64
	messages map[string]protocol.Message
	sent     map[string]string // the text of each at its creation
	read     map[string]int64  // by user
	revs     []string          // each message as it was told: that of rev n at n-1
	fakeRules
}

// do carries one op out as hub.Store wants it.
func (w *world) do(op hub.Op) hub.Outcome {
	if op.Kind == hub.OpRevoke {
		if !op.Sender.Role.MayModerate(cmp.Or(op.Rank, protocol.RoleParticipant)) {
			return hub.Outcome{Code: protocol.CodeForbidden, Reason: "not about this user"}
		}
		return hub.Outcome{New: true, At: protocol.TimeOf(w.now)}
	}
	if op.Kind == hub.OpErase {
		return w.erase(op)
	}
	if op.Kind == hub.OpSee {
		return w.see(op)
	}
	r := w.rooms[op.Room]
	makes := op.Kind == hub.OpOpen || op.Kind == hub.OpSend && !op.FindOnly || op.Kind == hub.OpConfigure
	switch {
	case r == nil && !makes:
		return hub.Outcome{Code: protocol.CodeNotFound, Reason: "there is no such room"}
	case r == nil:
		r = w.newRoom(op.Room)
	}
	void := r.void(op)
	o := r.barred(w, op)
	switch {
	case o.Code != "":
		return o
	case op.Kind == hub.OpConfigure || op.Kind >= hub.OpAdjust:
		o = r.moderate(w, op)
	}
	switch op.Kind {
	case hub.OpOpen:
		r.members[op.Sender.ID] = ranked(op.Sender, op.Rank)
		o.Sanction, o.Settings, o.Reports = inForce(w, r.mutes, op.Sender.ID), r.settings, int64(len(r.reports))
	case hub.OpDrop:
		delete(w.rooms, op.Room)
		return o
	case hub.OpSend:
		o = r.send(w, op)
	case hub.OpEdit, hub.OpDelete, hub.OpReact, hub.OpPin:
		o = r.change(w, op)
	case hub.OpRead:
		r.read[op.Sender.ID] = max(r.read[op.Sender.ID], min(op.Seq, r.head))
	}
	if o.Void = void; o.Code == "" {
		o.Epoch, o.Head, o.Read = r.epoch, r.head, r.read[op.Sender.ID]
	}
	return o
}

// newRoom begins a life of a room; the first is called e-lobby, the next e2-lobby.
func (w *world) newRoom(name string) *fakeRoom {
	w.lives[name]++
	r := &fakeRoom{
		name: name, epoch: "e-" + name, fakeRules: newFakeRules(), messages: map[string]protocol.Message{},
		sent: map[string]string{}, read: map[string]int64{},
	}
	if n := w.lives[name]; n > 1 {
		r.epoch = fmt.Sprintf("e%d-%s", n, name)
	}
	w.rooms[name], w.epochs[r.epoch] = r, r
	return r
}

func (r *fakeRoom) send(w *world, op hub.Op) hub.Outcome {
	m, found := r.messages[op.Send.ID]
	switch {
	case found && (m.Sender.ID != op.Sender.ID || r.sent[m.ID] != op.Send.Text):
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "the id is taken"}
	case found:
		return hub.Outcome{Message: m}
	case op.FindOnly:
		return hub.Outcome{Code: protocol.CodeNotFound}
	}
	m = protocol.Message{
		Room: op.Room, ID: op.Send.ID, Seq: r.head + 1, Sender: op.Sender,
		CreatedAt: protocol.TimeOf(w.now), Text: op.Send.Text,
	}
	r.sent[m.ID], r.lastSend[op.Sender.ID] = m.Text, w.now
	return r.put(m)
}

// put stores a message at the next rev.
func (r *fakeRoom) put(m protocol.Message) hub.Outcome {
	r.head++
	m.Rev = r.head
	r.messages[m.ID] = m
	r.revs = append(r.revs, string(m.Append(nil)))
	return hub.Outcome{Message: m, New: true}
}

func (r *fakeRoom) change(w *world, op hub.Op) hub.Outcome {
	m, found := r.messages[op.ID]
	own := m.Sender.ID == op.Sender.ID
	switch {
	case !found:
		return hub.Outcome{Code: protocol.CodeNotFound, Reason: "there is no such message"}
	case op.Kind == hub.OpEdit && !own, op.Kind == hub.OpDelete && !own && !op.Any:
		return hub.Outcome{Code: protocol.CodeForbidden, Reason: "the message is another's"}
	case m.Deleted() && op.Kind != hub.OpDelete:
		return hub.Outcome{Code: protocol.CodeConflict, Reason: "the message is deleted"}
	}
	before := string(m.Append(nil))
	switch op.Kind {
	case hub.OpEdit:
		if m.Text != op.Text {
			m.Text, m.EditedAt = op.Text, protocol.TimeOf(w.now)
		}
	case hub.OpDelete:
		if !m.Deleted() {
			m = tombstone(w, m)
		}
	case hub.OpReact:
		m.Reactions = react(m.Reactions, op)
	case hub.OpPin:
		m.Pinned = op.On
	}
	if string(m.Append(nil)) == before {
		return hub.Outcome{Message: m}
	}
	return r.put(m)
}

// react gives or takes a reaction, on a copy.
func react(old []protocol.Reaction, op hub.Op) []protocol.Reaction {
	var all []protocol.Reaction
	given := false
	for _, x := range old {
		if x.Emoji == op.Emoji {
			x.Users = slices.DeleteFunc(slices.Clone(x.Users), func(u string) bool { return u == op.Sender.ID })
			if op.On {
				x.Users = append(x.Users, op.Sender.ID)
				slices.Sort(x.Users)
			}
			x.Count, given = int64(len(x.Users)), true
		}
		if x.Count > 0 {
			all = append(all, x)
		}
	}
	if op.On && !given {
		all = append(all, protocol.Reaction{Emoji: op.Emoji, Count: 1, Users: []string{op.Sender.ID}})
	}
	return all
}

// history is a room's messages in their order.
func (w *world) history(room string) []protocol.Message {
	if w.rooms[room] == nil {
		return nil
	}
	return slices.SortedFunc(maps.Values(w.rooms[room].messages), func(a, b protocol.Message) int {
		return int(a.Seq - b.Seq)
	})
}

// page is what the store answers, for QueryNewest and QuerySince.
func (r *fakeRoom) page(q hub.Query, user string) protocol.Page {
	p := protocol.Page{Epoch: r.epoch, Head: r.head}
	for _, m := range r.messages {
		for _, x := range m.Reactions {
			if slices.Contains(x.Users, user) {
				m.Mine = append(m.Mine, x.Emoji)
			}
		}
		if q.Kind == hub.QueryNewest || m.Rev > q.At {
			p.Messages = append(p.Messages, m)
		}
	}
	slices.SortFunc(p.Messages, func(a, b protocol.Message) int {
		if q.Kind == hub.QueryNewest {
			return int(a.Seq - b.Seq)
		}
		return int(a.Rev - b.Rev)
	})
	if p.More = len(p.Messages) > q.Limit; p.More && q.Kind == hub.QueryNewest {
		p.Messages = p.Messages[len(p.Messages)-q.Limit:]
	}
	p.Messages = p.Messages[:min(q.Limit, len(p.Messages))]
	return p
}
