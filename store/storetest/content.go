package storetest

import (
	"context"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// Ada is an organizer, the sender of [Sends].
var Ada = ada

// Now is a time for tests that need one.
var Now = time.Date(2026, 11, 23, 9, 15, 4, 0, time.UTC)

// Sends returns ops with which [Ada] sends n messages to room, with the ids from first on.
func Sends(room string, first, n int) []rules.Op {
	ops := make([]rules.Op, n)
	for i := range ops {
		ops[i] = rules.Op{Room: room, Sender: ada, Do: rules.Send{Send: protocol.Send{
			Room: room,
			ID:   id(first + i),
			Text: "The doors open at nine, the coffee is at half past eight.",
		}}}
	}
	return ops
}

// Contiguous returns the messages of a room without changed messages. It checks that each rev occurs once and that
// times increase.
func Contiguous(t *testing.T, s rules.Store, room string) (messages []protocol.Message) {
	t.Helper()
	var rev int64
	var at protocol.Time
	for {
		page, err := s.Page(context.Background(), room, "", rules.Query{Kind: rules.QuerySince, At: rev, Limit: protocol.PageMessagesMax})
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range page.Messages {
			if m.Rev != rev+1 || m.Seq != m.Rev || m.CreatedAt <= at {
				t.Fatalf("room %s: after rev %d at %v comes %+v", room, rev, at, m)
			}
			rev, at = m.Rev, m.CreatedAt
		}
		messages = append(messages, page.Messages...)
		if page.More {
			continue
		}
		if page.Head != rev {
			t.Fatalf("room %s: head %d, last rev %d", room, page.Head, rev)
		}
		return messages
	}
}
