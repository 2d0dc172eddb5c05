package hub_test

import (
	"hallway/protocol"
	"hallway/relay/rules"
)

// A life holds the stored messages and markers of one epoch of a room.
type life struct {
	head int64
	revs []string         // each message as it was sent: that of rev n at n-1
	read map[string]int64 // by user
	// furthest holds each user's highest marker since the last batch began: a user may be removed later in a batch.
	furthest map[string]int64
}

func (l *life) note(user string, o rules.Outcome) {
	l.head = o.Head
	switch result := o.Result.(type) {
	case rules.Opened:
		l.read[user] = result.Read
	case rules.Marked:
		l.read[user] = result.Read
	case rules.Stored:
		if result.New {
			l.noteRevs(result.Message)
		}
	case rules.Moderated:
		l.noteRevs(result.Messages...)
	case rules.Erased:
		l.noteRevs(result.Messages...)
	}
}

func (l *life) noteRevs(messages ...protocol.Message) {
	for _, m := range messages {
		l.revs = append(l.revs, string(m.Append(nil)))
	}
}
