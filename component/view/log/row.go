package log

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/view/media"
	"hallway/component/view/text"
	"hallway/protocol"
)

// groupGap is the longest pause between two messages of a sender in one group.
const groupGap = 5 * time.Minute

// row is a message in the form that the log shows. Two equal rows look the same.
type row struct {
	of        *protocol.Message // the stored message; nil: it is not stored
	id        string
	seq       int64 // 0: not stored yet
	state     client.ItemState
	own       bool
	deleted   bool
	encrypted bool
	mark      client.Mark
	senderID  string
	sender    string // the sender's shown name; "": none
	role      protocol.Role
	picture   string // the URL of the sender's picture; "": none
	mentions  string // see mentionsKey
	mentioned bool   // another user mentions the user or everybody
	at        int64  // the time of creation, or of writing if it is not stored, in ms since the Unix epoch; 0: not known
	text      string
	files     *[]client.Attachment // nil: none
	names     string               // the names of the files, if there is no text
	edited    int64                // the time of the last edit, in ms since the Unix epoch; 0: never
	pinned    bool
	changing  bool // a change by the user is under way
	reactions *reactionSet
	quote     quote
	code      protocol.Code // the reason why it failed
	reason    string
	why       protocol.Why

	head   bool  // the row begins a group, and shows its sender
	day    int64 // in the first row of a day the beginning of the day in ms, otherwise 0
	unread bool  // the row is the first unread message
}

// rowMaker makes rows from snapshots. It caches rows to save work.
type rowMaker struct {
	calendar    text.Calendar
	quotes      quotes
	reactions   reactions
	unread      int64  // the seq of the first unread message; 0: none
	firstUnread int64  // the first unread message in the last snapshot
	newest      string // the id of the room's last message in the last snapshot
	me          string
	made        []row // the rows of the last window
}

// followUnread takes the first unread message from a snapshot. A new message of the user ends the mark, because
// everything before it counts as read.
func (m *rowMaker) followUnread(s *client.Snapshot) {
	if s.FirstUnread != m.firstUnread {
		m.firstUnread, m.unread = s.FirstUnread, s.FirstUnread
	}
	if s.MoreAfter || !s.Loaded {
		m.newest = ""
		return
	}
	n := rowCount(s)
	if n == 0 {
		return
	}
	last := rowAt(s, n-1)
	if last.own && m.newest != "" && last.id != m.newest {
		m.unread = 0
	}
	m.newest = last.id
}

// rowsIn makes the rows of a window.
func (m *rowMaker) rowsIn(s *client.Snapshot, w window) []row {
	rows := make([]row, 0, w.hi-w.lo)
	made := m.madeFrom(s, w.lo)
	before := &row{}
	if w.lo > 0 && w.lo < w.hi {
		*before = rowAt(s, w.lo-1)
	}
	for i := w.lo; i < w.hi; i++ {
		at := i - w.lo
		reused := at < len(made) && i < len(s.Messages) && made[at].of == s.Messages[i]
		if reused {
			rows = append(rows, made[at])
		} else {
			rows = append(rows, rowAt(s, i))
		}
		r := &rows[at]
		m.group(r, before)
		if id := replyAt(s, i); id != "" {
			r.quote = m.quotes.of(s, id)
		}
		r.changing = slices.Contains(s.Changing, r.id)
		if !reused {
			m.reactions.learn(r.senderID, r.sender)
		}
		before = r
	}
	for i := range rows { // all senders are known after the first loop
		if at := w.lo + i; at < len(s.Messages) {
			rows[i].reactions = m.reactions.to(s.Messages[at], s.Me.ID)
		}
	}
	m.made = rows
	return rows
}

// madeFrom returns the rows of the last window from the message at lo on. A row of the same message can be used
// again, but its neighbours may differ.
func (m *rowMaker) madeFrom(s *client.Snapshot, lo int) []row {
	if m.me != s.Me.ID {
		m.me, m.made = s.Me.ID, nil
	}
	for i := range m.made {
		if lo < len(s.Messages) && m.made[i].of == s.Messages[lo] {
			return m.made[i:]
		}
	}
	return nil
}

// rowAt makes the row of one message without its neighbours.
func rowAt(s *client.Snapshot, i int) row {
	if i < len(s.Messages) {
		return storedRow(s.Messages[i], s.Me.ID, s.Marks)
	}
	return ownRow(&s.Outbox[i-len(s.Messages)], s.Me)
}

func replyAt(s *client.Snapshot, i int) string {
	if i < len(s.Messages) {
		return s.Messages[i].ReplyTo
	}
	return s.Outbox[i-len(s.Messages)].ReplyTo
}

// group sets the fields of a row that depend on the row before it.
func (m *rowMaker) group(r, before *row) {
	r.day = 0
	r.head = r.senderID != before.senderID || r.role != before.role || before.id == "" ||
		r.at-before.at > groupGap.Milliseconds()
	if r.unread = r.seq > 0 && r.seq == m.unread; r.unread {
		r.head = true
	}
	if r.at == 0 {
		return
	}
	day := m.calendar.DayOf(r.at)
	if before.at == 0 || day > m.calendar.DayOf(before.at) {
		r.day = day
		r.head = true
	}
}

func storedRow(m *protocol.Message, me string, marks map[string]client.Mark) row {
	own := me != "" && m.Sender.ID == me
	r := row{
		of: m, id: m.ID, seq: m.Seq, state: client.ItemSent, own: own, picture: m.Sender.Picture,
		mentions: mentionsKey(m.Mentions, me), mentioned: !own && protocol.MentionsUser(m.Mentions, me),
		deleted: m.Deleted(), encrypted: m.Encrypted != nil, mark: marks[m.ID],
		senderID: m.Sender.ID, sender: text.ShownName(m.Sender.Name), role: m.Sender.Role,
		at: int64(m.CreatedAt) / 1000, text: m.Text, edited: int64(m.EditedAt) / 1000, pinned: m.Pinned,
	}
	if len(m.Files) > 0 && !r.encrypted { // the relay's description of encrypted files does not count
		files := media.Stored(m.Files)
		r.files = &files
		if m.AutoText {
			r.text, r.names = "", m.Text
		}
	}
	return r
}

func ownRow(o *client.Own, me protocol.User) row {
	var at int64 // 0 if the storage, which other scripts can write to, has no valid time
	if sent, err := time.Parse(time.RFC3339, o.SentAt); err == nil {
		at = sent.UnixMilli()
	}
	r := row{
		id: o.ID, state: o.State, own: true, senderID: me.ID, sender: text.ShownName(me.Name), role: me.Role,
		mentions: mentionsKey(o.Mentions, me.ID),
		at:       at, text: o.Text, code: o.Code, reason: o.Reason, why: o.Why,
	}
	if len(o.Files) > 0 {
		r.files = &o.Files
	}
	if o.Sealed != nil && o.Text == "" && (len(o.Files) == 0 || o.Files[0].Name == "") { // a stored item that is not opened yet
		r.encrypted, r.files = true, nil
		if o.Code != client.CodeLost {
			r.mark = client.MarkWaiting
		}
	}
	return r
}

// senderOf returns the name of a row's sender.
func senderOf(t *text.Texts, r *row) string {
	if r.own && r.sender == "" {
		return t.Say(text.You)
	}
	return t.Called(r.senderID, r.sender)
}
