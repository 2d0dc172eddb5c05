package memory

import "hallway/protocol"

// Epoch returns the room's epoch; "" if the room does not exist.
func (r *Room) Epoch() string { return r.epoch }

// Head returns the last rev.
func (r *Room) Head() int64 { return r.head }

// Len returns the number of messages.
func (r *Room) Len() int { return len(r.messages) }

// Message returns the i-th message, the oldest first. The caller must not change it.
func (r *Room) Message(i int) *protocol.Message { return &r.messages[i].Message }

// Find returns the message with an id; nil if there is none. The caller must not change it.
func (r *Room) Find(id string) *protocol.Message {
	if m := r.message(id); m != nil {
		return &m.Message
	}
	return nil
}

// Mine returns the emoji with which a user has reacted to the message with an id.
func (r *Room) Mine(id, user string) []string {
	if m := r.message(id); m != nil {
		return m.view(user).Mine
	}
	return nil
}

// Place returns the index of the first message with at least that seq.
func (r *Room) Place(seq int64) int { return r.place(seq) }

// MarkerOf returns the read marker of a user; 0 if the user is not a member.
func (r *Room) MarkerOf(user string) int64 {
	if at, found := r.member(user); found {
		return r.members[at].Read
	}
	return 0
}
