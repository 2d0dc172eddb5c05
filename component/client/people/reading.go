package people

import (
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// readEvery is the shortest time between two read markers sent to the relay.
const readEvery = 2 * time.Second

// Reading holds the user's read marker, which only moves forward within an epoch
// of the room. NewReading returns one.
type Reading struct {
	step *step.Step
	link step.Link
	room string

	ready  bool // the marker may be sent to the relay
	hidden bool // the user does not see the chat
	unread int  // messages of others that came while the chat was hidden

	// Mentions returns the number of loaded messages of others with after < seq <= to that mention the user.
	Mentions func(after, to int64) int

	marker
}

// marker is the state in one epoch of the room.
type marker struct {
	epoch string

	seq    int64     // the seq up to which the user has read
	told   int64     // the marker that the relay has
	toldAt time.Time // the time at which it was sent last

	mentions int // unread messages that mention the user

	opened bool  // the chat was opened in this epoch
	from   int64 // the marker at the opening
	first  int64 // the first unread message at the opening; 0: none
}

// NewReading returns the Reading of a user who has read nothing.
func NewReading(s *step.Step, link step.Link, room string) *Reading {
	return &Reading{step: s, link: link, room: room}
}

// Forget resets the state for another user.
func (r *Reading) Forget() {
	r.marker = marker{}
	r.setUnread(0)
}

// SetHidden sets whether the chat is hidden from the user.
func (r *Reading) SetHidden(hidden bool) {
	if r.hidden = hidden; !hidden {
		r.setUnread(0)
	}
}

// Arrived counts a message of another user, unless the user has read it on another device. mentions is true if the message
// came live and mentions the user. The relay counts the mentions in messages from history.
func (r *Reading) Arrived(seq int64, mentions bool) {
	if seq <= r.seq {
		return
	}
	if mentions {
		r.mentions++
		r.step.Changed = true
	}
	if r.hidden {
		r.setUnread(r.unread + 1)
	}
}

// Edited updates the count of mentions after a live change of another user's message. mentioned and mentions say whether the
// message mentioned the user before and mentions the user now.
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

// Joined takes the relay's marker and the number of mentions after it. newest is the newest message's seq.
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

// to moves the marker forward.
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

// Deadline returns the time to send the marker, or zero if the relay has it.
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

// Flush sends a marker that is due. ready says whether the chat has joined the room and caught
// up.
func (r *Reading) Flush(ready bool) {
	r.ready = ready
	r.Fire()
}

// Leave sends the marker at once, because the chat is about to end.
func (r *Reading) Leave() {
	if !r.Deadline().IsZero() {
		r.tell()
	}
}

// Interrupt stops sending, because the connection has ended.
func (r *Reading) Interrupt() { r.ready = false }

// tell sends the marker to the relay.
func (r *Reading) tell() {
	r.told, r.toldAt = r.seq, r.step.Now
	r.link.Write(protocol.Read{Room: r.room, Seq: r.seq})
}

// Open returns the marker at the opening of the chat. first is true for the first call in an
// epoch.
func (r *Reading) Open() (from int64, first bool) {
	if r.opened {
		return r.from, false
	}
	r.opened, r.from = true, r.seq
	return r.from, true
}

// From returns the marker with which the chat was opened.
func (r *Reading) From() int64 { return r.from }

// SetFirstUnread sets the first message that was unread at the opening; 0: none.
func (r *Reading) SetFirstUnread(seq int64) { r.first = seq }

// Show adds the marker and the counts to a snapshot.
func (r *Reading) Show(s *client.Snapshot) {
	s.ReadSeq, s.FirstUnread, s.Unread, s.Mentions = r.seq, r.first, r.unread, r.mentions
}
