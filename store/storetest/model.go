package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Model is a [Store] in memory that does what the contract says in the plainest
// way: what the suite holds every other store against.
type Model struct {
	mu      sync.Mutex
	rooms   map[string]*modelRoom
	lives   int                              // of rooms so far: each has its epoch
	reports int64                            // so far, of all rooms
	audit   map[string][]protocol.AuditEntry // by room
	audited int64                            // so far, of all rooms
	revoked map[string]protocol.Time
	ranks   map[string]protocol.Role // above participant, by user
	closed  bool
}

type modelRoom struct {
	name            string
	epoch           string
	title, settings string
	madeAt          protocol.Time
	head            int64
	messages        []*modelMessage // ascending by seq
	members         []hub.Member    // by user id
	sanctions       []modelSanction
	reports         []protocol.ReportEntry
	sent            map[string]protocol.Time // in slow mode, by user
}

type modelMessage struct {
	protocol.Message // but its reactions
	madeAs           protocol.Send
	reactions        []modelReaction // in the order in which the emoji came
}

type modelReaction struct {
	emoji string
	by    string   // who has brought it
	users []string // in the order in which they reacted
}

var (
	_ Store = (*Model)(nil)

	errClosed = errors.New("the store is closed")
)

// NewModel makes an empty one.
func NewModel() *Model {
	return &Model{
		rooms: make(map[string]*modelRoom), audit: make(map[string][]protocol.AuditEntry), revoked: make(map[string]protocol.Time),
		ranks: make(map[string]protocol.Role),
	}
}

// Reopen opens it again after Close.
func (m *Model) Reopen() {
	m.closed = false
	for _, r := range m.rooms {
		clear(r.sent)
	}
}

// Close ends it; see [hub.Store].
func (m *Model) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closed = true
	return nil
}

// Ready is nil until Close; see [hub.Store].
func (m *Model) Ready(context.Context) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return errClosed
	}
	return nil
}

// Commit carries out ops; see [hub.Store].
func (m *Model) Commit(now time.Time, ops []hub.Op) ([]hub.Outcome, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, errClosed
	}
	for _, op := range ops {
		if op.Kind < hub.OpOpen || op.Kind > hub.OpSee {
			return nil, fmt.Errorf("unknown kind of op %d", op.Kind)
		}
	}
	outcomes := make([]hub.Outcome, len(ops))
	for i, op := range ops {
		outcomes[i] = m.apply(protocol.TimeOf(now), op)
	}
	return outcomes, nil
}

func (m *Model) apply(now protocol.Time, op hub.Op) hub.Outcome {
	switch {
	case op.Kind == hub.OpRevoke:
		return m.revoke(now, op)
	case op.Kind == hub.OpSee:
		return m.see(op)
	case op.Kind == hub.OpErase && op.Room == "":
		m.eraseRest(now, op)
		return hub.Outcome{}
	}
	r := m.rooms[op.Room]
	if r == nil {
		if op.Kind != hub.OpOpen && op.Kind != hub.OpConfigure && (op.Kind != hub.OpSend || op.FindOnly) {
			return refuse(protocol.CodeNotFound)
		}
		m.lives++
		r = &modelRoom{name: op.Room, epoch: fmt.Sprint("life-", m.lives), madeAt: now, sent: make(map[string]protocol.Time)}
		m.rooms[op.Room] = r
	}
	void := m.void(r, now, op)
	out := r.barred(now, op)
	if op.Kind == hub.OpSend && (op.FindOnly || r.message(op.Send.ID) != nil) || out.Code == "" {
		out = m.carryOut(r, now, op)
	}
	out.Void = void
	if op.Kind != hub.OpDrop {
		out.Epoch, out.Head = r.epoch, r.head
	}
	return out
}

func (m *Model) carryOut(r *modelRoom, now protocol.Time, op hub.Op) (out hub.Outcome) {
	switch op.Kind {
	case hub.OpOpen:
		joins := op.Sender
		joins.Role = cmp.Or(op.Rank, joins.Role)
		out.Read = r.join(now, joins)
		out.Settings, out.Reports = r.rules(), r.open()
		if mute := r.sanction(now, op.Sender.ID, protocol.ActMute); mute != nil {
			out.Sanction = r.named(mute)
			out.Sanction.User = op.Sender
		}
	case hub.OpSend:
		out = r.send(now, op)
	case hub.OpRead:
		out.Read = r.read(op.Sender.ID, op.Seq)
	case hub.OpConfigure, hub.OpAdjust:
		title, settings := op.Title, op.Settings
		if op.Kind == hub.OpAdjust {
			title, settings = r.title, op.Adjust.Apply(r.settings)
		}
		changed := title != r.title || settings != r.settings
		r.title, r.settings = title, settings
		if changed {
			m.note(now, op, "configure", "", "")
		}
		out.New, out.Settings = changed && op.Kind == hub.OpAdjust, r.rules()
	case hub.OpDrop:
		delete(m.rooms, op.Room)
		m.note(now, op, "drop", "", "")
	case hub.OpModerate:
		return m.moderate(r, now, op)
	case hub.OpReport:
		return m.report(r, now, op)
	case hub.OpResolve:
		return m.resolve(r, now, op)
	case hub.OpErase:
		return r.erase(now, op)
	default:
		out = r.change(now, op)
		if message := r.message(op.ID); out.New && op.Kind == hub.OpPin || out.New && op.Kind == hub.OpDelete && message.Sender.ID != op.Sender.ID {
			m.note(now, op, map[hub.OpKind]string{hub.OpPin: "pin", hub.OpDelete: "delete"}[op.Kind], message.Sender.ID, op.ID)
		}
	}
	return out
}

func refuse(code protocol.Code) hub.Outcome {
	return hub.Outcome{Code: code, Reason: "refused: " + string(code)}
}

// join makes u a member and returns the read marker.
func (r *modelRoom) join(now protocol.Time, u protocol.User) int64 {
	at, found := r.member(u.ID)
	if !found {
		r.members = slices.Insert(r.members, at, hub.Member{JoinedAt: now})
	}
	r.members[at].User = u
	return r.members[at].Read
}

func (r *modelRoom) read(user string, seq int64) int64 {
	at, found := r.member(user)
	if !found {
		return 0
	}
	member := &r.members[at]
	member.Read = max(member.Read, min(seq, r.head))
	return member.Read
}

func (r *modelRoom) member(user string) (at int, found bool) {
	return slices.BinarySearchFunc(r.members, user, func(m hub.Member, user string) int {
		switch {
		case m.User.ID < user:
			return -1
		case m.User.ID > user:
			return 1
		}
		return 0
	})
}

func (r *modelRoom) message(id string) *modelMessage {
	for _, m := range r.messages {
		if m.ID == id {
			return m
		}
	}
	return nil
}

func (r *modelRoom) send(now protocol.Time, op hub.Op) hub.Outcome {
	stored := r.message(op.Send.ID)
	switch {
	case stored == nil && op.FindOnly:
		return refuse(protocol.CodeNotFound)
	case stored == nil:
	case stored.Sender.ID != op.Sender.ID || !sameContent(stored.madeAs, op.Send):
		return refuse(protocol.CodeConflict)
	default:
		return hub.Outcome{Message: stored.view("")}
	}
	r.head++
	m := protocol.Message{
		Room: r.name, ID: op.Send.ID, Seq: r.head, Rev: r.head, Sender: op.Sender,
		CreatedAt: now, SentAt: op.Send.SentAt,
		Text: op.Send.Text, Encrypted: op.Send.Encrypted, ReplyTo: op.Send.ReplyTo,
	}
	if n := len(r.messages); n > 0 {
		m.CreatedAt = max(now, r.messages[n-1].CreatedAt+1)
	}
	r.messages = append(r.messages, &modelMessage{Message: m, madeAs: op.Send})
	r.noteSent(now, op.Sender)
	return hub.Outcome{Message: m, New: true}
}

// noteSent notes when somebody who is slowed down has sent or edited.
func (r *modelRoom) noteSent(now protocol.Time, u protocol.User) {
	if r.rules().SlowModeS > 0 && ranks[u.Role] == 0 {
		r.sent[u.ID] = now
	}
}

func sameContent(a, b protocol.Send) bool {
	return a.Text == b.Text && a.ReplyTo == b.ReplyTo && reflect.DeepEqual(a.Encrypted, b.Encrypted)
}

// change edits, deletes, reacts to or pins a message.
func (r *modelRoom) change(now protocol.Time, op hub.Op) hub.Outcome {
	m := r.message(op.ID)
	if m == nil {
		return refuse(protocol.CodeNotFound)
	}
	own := m.Sender.ID == op.Sender.ID
	changed := false
	switch {
	case op.Kind == hub.OpEdit && !own, op.Kind == hub.OpDelete && !own && !op.Any:
		return refuse(protocol.CodeForbidden)
	case m.Deleted() && op.Kind != hub.OpDelete:
		return refuse(protocol.CodeConflict)
	case m.Deleted():
	case op.Kind == hub.OpEdit:
		if changed = m.Text != op.Text || !reflect.DeepEqual(m.Encrypted, op.Encrypted); changed {
			m.Text, m.Encrypted, m.EditedAt = op.Text, op.Encrypted, max(now, m.CreatedAt)
			r.noteSent(now, op.Sender)
		}
	case op.Kind == hub.OpDelete:
		changed = true
		m.bury(now)
	case op.Kind == hub.OpPin:
		changed = m.Pinned != op.On
		m.Pinned = op.On
	case op.On && m.emoji(op.Emoji) < 0 && (len(m.reactions) == protocol.ReactionsMax || m.brought(op.Sender.ID) == protocol.ReactionsNewMax):
		out := refuse(protocol.CodeConflict)
		out.Why = protocol.WhyReactions
		return out
	default:
		changed = m.react(op.Sender.ID, op.Emoji, op.On)
	}
	if changed {
		r.head++
		m.Rev = r.head
	}
	return hub.Outcome{Message: m.view(""), New: changed}
}

func (m *modelMessage) bury(now protocol.Time) {
	m.Message = protocol.Message{
		Room: m.Room, ID: m.ID, Seq: m.Seq, Sender: m.Sender, CreatedAt: m.CreatedAt, DeletedAt: max(now, m.CreatedAt),
	}
	m.reactions = nil
}

func (m *modelMessage) emoji(emoji string) int {
	return slices.IndexFunc(m.reactions, func(r modelReaction) bool { return r.emoji == emoji })
}

// brought is how many of the emoji the user has brought.
func (m *modelMessage) brought(user string) (n int) {
	for _, r := range m.reactions {
		if r.by == user {
			n++
		}
	}
	return n
}

func (m *modelMessage) react(user, emoji string, on bool) (changed bool) {
	i := m.emoji(emoji)
	has := i >= 0 && slices.Contains(m.reactions[i].users, user)
	switch {
	case has == on:
		return false
	case !on && len(m.reactions[i].users) == 1:
		m.reactions = slices.Delete(m.reactions, i, i+1)
	case !on:
		at := slices.Index(m.reactions[i].users, user)
		m.reactions[i].users = slices.Delete(m.reactions[i].users, at, at+1)
	case i < 0:
		m.reactions = append(m.reactions, modelReaction{emoji, user, []string{user}})
	default:
		m.reactions[i].users = append(m.reactions[i].users, user)
	}
	return true
}

// view is the message as user sees it; "": as nobody does.
func (m *modelMessage) view(user string) protocol.Message {
	message := m.Message
	for _, r := range m.reactions {
		message.Reactions = append(message.Reactions, protocol.Reaction{
			Emoji: r.emoji, Count: int64(len(r.users)),
			Users: slices.Clone(r.users[:min(len(r.users), protocol.ReactionUsersMax)]),
		})
		if user != "" && slices.Contains(r.users, user) {
			message.Mine = append(message.Mine, r.emoji)
		}
	}
	return message
}
