package memory

import (
	"cmp"
	"maps"
	"slices"
	"sync"

	"hallway/protocol"
	"hallway/relay/rules"
)

// state holds all stored rows. It is immutable once it is durable.
type state struct {
	rooms   map[string]*Room
	audit   map[string][]protocol.AuditEntry // by room
	audited int64                            // the number of entries so far
	made    int64                            // the number of rooms so far
	reports int64                            // the number of the last report
	ranks   map[string]protocol.Role         // above participant, by user
	revoked map[string]protocol.Time         // by user
	doomed  map[string]bool                  // keys of bytes to delete
	devices map[string]rules.Device          // by id
	// everywhere grows with each change of the state of all rooms that relays keep in memory.
	everywhere int64

	// Used by a transaction:

	owned map[*Room]bool // the rooms that it may change
	sent  map[sender]protocol.Time
}

// A Room is a room from its creation to its deletion.
type Room struct {
	key             int64 // ascending in the order of creation
	name, epoch     string
	title, settings string
	madeAt          protocol.Time
	head            int64
	ruled           int64 // grows with each change of settings, sanctions and reports
	lastAt          protocol.Time
	messages        []*message // ascending by seq
	cloned          bool       // for a transaction: messages may be changed
	places          *places
	members         []rules.Member // by user id
	sanctions       map[sanctioned]rules.Sanction
	reports         []protocol.ReportEntry // ascending by number
	files           map[string]rules.File  // by id

	// Used by an end-to-end encrypted room:

	turns  []rules.Lock // ascending by n
	due    []string
	wraps  map[wrapKey]protocol.Wrap
	inside map[string]bool // devices that have been in the room; true: they are in it now
}

type sanctioned struct {
	user string
	kind protocol.Act
}

// message is a stored message. It is immutable; a changed message replaces it.
type message struct {
	protocol.Message
	madeAs    rules.Fingerprint
	reactions []rules.Reaction // ascending by rev
}

// places holds the indexes of messages by id, even of messages that were rolled back. All versions of a room share it.
type places struct {
	mu   sync.Mutex
	byID map[string]int
}

func (p *places) set(id string, at int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.byID[id] = at
}

func (p *places) of(id string) (at int, ok bool) {
	if p == nil {
		return 0, false
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	at, ok = p.byID[id]
	return at, ok
}

// renew gives the room another epoch with the same content.
func (r *Room) renew(epoch string) {
	r.epoch, r.messages = epoch, slices.Clone(r.messages)
	old := r.places
	old.mu.Lock()
	defer old.mu.Unlock()
	r.places = &places{byID: maps.Clone(old.byID)}
}

func newState() *state {
	return &state{
		rooms: make(map[string]*Room), audit: make(map[string][]protocol.AuditEntry),
		ranks: make(map[string]protocol.Role), revoked: make(map[string]protocol.Time), doomed: make(map[string]bool),
		devices: make(map[string]rules.Device),
	}
}

// begin returns a copy for a transaction.
func (s *state) begin() *state {
	tx := *s
	tx.rooms, tx.audit = maps.Clone(s.rooms), maps.Clone(s.audit)
	tx.ranks, tx.revoked, tx.doomed = maps.Clone(s.ranks), maps.Clone(s.revoked), maps.Clone(s.doomed)
	tx.devices = maps.Clone(s.devices)
	tx.owned, tx.sent = make(map[*Room]bool), make(map[sender]protocol.Time)
	return &tx
}

// end ends the transaction: from now on the state does not change.
func (s *state) end() {
	for r := range s.owned {
		r.cloned = false
	}
	s.owned, s.sent = nil, nil
}

// own returns the room for changes by a transaction.
func (s *state) own(name string) *Room {
	r := s.rooms[name]
	if s.owned[r] {
		return r
	}
	owned := *r
	owned.members, owned.reports = slices.Clone(r.members), slices.Clone(r.reports)
	owned.sanctions, owned.files = maps.Clone(r.sanctions), maps.Clone(r.files)
	owned.turns, owned.wraps, owned.inside = slices.Clip(r.turns), maps.Clone(r.wraps), maps.Clone(r.inside)
	s.rooms[name], s.owned[&owned] = &owned, true
	return &owned
}

// names returns the names of the rooms, sorted.
func (s *state) names() []string { return slices.Sorted(maps.Keys(s.rooms)) }

// message returns the message with an id; nil if there is none.
func (r *Room) message(id string) *message {
	if at, ok := r.places.of(id); ok && at < len(r.messages) && r.messages[at].ID == id {
		return r.messages[at]
	}
	return nil
}

// place returns the index of the first message with at least that seq.
func (r *Room) place(seq int64) int {
	at, _ := slices.BinarySearchFunc(r.messages, seq, func(m *message, seq int64) int { return cmp.Compare(m.Seq, seq) })
	return at
}

// put inserts or replaces a message.
func (r *Room) put(m *message) {
	at := r.place(m.Seq)
	if at == len(r.messages) {
		r.messages = append(r.messages, m)
		r.places.set(m.ID, at)
		return
	}
	if !r.cloned {
		r.messages, r.cloned = slices.Clone(r.messages), true
	}
	r.messages[at] = m
}

func (r *Room) member(user string) (at int, found bool) {
	return slices.BinarySearchFunc(r.members, user, func(m rules.Member, user string) int { return cmp.Compare(m.User.ID, user) })
}

// user returns a member. Any other user is a participant without a name.
func (r *Room) user(id string) protocol.User {
	if at, found := r.member(id); found {
		return r.members[at].User
	}
	return protocol.User{ID: id, Role: protocol.RoleParticipant}
}

// open returns the number of open reports.
func (r *Room) open() (n int64) {
	for i := range r.reports {
		if r.reports[i].State == protocol.ReportOpen {
			n++
		}
	}
	return n
}

// rules returns the room's settings.
func (r *Room) rules() protocol.RoomSettings {
	s, _ := protocol.ReadSettings(r.settings)
	return s
}

// has reports whether a user has reacted with an emoji.
func (m *message) has(user, emoji string) bool {
	return slices.ContainsFunc(m.reactions, func(r rules.Reaction) bool { return r.Rev > 0 && r.User == user && r.Emoji == emoji })
}

// view returns the message as a user sees it; "" stands for no user.
func (m *message) view(user string) protocol.Message {
	v := m.Message
	for i := range v.Reactions {
		if emoji := v.Reactions[i].Emoji; user != "" && m.has(user, emoji) {
			v.Mine = append(v.Mine, emoji)
		}
	}
	return v
}
