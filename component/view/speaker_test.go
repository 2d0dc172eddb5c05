package view

import (
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/component/view/markup"
	"hallway/protocol"
)

// heard returns the announcement of a snapshot at a time, or "".
func heard(a *announcer, s client.Snapshot, at time.Time) string {
	if !a.observe(&s) || a.wait(at) > 0 {
		return ""
	}
	return a.speak(at, said)
}

func live(messages ...*protocol.Message) client.Snapshot {
	return client.Snapshot{
		Status: client.StatusLive, Loaded: true, Me: protocol.User{ID: "me"}, Messages: messages,
	}
}

func of(seq int64, text string) *protocol.Message {
	return &protocol.Message{Seq: seq, Sender: protocol.User{ID: "ben", Name: "Ben"}, Text: text}
}

// TestDoubtsAreSaid checks that a message is read out with its mark, because a relay can forge messages.
func TestDoubtsAreSaid(t *testing.T) {
	var a announcer
	now := time.Unix(1_800_000_000, 0)
	heard(&a, live(of(1, "a")), now)
	s := live(of(1, "a"), of(2, "buy"), of(3, "c"))
	s.Messages[1].ID, s.Messages[2].ID = "forged", "real"
	s.Marks = map[string]client.Mark{"forged": client.MarkPlain}
	if got := heard(&a, s, now.Add(time.Minute)); got != "Ben: Not encrypted: buy\nBen: c" {
		t.Errorf("says %q", got)
	}
}

func TestHistoryIsSilent(t *testing.T) {
	var a announcer
	now := time.Unix(1_800_000_000, 0)
	loading := live(of(1, "a"), of(2, "b"))
	loading.Status = client.StatusCatchingUp
	away := live(of(1, "a"), of(2, "b"), of(3, "c"), of(4, "d"))
	away.Status = client.StatusReconnecting
	window := live(of(7, "g"))
	window.MoreAfter = true
	for _, step := range []struct {
		what string
		s    client.Snapshot
		want string
	}{
		{"nothing yet", client.Snapshot{Status: client.StatusConnecting}, ""},
		{"the first page", loading, ""},
		{"live, with one that came just before", live(of(1, "a"), of(2, "b"), of(3, "c")), ""},
		{"one that comes live", live(of(2, "b"), of(3, "c"), of(4, "*d*")), "Ben: d"},
		{"older ones", live(of(0, "z"), of(1, "a"), of(2, "b"), of(3, "c"), of(4, "d")), ""},
		{"the connection is lost", away, ""},
		{"live again, with what was missed", live(of(4, "d"), of(5, "e"), of(6, "f")), ""},
		{"a jump to another place", window, ""},
		{"back at the end", live(of(7, "g"), of(8, "h")), ""},
		{"one of one's own", live(of(8, "h"), &protocol.Message{Seq: 9, Sender: protocol.User{ID: "me"}, Text: "i"}), ""},
		{"a deleted one", live(&protocol.Message{Seq: 10, Sender: protocol.User{ID: "ben"}, DeletedAt: 1}), ""},
		{"another", live(of(11, "k")), "Ben: k"},
	} {
		now = now.Add(time.Minute)
		if got := heard(&a, step.s, now); got != step.want {
			t.Errorf("%s: %q, want %q", step.what, got, step.want)
		}
	}
}

func TestAnnouncementsAreMerged(t *testing.T) {
	var a announcer
	now := time.Unix(1_800_000_000, 0)
	heard(&a, live(), now)
	if got := heard(&a, live(of(1, "a")), now); got != "Ben: a" {
		t.Fatalf("%q", got)
	}
	for seq := int64(2); seq < 50; seq++ {
		if got := heard(&a, live(of(seq, "x")), now); got != "" {
			t.Fatalf("at once after another: %q", got)
		}
	}
	if wait := a.wait(now); wait != announceEvery {
		t.Errorf("wait %v, want %v", wait, announceEvery)
	}
	if got := a.speak(now.Add(announceEvery), said); got != "48 new messages" {
		t.Errorf("%q", got)
	}
	a.observe(&client.Snapshot{Status: client.StatusLive, Loaded: true, Messages: []*protocol.Message{of(50, "y"), of(51, "z")}})
	if got := a.speak(now.Add(time.Hour), said); got != "Ben: y\nBen: z" || a.waits() {
		t.Errorf("%q", got)
	}
	long := heard(&a, live(of(52, strings.Repeat("long ", 400))), now.Add(2*time.Hour))
	if len(long) > 2*markup.QuoteBytesMax {
		t.Errorf("the announcement has %d bytes", len(long))
	}
}

// TestAnnouncementsAfterANewBeginning checks that messages are announced after the room's seqs have started again.
func TestAnnouncementsAfterANewBeginning(t *testing.T) {
	var a announcer
	now := time.Unix(1_800_000_000, 0)
	heard(&a, live(of(100, "old")), now)
	heard(&a, client.Snapshot{Status: client.StatusCatchingUp}, now)
	heard(&a, live(of(1, "history")), now)
	if got := heard(&a, live(of(1, "history"), of(2, "new")), now); got != "Ben: new" {
		t.Errorf("%q", got)
	}
}
