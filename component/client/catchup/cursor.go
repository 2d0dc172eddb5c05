package catchup

import (
	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// aheadMax is how many changes above a gap are remembered while it is filled;
// beyond it they are fetched too.
const aheadMax = 1024

// state holds the timeline's progress in one life of the room.
type state struct {
	epoch  string
	loaded bool  // the first history is here
	cursor int64 // every change up to this rev is applied
	head   int64 // the highest rev that the chat was told of
	// ahead holds the revs above the cursor that came already, beyond a gap, each
	// with its message's id.
	ahead map[int64]string
	// reached: caught up at least once on this connection.
	reached bool
	// streamed is the highest rev that this connection was told of in its order: a
	// message that comes at one no higher is an answer to this connection alone.
	streamed int64
	opening  bool // the page with which the chat opens is on its way
}

// Continues reports whether the state belongs to this life of the room.
func (s *state) Continues(epoch string, head int64) bool {
	return s.epoch == epoch && !(s.loaded && head < s.cursor)
}

// Covered notes that the stream has no more changes between two revs: later states of the messages
// replace the changes that did not come.
func (s *state) Covered(after, before int64) {
	for after = max(after, s.cursor) + 1; after < before && len(s.ahead) < aheadMax; after++ {
		s.Note(after, "")
	}
}

// Note takes the rev of a change that was applied from the stream.
func (s *state) Note(rev int64, id string) {
	s.head = max(s.head, rev)
	if rev <= s.cursor {
		return
	}
	if s.ahead == nil {
		s.ahead = map[int64]string{}
	}
	if len(s.ahead) < aheadMax {
		s.ahead[rev] = id
	}
	s.moveTo(s.cursor)
}

// Echo notes a change's rev, and reports whether this connection was told of it
// before: then it is an answer to this connection alone.
func (s *state) Echo(rev int64) bool {
	again := rev <= s.streamed
	s.streamed = max(s.streamed, rev)
	return again
}

// IsNew reports whether no change at a rev was applied yet.
func (s *state) IsNew(rev int64) bool {
	_, ahead := s.ahead[rev]
	return rev > s.cursor && !ahead
}

// Overtaken reports whether a newer state of m came from beyond the gap.
func (s *state) Overtaken(m *protocol.Message) bool {
	for rev, id := range s.ahead {
		if rev > m.Rev && id == m.ID {
			return true
		}
	}
	return false
}

// moveTo sets the cursor, at least to rev, and over all that came ahead.
func (s *state) moveTo(rev int64) {
	if rev > s.cursor {
		s.cursor = rev
		for r := range s.ahead {
			if r <= rev {
				delete(s.ahead, r)
			}
		}
	}
	for s.loaded {
		if _, ok := s.ahead[s.cursor+1]; !ok {
			break
		}
		s.cursor++
		delete(s.ahead, s.cursor)
	}
	s.head = max(s.head, s.cursor)
	step.Assert(len(s.ahead) <= aheadMax, "what came ahead is bounded")
}

// IsCaughtUp reports whether the cursor has reached the head.
func (s *state) IsCaughtUp() bool { return s.loaded && s.cursor >= s.head }

// HasReached reports whether the chat has caught up at least once on this connection:
// then the user's messages may be written.
func (s *state) HasReached() bool { return s.reached }

// HasHistory reports whether the newest page is here.
func (s *state) HasHistory() bool { return s.loaded }

// IsLoaded reports whether the history with which the chat opens is here.
func (s *state) IsLoaded() bool { return s.loaded && !s.opening }

// Epoch returns the life of the room.
func (s *state) Epoch() string { return s.epoch }

// Cursor returns the rev up to which every change is applied.
func (s *state) Cursor() int64 { return s.cursor }

// IsOpening reports whether the page with which the chat opens is on its way.
func (s *state) IsOpening() bool { return s.opening }

// Show puts what people see into a snapshot.
func (c *CatchUp) Show(s *client.Snapshot) { s.Loaded, s.Loading = c.IsLoaded(), c.page != Nothing }
