package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// version1 returns the ops with which the program with schema version 1 made testdata/version1.db, in one commit.
func version1() (now time.Time, ops []rules.Op) {
	now = time.Date(2026, 11, 23, 9, 15, 4, 123456000, time.UTC)
	id := func(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }
	for n := 1; n <= 40; n++ {
		send := protocol.Send{Room: "lobby", ID: id(n), Text: fmt.Sprintf("Message %d of the first version", n), SentAt: "2026-11-23T09:15:01.002Z"}
		switch n % 10 {
		case 3:
			send.Text, send.Encrypted = "", &protocol.Encrypted{Alg: "A256GCM", Kid: "k1", IV: "AAECAwQFBgcICQoL", CT: "_-8"}
		case 5:
			send.ReplyTo, send.SentAt = id(n-1), ""
		case 7:
			send.Text = " Grüße\n\t👩‍👩‍👧 <b>' \" \\ "
		}
		sender := ada
		if n%3 == 0 {
			sender = protocol.User{ID: "u_2", Name: "Bob", Role: protocol.RoleParticipant}
		}
		ops = append(ops, rules.Op{Room: "lobby", Sender: sender, Do: rules.Send{Send: send}})
	}
	return now, ops
}

// copyOf returns the path of a copy of a database of an earlier version.
func copyOf(t *testing.T, database string) (path string) {
	t.Helper()
	content, err := os.ReadFile(database)
	if err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "hallway.db")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestMigrateFromVersion1 checks that a version-1 database is migrated with all its content.
func TestMigrateFromVersion1(t *testing.T) {
	path := copyOf(t, "testdata/version1.db")
	s := mustOpen(t, path)

	made, ops := version1()
	messages := all(t, s, "lobby")
	if len(messages) != len(ops) {
		t.Fatalf("%d messages, want %d", len(messages), len(ops))
	}
	outcomes, err := s.Commit(now, ops)
	if err != nil {
		t.Fatal(err)
	}
	for i, m := range messages {
		op, place := ops[i], int64(i+1)
		send := op.Do.(rules.Send)
		want := protocol.Message{
			Room: "lobby", ID: op.ID(), Seq: place, Rev: place, Sender: op.Sender, CreatedAt: protocol.TimeOf(made) + protocol.Time(i),
			SentAt: send.SentAt, Text: send.Text, Encrypted: send.Encrypted, ReplyTo: send.ReplyTo,
		}
		if !reflect.DeepEqual(m, want) {
			t.Errorf("message %d:\n got %+v\nwant %+v", place, m, want)
		}
		if out := outcomes[i]; out.Code != "" || changeOf(out).New || out.Epoch != "igroxo6g" {
			t.Errorf("message %d sent again: %+v", place, out)
		}
	}
	rooms, err := s.Rooms(context.Background(), "u_2", []string{"lobby", "stage"})
	if err != nil || len(rooms) != 2 {
		t.Fatalf("rooms %+v, %v", rooms, err)
	}
	if r := rooms[0]; r.Name != "lobby" || r.Head != 40 || r.CreatedAt != protocol.TimeOf(made) || r.Unread != 27 || r.Members != 0 {
		t.Errorf("room %+v", r)
	}
	if r := rooms[1]; r.Name != "stage" || r.Epoch != "jowuxfwn" || r.Last != nil {
		t.Errorf("room %+v", r)
	}

	// From here on it works like any other.
	change := rules.Op{Room: "lobby", Sender: ada, Do: rules.Edit{ID: messages[0].ID, Text: "Of the second"}}
	if out, err := s.Commit(now, []rules.Op{change}); err != nil || changeOf(out[0]).Message.Rev != 41 {
		t.Errorf("edited: %+v, %v", out, err)
	}
	checkIndex(t, s)
	if got := searched(t, s, "lobby", "first version"); len(got) != 31 {
		t.Errorf("a search finds %d", len(got))
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	checkIndex(t, mustOpen(t, path))
}

// version2 returns the ops with which the program with schema version 2 made testdata/version2.db, after those of
// version1, in one commit.
func version2() []rules.Op {
	_, ops := version1()
	id := func(n int) string { return ops[n-1].ID() }
	bob := protocol.User{ID: "u_2", Name: "Bob", Role: protocol.RoleParticipant}
	return []rules.Op{
		{Room: "lobby", Sender: ada, Do: rules.Open{}},
		{Room: "lobby", Sender: bob, Do: rules.Open{}},
		{Room: "lobby", Sender: ada, Do: rules.Edit{ID: id(1), Text: "Message 1, edited"}},
		{Room: "lobby", Sender: ada, Do: rules.Delete{ID: id(2)}},
		{Room: "lobby", Sender: bob, Do: rules.React{ID: id(4), Emoji: "👍", On: true}},
		{Room: "lobby", Sender: ada, Do: rules.React{ID: id(4), Emoji: "👍", On: true}},
		{Room: "lobby", Sender: ada, Do: rules.Pin{ID: id(5), On: true}},
		{Room: "lobby", Sender: bob, Do: rules.Read{Seq: 7}},
		{Room: "stage", Sender: ada, Do: rules.Configure{Title: "The stage", Settings: `{"frozen":true,"x":1}`}},
	}
}

// TestMigrateFromVersion2 checks that a migrated version-2 database equals one that this version created.
func TestMigrateFromVersion2(t *testing.T) {
	old := mustOpenWith(t, Options{Path: copyOf(t, "testdata/version2.db"), clock: still})
	made, ops := version1()
	fresh := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	if _, err := fresh.Commit(made, append(ops, version2()...)); err != nil {
		t.Fatal(err)
	}
	if got, want := all(t, old, "lobby"), all(t, fresh, "lobby"); !reflect.DeepEqual(got, want) {
		t.Errorf("messages:\n got %+v\nwant %+v", got, want)
	}
	checkIndex(t, old)
	outcomes, err := old.Commit(now, []rules.Op{
		{Room: "stage", Sender: ada, Do: rules.Open{}},
		{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActBan, User: "u_2"}},
		{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActClear, User: "u_2"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	if out := outcomes[0].Result.(rules.Opened); !out.Settings.Frozen {
		t.Errorf("the settings that nothing heeded hold: %+v", out)
	}
	if out := outcomes[2].Result.(rules.Moderated); len(out.Messages) != 13 || outcomes[1].Result.(rules.Moderated).User.Name != "Bob" {
		t.Errorf("cleared: %+v", out)
	}
}
