package sqlite

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

const privateID, privateName, privateWord = "u_privateer", "Gwendolyn", "xylophones"

// anyRoom are grants of one role in all rooms.
type anyRoom protocol.Role

func (g anyRoom) Role(string) (protocol.Role, bool) { return protocol.Role(g), true }
func (g anyRoom) Highest() protocol.Role            { return protocol.Role(g) }

// lived makes a database in which one user has done every kind of op.
func lived(t *testing.T, path string) {
	t.Helper()
	s := mustOpen(t, path)
	her := protocol.User{ID: privateID, Name: privateName, Role: protocol.RoleModerator}
	bob := protocol.User{ID: "u_2", Name: "Bob", Role: protocol.RoleParticipant}
	ops := storetest.Sends("lobby", 0, 1200)
	for i := range ops {
		if i%2 == 0 {
			ops[i].Sender = her
			with(&ops[i], func(do *rules.Send) { do.Text += " " + privateWord })
		}
		if i < 5 {
			with(&ops[i], func(do *rules.Send) {
				do.Mentions = []protocol.Mention{{Len: 3, User: privateID}, {At: 4, Len: 5, User: "u_2"}}
			})
		}
	}
	first, second := ops[0].ID(), ops[1].ID()
	react := func(u protocol.User, id string) rules.Op {
		return rules.Op{Room: "lobby", Sender: u, Do: rules.React{ID: id, Emoji: "👍", On: true}}
	}
	moderate := func(by protocol.User, act protocol.Act, user, note string) rules.Op {
		return rules.Op{Room: "lobby", Sender: by, Do: rules.Moderate{Act: act, User: user, Reason: note}}
	}
	ops = append(ops,
		rules.Op{Room: "lobby", Sender: her, Do: rules.Open{}}, rules.Op{Room: "lobby", Sender: bob, Do: rules.Open{}},
		react(her, second), react(bob, second), react(bob, first),
		rules.Op{Room: "lobby", Sender: her, Do: rules.Delete{ID: ops[2].ID()}},
		rules.Op{Room: "lobby", Sender: her, Do: rules.Report{ID: second, Reason: "by " + privateName}},
		rules.Op{Room: "lobby", Sender: bob, Do: rules.Report{ID: first, Reason: "rude"}},
		rules.Op{Room: "lobby", Sender: her, Do: rules.Resolve{N: 2, State: protocol.ReportDismissed}},
		moderate(her, protocol.ActBan, "u_9", "spam"), moderate(ada, protocol.ActMute, privateID, privateName+" shouts"),
		rules.Op{Sender: her, Do: rules.See{Grants: anyRoom(protocol.RoleModerator)}},
		rules.Op{Sender: ada, Do: rules.Revoke{User: privateID, On: true}},
		rules.Op{Room: "gone", Sender: her, Do: rules.Send{Send: protocol.Send{Room: "gone", ID: first, Text: privateWord}}},
		rules.Op{Room: "gone", Sender: ada, Do: rules.Drop{}})
	outcomes, err := s.Commit(now, ops)
	if err != nil {
		t.Fatal(err)
	}
	for i, out := range outcomes {
		if out.Code != "" {
			t.Fatalf("op %d: %+v", i, out)
		}
	}
	settle(t, s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// wantErased checks that the database has no trace of her, and everything of the others.
func wantErased(t *testing.T, path string) {
	t.Helper()
	for _, suffix := range []string{"", "-wal"} {
		content, _ := os.ReadFile(path + suffix)
		for _, secret := range []string{privateID, privateName, privateWord} {
			if bytes.Contains(content, []byte(secret)) {
				t.Errorf("%q is in the file%s", secret, suffix)
			}
		}
	}
	if err := Check(context.Background(), path, func(text string) { t.Errorf("the check finds: %s", text) }, nil); err != nil {
		t.Fatal(err)
	}
	s := mustOpen(t, path)
	checkIndex(t, s)
	messages := all(t, s, "lobby")
	if len(messages) != 1200 {
		t.Fatalf("%d messages", len(messages))
	}
	pseudonym := messages[0].Sender.ID
	for i, m := range messages {
		switch {
		case i%2 == 0 && (!m.Deleted() || m.Sender != protocol.User{ID: pseudonym, Role: protocol.RoleParticipant} || m.Rev <= 1200):
			t.Fatalf("hers: %+v", m)
		case i%2 == 1 && (m.Deleted() || m.Sender != ada):
			t.Fatalf("another's: %+v", m)
		}
	}
	if got := messages[1].Reactions; len(got) != 1 || got[0].Count != 2 || got[0].Users[0] != pseudonym || got[0].Users[1] != "u_2" {
		t.Errorf("reactions %+v", got)
	}
	if got := messages[1].Mentions; len(got) != 2 || got[0].User != pseudonym || got[1].User != "u_2" {
		t.Errorf("mentions %+v", got)
	}
	entries, err := s.Audit(context.Background(), "", 0, 10)
	if err != nil || len(entries) != 2 || entries[0].Act != "erase" || entries[0].User != pseudonym || entries[1].User != pseudonym {
		t.Errorf("audit %+v, %v", entries, err)
	}
	if _, err := s.writer.Exec(`UPDATE audit SET act = ''`); err == nil {
		t.Error("the audit can be changed")
	}
	out, err := s.Commit(now, []rules.Op{{Room: "lobby", Sender: ada, Do: rules.Open{}}, {Room: "lobby", Sender: protocol.User{ID: privateID}, Do: rules.Open{}}})
	if err != nil || out[0].Result.(rules.Opened).Reports != 1 || out[1].Result.(rules.Opened).Mute != nil {
		t.Errorf("%+v, %v", out, err)
	}
}

func TestErase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	lived(t, path)
	n, err := Erase(context.Background(), path, privateID, now, nil)
	if err != nil || n != 600 {
		t.Fatalf("%d messages, %v", n, err)
	}
	wantErased(t, path)
}

// TestEraseGoesOn checks that an erasure that was interrupted between any two transactions continues, under one
// pseudonym.
func TestEraseGoesOn(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	lived(t, path)
	tries := 0
	for done := false; !done; tries++ {
		ctx, cancel := context.WithCancel(context.Background())
		_, err := Erase(ctx, path, privateID, now, func(int, int) { cancel() })
		cancel()
		if done = err == nil; tries > 10 {
			t.Fatal(err)
		}
		if tries == 1 {
			if _, err := Erase(context.Background(), path, privateID, now, nil); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	wantErased(t, path)
}

// TestExport checks that an export has all data about a user, and none after the erasure.
func TestExport(t *testing.T) {
	path := filepath.Join(t.TempDir(), "hallway.db")
	lived(t, path)
	export := func() (sizes map[string]int, text string) {
		t.Helper()
		var out bytes.Buffer
		if err := Export(context.Background(), path, privateID, &out); err != nil {
			t.Fatal(err)
		}
		var lists map[string]json.RawMessage
		if err := json.Unmarshal(out.Bytes(), &lists); err != nil {
			t.Fatalf("%v: %s", err, out.Bytes())
		}
		sizes = make(map[string]int)
		for name, list := range lists {
			var items []json.RawMessage
			if name != "user" {
				if err := json.Unmarshal(list, &items); err != nil {
					t.Fatal(err)
				}
				sizes[name] = len(items)
			}
		}
		return sizes, out.String()
	}
	sizes, text := export()
	for name, want := range map[string]int{
		"messages": 600, "reactions": 1, "memberships": 1, "sanctions": 2, "reports": 2, "audit": 6, "revoked": 1, "ranks": 1,
	} {
		if sizes[name] != want {
			t.Errorf("%d %s, want %d", sizes[name], name, want)
		}
	}
	if strings.Count(text, privateWord) != 599 || strings.Contains(text, `"dropped"`) {
		t.Errorf("%d texts", strings.Count(text, privateWord))
	}
	if _, err := Erase(context.Background(), path, privateID, now, nil); err != nil {
		t.Fatal(err)
	}
	sizes, _ = export()
	for name, n := range sizes {
		if n > 0 {
			t.Errorf("%d %s after the erasing", n, name)
		}
	}
}
