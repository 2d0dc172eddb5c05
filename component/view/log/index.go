package log

import (
	"cmp"
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// The rows of the whole log are numbered: first all loaded messages, then the own ones that are not
// stored.

// pending returns the own messages that the log shows and that are not stored. They belong to the
// room's end, so there are none where the log does not reach it.
func pending(s *client.Snapshot) []client.Own {
	if s.MoreAfter {
		return nil
	}
	return s.Outbox
}

// rowCount returns the number of rows of the whole log.
func rowCount(s *client.Snapshot) int { return len(s.Messages) + len(pending(s)) }

// findRow returns the place of a row that was made from an earlier snapshot.
func findRow(s *client.Snapshot, r *row) (index int, ok bool) {
	if r.seq > 0 {
		return findSeq(s, r.seq)
	}
	return Find(s, r.id)
}

func findSeq(s *client.Snapshot, seq int64) (index int, ok bool) {
	return slices.BinarySearchFunc(s.Messages, seq, func(m *protocol.Message, seq int64) int {
		return cmp.Compare(m.Seq, seq)
	})
}

// Find returns the place of a message in the whole log, by its id. From len(s.Messages) on the
// messages are not stored.
func Find(s *client.Snapshot, id string) (index int, ok bool) {
	for i, own := range pending(s) {
		if own.ID == id {
			return len(s.Messages) + i, true
		}
	}
	for i := len(s.Messages) - 1; i >= 0; i-- { // the newest first: most often it is one of those
		if s.Messages[i].ID == id {
			return i, true
		}
	}
	return 0, false
}

// Message returns a stored message of a snapshot by its id, or nil.
func Message(s *client.Snapshot, id string) *protocol.Message {
	if i, ok := Find(s, id); ok && i < len(s.Messages) {
		return s.Messages[i]
	}
	return nil
}
