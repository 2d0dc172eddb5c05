package sqlite

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// purgeAt deletes the messages that are too old at a time, at once, and returns the reported purges.
func purgeAt(t *testing.T, s *Store, at time.Time, standard time.Duration) map[string]int64 {
	t.Helper()
	told := make(map[string]int64)
	s.Retain(rules.Retention{
		Default: standard, Now: func() time.Time { return at },
		Purged: func(room, epoch string, below int64) {
			if want := mustPage(t, s, room).Epoch; epoch != want {
				t.Errorf("told of epoch %q of room %s, which has %q", epoch, room, want)
			}
			told[room] = below
		},
	})
	if err := s.findExpired(context.Background()); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	return told
}

// TestRetention checks that old messages are deleted with all their rows, that the head stays, and that younger
// messages, and those in rooms with a longer retention, are unchanged.
func TestRetention(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := idle(t, path)
	const old, young = 300, 40
	configure := rules.Op{Room: "kept", Sender: ada, Do: rules.Configure{Settings: `{"retention_s":86400}`}}
	if _, err := s.Commit(now, append(append(storetest.Sends("lobby", 0, old), storetest.Sends("kept", 0, 5)...), configure)); err != nil {
		t.Fatal(err)
	}
	later := now.Add(time.Hour)
	ops := storetest.Sends("lobby", old, young)
	first, last := ops[0].ID(), ops[young-1].ID()
	gone := storetest.Sends("lobby", 0, 4)
	ops = append(ops,
		rules.Op{Room: "lobby", Sender: ada, Do: rules.React{ID: gone[0].ID(), Emoji: "👍", On: true}},
		rules.Op{Room: "lobby", Sender: ada, Do: rules.Pin{ID: gone[1].ID(), On: true}},
		rules.Op{Room: "lobby", Sender: ada, Do: rules.Delete{ID: gone[2].ID()}},
		rules.Op{Room: "lobby", Sender: ada, Do: rules.Edit{ID: gone[3].ID(), Text: "The last change of all.", Mentions: []protocol.Mention{{Len: 3, User: "u_2"}}}})
	if _, err := s.Commit(later, ops); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	const head = old + young + 4
	if told := purgeAt(t, s, now.Add(30*time.Minute), time.Hour); len(told) > 0 {
		t.Fatalf("too early: %v", told)
	}
	told := purgeAt(t, s, later.Add(30*time.Minute), time.Hour)
	if len(told) != 1 || told["lobby"] != old+1 {
		t.Errorf("told %v", told)
	}
	check := func() {
		t.Helper()
		for _, kind := range []rules.QueryKind{rules.QueryNewest, rules.QuerySince} {
			page, err := s.Page(context.Background(), "lobby", "", rules.Query{Kind: kind, Limit: young})
			if err != nil {
				t.Fatal(err)
			}
			m := page.Messages
			if page.Head != head || page.More || len(m) != young || m[0].ID != first || m[young-1].ID != last {
				t.Errorf("page %d: head %d, more %t, %d messages", kind, page.Head, page.More, len(m))
			}
		}
		checkIndex(t, s)
		var reactions, mentions, pinned int
		if err := s.readers.QueryRow(`SELECT (SELECT count(*) FROM reactions), (SELECT count(*) FROM mentions), (SELECT count(*) FROM messages WHERE pinned = 1)`).
			Scan(&reactions, &mentions, &pinned); err != nil || reactions+mentions+pinned > 0 {
			t.Errorf("%d reactions, %d mentions, %d pinned, %v", reactions, mentions, pinned, err)
		}
		if got := mustPage(t, s, "kept").Head; got != 5 {
			t.Errorf("the other room's head is %d", got)
		}
	}
	check()
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = idle(t, path) // a head whose message was deleted is no damage
	check()

	// Everything is deleted, and the room goes on.
	purgeAt(t, s, later.Add(2*time.Hour), time.Hour)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	s = idle(t, path)
	if page := all(t, s, "lobby"); len(page) != 0 || mustPage(t, s, "lobby").Head != head {
		t.Errorf("%d messages, head %d", len(page), mustPage(t, s, "lobby").Head)
	}
	out, err := s.Commit(later.Add(3*time.Hour), storetest.Sends("lobby", 0, 1))
	if err != nil || !changeOf(out[0]).New || changeOf(out[0]).Message.Seq != head+1 {
		t.Errorf("an id whose message is gone: %+v, %v", out, err)
	}
	if page := all(t, s, "kept"); len(page) != 5 {
		t.Errorf("%d messages in the other room", len(page))
	}
	purgeAt(t, s, now.Add(25*time.Hour), 0)
	if page := all(t, s, "kept"); len(page) != 0 {
		t.Errorf("its own time does not count: %d messages", len(page))
	}
}

// TestRetentionBesideCommits checks that commits between the slices, and a process that ends in the middle, do not
// change which messages are finally deleted.
func TestRetentionBesideCommits(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	s := idle(t, path)
	const old = 2000
	if _, err := s.Commit(now, storetest.Sends("lobby", 0, old)); err != nil {
		t.Fatal(err)
	}
	settle(t, s)
	later, sent := now.Add(2*time.Hour), 0
	for slices := range 10 * old {
		if slices%5 == 0 {
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			s = idle(t, path)
			s.Retain(rules.Retention{Default: time.Hour, Now: func() time.Time { return later }})
			if err := s.findExpired(context.Background()); err != nil {
				t.Fatal(err)
			}
			if len(s.upkeep.expired) == 0 {
				break
			}
		}
		if _, err := s.runSlice(context.Background()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Commit(later, storetest.Sends("lobby", old+sent, 1)); err != nil {
			t.Fatal(err)
		}
		sent++
	}
	t.Logf("%d sent meanwhile", sent)
	messages := all(t, s, "lobby")
	if len(messages) != sent || messages[0].Seq != old+1 || messages[0].CreatedAt != protocol.TimeOf(later) {
		t.Errorf("%d messages are left", len(messages))
	}
	checkIndex(t, s)
}
