package log

import (
	"cmp"
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// The rows of the whole log have indices: first the loaded messages, then the user's messages that are not stored
// yet.

// pending returns the user's messages that are not stored yet. They belong to the room's end, so it returns none if
// that is not loaded.
func pending(s *client.Snapshot) []client.Own {
	if s.MoreAfter {
		return nil
	}
	return s.Outbox
}

// rowCount returns the number of rows of the whole log.
func rowCount(s *client.Snapshot) int { return len(s.Messages) + len(pending(s)) }

// findRow returns the index of a row that was made from an earlier snapshot.
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

// Find returns the index of a message in the whole log, by its id. Messages from len(s.Messages) on are not
// stored.
func Find(s *client.Snapshot, id string) (index int, ok bool) {
	for i, own := range pending(s) {
		if own.ID == id {
			return len(s.Messages) + i, true
		}
	}
	for i := len(s.Messages) - 1; i >= 0; i-- { // backwards, because the message is usually one of the last
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

// windowRows bounds the rows in the document. windowStep is the number of rows that the window exchanges
// when it moves. It is more than the visible rows, and less than windowRows, so that the visible rows stay in
// the document.
const (
	windowRows = 200
	windowStep = 100
)

// window is the part of the log that is in the document: rows lo to hi-1.
type window struct{ lo, hi int }

// windowFrom returns the window of n rows that begins at row lo, or earlier if too few rows
// follow.
func windowFrom(lo, n int) window {
	lo = max(0, min(lo, n-windowRows))
	return window{lo, min(n, lo+windowRows)}
}

// windowEnd returns the window at the end of n rows.
func windowEnd(n int) window { return windowFrom(n, n) }

// windowAround returns the window with row i in its middle.
func windowAround(i, n int) window { return windowFrom(i-windowRows/2, n) }

// earlier returns the window a step up.
func (w window) earlier(n int) window { return windowFrom(w.lo-windowStep, n) }

// later returns the window a step down.
func (w window) later(n int) window { return windowFrom(w.lo+windowStep, n) }
