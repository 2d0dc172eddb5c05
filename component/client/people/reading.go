package people

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// readEvery is the least time between two read markers sent to the relay.
const readEvery = 2 * time.Second

// Reading holds the user's read marker, which only moves forward within a life
// of the room. NewReading makes one.
type Reading struct {
	step *step.Step
	link step.Link
	room string

	ready  bool // the relay may be told of the marker
	hidden bool // the user does not see the chat
	unread int  // messages of others that came while it was hidden

	// Mentions counts the loaded messages of others with a seq above one and up to another that mention the user.
	Mentions func(after, to int64) int

	marker
}

// marker is the state that belongs to one life of the room.
type marker struct {
	epoch string // the life of the room

	seq    int64     // the seq up to which the user has read
	told   int64     // as the relay has it
	toldAt time.Time // when it was told last

	mentions int // unread messages that mention the user

	opened bool  // the chat was opened in this life of the room
	from   int64 // the marker then
	first  int64 // the first unread message then; 0: none
}

// NewReading makes the Reading of a user who has read nothing.
func NewReading(s *step.Step, link step.Link, room string) *Reading {
	return &Reading{step: s, link: link, room: room}
}

// Forget resets the state for another user.
func (r *Reading) Forget() {
	r.marker = marker{}
	r.setUnread(0)
}

// SetHidden notes whether the user sees the chat.
func (r *Reading) SetHidden(hidden bool) {
	if r.hidden = hidden; !hidden {
		r.setUnread(0)
	}
}

// Arrived counts a message of another user. mentions is true if it came live and mentions the user. The relay counts
// the mentions in messages from history.
func (r *Reading) Arrived(mentions bool) {
	if mentions {
		r.mentions++
		r.step.Changed = true
	}
	if r.hidden {
		r.setUnread(r.unread + 1)
	}
}

// Edited updates the count after a live change of another user's message: whether it mentioned the user, and mentions the user now.
func (r *Reading) Edited(seq int64, mentioned, mentions bool) {
	switch {
	case seq <= r.seq || mentioned == mentions:
	case mentions:
		r.setMentions(r.mentions + 1)
	default:
		r.setMentions(r.mentions - 1)
	}
}

func (r *Reading) setUnread(n int) {
	if r.unread != n {
		r.unread, r.step.Changed = n, true
	}
}

// Joined takes the relay's marker and the number of mentions behind it; newest is the newest message's seq.
func (r *Reading) Joined(f *protocol.Joined, newest int64) {
	if r.epoch != f.Epoch {
		r.marker = marker{epoch: f.Epoch}
	}
	r.told = f.Read
	r.to(f.Read, newest)
	r.setMentions(int(f.Mentions) - r.Mentions(f.Read, r.seq))
}

func (r *Reading) setMentions(n int) {
	if n = max(n, 0); r.mentions != n {
		r.mentions, r.step.Changed = n, true
	}
}

// Elsewhere takes the marker of another device.
func (r *Reading) Elsewhere(read, newest int64) {
	r.told = max(r.told, read)
	r.to(read, newest)
}

// Seen moves the marker to a message that the user sees.
func (r *Reading) Seen(seq, newest int64) {
	if !r.hidden {
		r.to(seq, newest)
	}
}

func (r *Reading) to(seq, newest int64) {
	if seq > r.seq {
		r.setMentions(r.mentions - r.Mentions(r.seq, seq))
		r.seq, r.step.Changed = seq, true
	}
	if seq >= newest {
		r.setUnread(0)
		r.setMentions(0)
	}
}

// Deadline returns the time to send the marker; zero if the relay has it.
func (r *Reading) Deadline() time.Time {
	if !r.ready || r.seq <= r.told {
		return time.Time{}
	}
	return r.toldAt.Add(readEvery) // perhaps in the past
}

// Fire sends the marker to the relay if it is time.
func (r *Reading) Fire() {
	if _, due := r.step.Late(r.Deadline()); due {
		r.tell()
	}
}

// Flush does so as soon as it is ready: the room's stream comes, and all before it was
// read.
func (r *Reading) Flush(ready bool) {
	r.ready = ready
	r.Fire()
}

// Leave sends the marker at once: the chat is about to end.
func (r *Reading) Leave() {
	if !r.Deadline().IsZero() {
		r.tell()
	}
}

// Interrupt notes that the connection has ended.
func (r *Reading) Interrupt() { r.ready = false }

func (r *Reading) tell() {
	r.told, r.toldAt = r.seq, r.step.Now
	r.link.Write(protocol.Read{Room: r.room, Seq: r.seq})
}

// Open fixes the marker with which the chat opens, and reports whether that was still
// to be done.
func (r *Reading) Open() (from int64, first bool) {
	if r.opened {
		return r.from, false
	}
	r.opened, r.from = true, r.seq
	return r.from, true
}

// From returns the marker with which the chat was opened.
func (r *Reading) From() int64 { return r.from }

// SetFirstUnread tells which message was the first unread one then; 0: none.
func (r *Reading) SetFirstUnread(seq int64) { r.first = seq }

// Show puts what people see into a snapshot.
func (r *Reading) Show(s *client.Snapshot) {
	s.ReadSeq, s.FirstUnread, s.Unread, s.Mentions = r.seq, r.first, r.unread, r.mentions
}
