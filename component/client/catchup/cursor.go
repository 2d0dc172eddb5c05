package catchup

import (
	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// aheadMax is the highest number of remembered changes above a gap. Further ones are fetched
// again.
const aheadMax = 1024

// state holds the timeline's progress in one epoch of the room.
type state struct {
	epoch  string
	loaded bool  // the newest page has loaded
	cursor int64 // every change up to this rev is applied
	head   int64 // the highest known rev
	// ahead holds the revs above the cursor that are applied already, beyond a gap, with
	// their messages' ids.
	ahead map[int64]string
	// reached is true if the chat has caught up at least once on this connection.
	reached bool
	// streamed is the highest rev in the stream of this connection. A message that comes at
	// a rev that is not higher answers this connection only.
	streamed int64
	opening  bool // the page with which the chat opens is being loaded
}

// Continues reports whether the state belongs to an epoch with a head.
func (s *state) Continues(epoch string, head int64) bool {
	return s.epoch == epoch && !(s.loaded && head < s.cursor)
}

// Covered records that the stream skips the changes between two revs, because later states of the
// messages replace them.
func (s *state) Covered(after, before int64) {
	for after = max(after, s.cursor) + 1; after < before && len(s.ahead) < aheadMax; after++ {
		s.Note(after, "")
	}
}

// Note records the rev of a change that was applied from the stream.
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

// Echo records a change's rev. It returns true if the stream has passed that rev already: then the
// frame answers this connection only.
func (s *state) Echo(rev int64) bool {
	again := rev <= s.streamed
	s.streamed = max(s.streamed, rev)
	return again
}

// IsNew reports whether the change at a rev was not applied yet.
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

// moveTo moves the cursor to rev, and then over the revs in ahead that follow.
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
	step.Assert(len(s.ahead) <= aheadMax, "the changes ahead are bounded")
}

// IsCaughtUp reports whether the cursor has reached the head.
func (s *state) IsCaughtUp() bool { return s.loaded && s.cursor >= s.head }

// HasReached reports whether the chat has caught up at least once on this connection.
// Then the user's messages may be written.
func (s *state) HasReached() bool { return s.reached }

// HasHistory reports whether the newest page has loaded.
func (s *state) HasHistory() bool { return s.loaded }

// IsLoaded reports whether the page with which the chat opens has loaded.
func (s *state) IsLoaded() bool { return s.loaded && !s.opening }

// Epoch returns the room's epoch. A room that was restored or recreated has a new one.
func (s *state) Epoch() string { return s.epoch }

// Cursor returns the rev up to which every change is applied.
func (s *state) Cursor() int64 { return s.cursor }

// IsOpening reports whether the page with which the chat opens is being loaded.
func (s *state) IsOpening() bool { return s.opening }

// Show adds the progress of loading to a snapshot.
func (c *CatchUp) Show(s *client.Snapshot) { s.Loaded, s.Loading = c.IsLoaded(), c.page != Nothing }
