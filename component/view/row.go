package view

import (
	"cmp"
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/view/text"
	"hallway/protocol"
)

// groupGap is how long a sender may pause and still go on, as one group of messages
// under one name.
const groupGap = 5 * time.Minute

// row is a message as the log shows it. Two rows that are equal look the same.
type row struct {
	of        *protocol.Message // that it was made from, if from one that is stored
	id        string
	seq       int64 // 0: not stored yet
	state     client.ItemState
	own       bool
	deleted   bool
	encrypted bool
	senderID  string
	sender    string // fit to be shown; "": without a name
	role      protocol.Role
	at        int64 // ms since the Unix epoch: created, or written while not stored; 0: not known
	text      string
	edited    int64 // ms since the Unix epoch; 0: never
	pinned    bool
	changing  bool // a change of one's own is under way
	reactions *reactionSet
	quote     quote
	code      protocol.Code // why it failed
	reason    string
	why       protocol.Why

	head   bool  // begins a group: it shows its sender
	day    int64 // the day that it is the first message of, by its beginning in ms; 0: not the first
	unread bool  // begins what is new
}

// rowMaker makes rows out of snapshots. What it remembers only saves it work.
type rowMaker struct {
	calendar  text.Calendar
	quotes    quotes
	reactions reactions
	unread    int64 // the seq of the message that begins what is new; 0: nothing is
	me        string
	made      []row // for the last window
}

// pending is the part of the outbox that the log shows: none where it does not
// reach the end of the room, which is where these rows belong.
func pending(s *client.Snapshot) []client.Own {
	if s.MoreAfter {
		return nil
	}
	return s.Outbox
}

// rowCount is the number of rows of the whole log: all messages loaded, then those
// of one's own that are not stored.
func rowCount(s *client.Snapshot) int { return len(s.Messages) + len(pending(s)) }

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
	for i := range rows { // all senders are known by now
		if at := w.lo + i; at < len(s.Messages) {
			rows[i].reactions = m.reactions.to(s.Messages[at], s.Me.ID)
		}
	}
	m.made = rows
	return rows
}

// madeFrom gives the rows made for the last window, from that of the message at lo on.
// One that is of the same message still can be taken as it is, but for its neighbours.
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

// rowAt makes the row of one message, as if it stood alone.
func rowAt(s *client.Snapshot, i int) row {
	if i < len(s.Messages) {
		return storedRow(s.Messages[i], s.Me.ID)
	}
	return ownRow(&s.Outbox[i-len(s.Messages)], s.Me)
}

func replyAt(s *client.Snapshot, i int) string {
	if i < len(s.Messages) {
		return s.Messages[i].ReplyTo
	}
	return s.Outbox[i-len(s.Messages)].ReplyTo
}

// group says what a row shows besides its message, for the row before it.
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

func storedRow(m *protocol.Message, me string) row {
	return row{
		of: m, id: m.ID, seq: m.Seq, state: client.ItemSent, own: me != "" && m.Sender.ID == me,
		deleted: m.Deleted(), encrypted: m.Encrypted != nil,
		senderID: m.Sender.ID, sender: text.ShownName(m.Sender.Name), role: m.Sender.Role,
		at: int64(m.CreatedAt) / 1000, text: m.Text, edited: int64(m.EditedAt) / 1000, pinned: m.Pinned,
	}
}

func ownRow(o *client.Own, me protocol.User) row {
	var at int64 // stays unknown where a storage that others can write to says nonsense
	if sent, err := time.Parse(time.RFC3339, o.SentAt); err == nil {
		at = sent.UnixMilli()
	}
	return row{
		id: o.ID, state: o.State, own: true, senderID: me.ID, sender: text.ShownName(me.Name), role: me.Role,
		at: at, text: o.Text, code: o.Code, reason: o.Reason, why: o.Why,
	}
}

// findRow gives the place of a row that was made from an earlier snapshot.
func findRow(s *client.Snapshot, r *row) (index int, ok bool) {
	if r.seq > 0 {
		return findSeq(s, r.seq)
	}
	return findID(s, r.id)
}

func findSeq(s *client.Snapshot, seq int64) (index int, ok bool) {
	return slices.BinarySearchFunc(s.Messages, seq, func(m *protocol.Message, seq int64) int {
		return cmp.Compare(m.Seq, seq)
	})
}

// findID gives the place of a message by its id, the newest first looked at.
func findID(s *client.Snapshot, id string) (index int, ok bool) {
	for i, own := range pending(s) {
		if own.ID == id {
			return len(s.Messages) + i, true
		}
	}
	for i := len(s.Messages) - 1; i >= 0; i-- {
		if s.Messages[i].ID == id {
			return i, true
		}
	}
	return 0, false
}

// senderOf returns what the sender of a row is called.
func senderOf(t *text.Texts, r *row) string {
	if r.own && r.sender == "" {
		return t.Say(text.You)
	}
	return t.Called(r.senderID, r.sender)
}
