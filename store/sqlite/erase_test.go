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
	"hallway/relay/hub"
)

const privateID, privateName, privateWord = "u_privateer", "Gwendolyn", "xylophones"

// anyRoom are grants of one role in all rooms.
type anyRoom protocol.Role

func (g anyRoom) Role(string) (protocol.Role, bool) { return protocol.Role(g), true }
func (g anyRoom) Highest() protocol.Role            { return protocol.Role(g) }
func (g anyRoom) Everywhere() protocol.Role         { return protocol.Role(g) }
func (g anyRoom) Same(other hub.Grants) bool        { return other == hub.Grants(g) }

// lived makes a database in which one person has done everything there is.
func lived(t *testing.T, path string) {
	t.Helper()
	s := mustOpen(t, path)
	her := protocol.User{ID: privateID, Name: privateName, Role: protocol.RoleModerator}
	bob := protocol.User{ID: "u_2", Name: "Bob", Role: protocol.RoleParticipant}
	ops := sends("lobby", 0, 1200)
	for i := range ops {
		if i%2 == 0 {
			ops[i].Sender = her
			ops[i].Send.Text += " " + privateWord
		}
	}
	first, second := ops[0].Send.ID, ops[1].Send.ID
	react := func(u protocol.User, id string) hub.Op {
		return hub.Op{Kind: hub.OpReact, Room: "lobby", Sender: u, ID: id, Emoji: "👍", On: true}
	}
	moderate := func(by protocol.User, act protocol.Act, user, note string) hub.Op {
		return hub.Op{Kind: hub.OpModerate, Room: "lobby", Sender: by, Act: act, User: user, Note: note}
	}
	ops = append(ops,
		hub.Op{Kind: hub.OpOpen, Room: "lobby", Sender: her}, hub.Op{Kind: hub.OpOpen, Room: "lobby", Sender: bob},
		react(her, second), react(bob, second), react(bob, first),
		hub.Op{Kind: hub.OpDelete, Room: "lobby", Sender: her, ID: ops[2].Send.ID},
		hub.Op{Kind: hub.OpReport, Room: "lobby", Sender: her, ID: second, Note: "by " + privateName},
		hub.Op{Kind: hub.OpReport, Room: "lobby", Sender: bob, ID: first, Note: "rude"},
		hub.Op{Kind: hub.OpResolve, Room: "lobby", Sender: her, Report: 2, State: protocol.ReportDismissed},
		moderate(her, protocol.ActBan, "u_9", "spam"), moderate(ada, protocol.ActMute, privateID, privateName+" shouts"),
		hub.Op{Kind: hub.OpSee, Sender: her, Grants: anyRoom(protocol.RoleModerator)},
		hub.Op{Kind: hub.OpRevoke, Sender: ada, User: privateID, On: true},
		hub.Op{Kind: hub.OpSend, Room: "gone", Sender: her, Send: protocol.Send{Room: "gone", ID: first, Text: privateWord}},
		hub.Op{Kind: hub.OpDrop, Room: "gone", Sender: ada})
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

// wantErased wants nothing of her in the database, and all of the others.
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
	entries, err := s.Audit(context.Background(), "", 0, 10)
	if err != nil || len(entries) != 2 || entries[0].Act != "erase" || entries[0].User != pseudonym || entries[1].User != pseudonym {
		t.Errorf("audit %+v, %v", entries, err)
	}
	if _, err := s.writer.Exec(`UPDATE audit SET act = ''`); err == nil {
		t.Error("the audit can be changed")
	}
	out, err := s.Commit(now, []hub.Op{{Kind: hub.OpOpen, Room: "lobby", Sender: ada}, {Kind: hub.OpOpen, Room: "lobby", Sender: protocol.User{ID: privateID}}})
	if err != nil || out[0].Reports != 1 || out[1].Sanction != nil {
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

// What was ended between any two transactions is gone on with, under one
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

// An export has all that there is of a user, and after the erasing nothing.
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
