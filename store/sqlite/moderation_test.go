package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// TestAuditIsOnlyAppendedTo checks that the audit describes each act, and cannot be changed.
func TestAuditIsOnlyAppendedTo(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	mute := rules.Op{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActMute, User: "u_2", Until: protocol.TimeOf(now), Reason: `"loud" \`}}
	setUp := rules.Op{Room: "lobby", Sender: ada, Do: rules.Configure{Title: "Lobby", Settings: `{"frozen": true}`}}
	if _, err := s.Commit(now, []rules.Op{setUp, mute}); err != nil {
		t.Fatal(err)
	}
	entries, err := s.Audit(context.Background(), "lobby", 0, 10)
	if err != nil || len(entries) != 2 {
		t.Fatalf("%+v, %v", entries, err)
	}
	for i, want := range []string{
		`{"until":"2026-11-23T09:15:04.000000Z","reason":"\"loud\" \\"}`,
		`{"title":"Lobby","settings":{"frozen": true}}`,
	} {
		if got := entries[i].Details; got != want {
			t.Errorf("details %s, want %s", got, want)
		}
	}
	for _, change := range []string{`UPDATE audit SET act = 'unmute'`, `DELETE FROM audit`} {
		if _, err := s.writer.Exec(change); err == nil {
			t.Errorf("%s succeeds", change)
		}
	}
}

// TestSanctionsKept checks that the writer's memory of rooms, sanctions and slow modes is bounded, and that it reads
// the entries that it has dropped again when it needs them.
func TestSanctionsKept(t *testing.T) {
	s := mustOpen(t, filepath.Join(t.TempDir(), "hallway.db"))
	ban := func(room, user string) rules.Op {
		return rules.Op{Room: room, Sender: ada, Do: rules.Moderate{Act: protocol.ActBan, User: user}}
	}
	const each = 5000
	for n := range sanctionsKeptMax/each + 2 {
		room := fmt.Sprint("room-", n)
		ops := storetest.Sends(room, 0, 1)
		for user := range each {
			ops = append(ops, ban(room, fmt.Sprint("u_", 10+user)))
		}
		if _, err := s.Commit(now, ops); err != nil {
			t.Fatal(err)
		}
		kept := 0
		for _, r := range s.rooms {
			kept += len(r.sanctions)
		}
		if kept > sanctionsKeptMax+each {
			t.Fatalf("%d sanctions are kept", kept)
		}
	}
	op := storetest.Sends("room-0", 1, 1)[0]
	op.Sender = protocol.User{ID: "u_11", Role: protocol.RoleParticipant}
	if out, err := s.Commit(now, []rules.Op{op}); err != nil || out[0].Why != protocol.WhyBanned {
		t.Errorf("%+v, %v", out, err)
	}
}

// TestClearOfALongRoom checks that a long room is cleared in parts, whatever messages lie between.
func TestClearOfALongRoom(t *testing.T) {
	s := idle(t, filepath.Join(t.TempDir(), "hallway.db"))
	bob := protocol.User{ID: "u_2", Role: protocol.RoleParticipant}
	const long = 20_010
	for _, part := range []int{0, long} {
		ops := storetest.Sends("lobby", part, long)
		ops[0].Sender = bob
		if _, err := s.Commit(now, ops); err != nil {
			t.Fatal(err)
		}
	}
	op := rules.Op{Room: "lobby", Sender: ada, Do: rules.Moderate{Act: protocol.ActClear, User: bob.ID}}
	var cleared []int64
	for more := true; more; {
		out, err := s.Commit(now, []rules.Op{op})
		if err != nil {
			t.Fatal(err)
		}
		done := out[0].Result.(rules.Moderated)
		for _, m := range done.Messages {
			cleared = append(cleared, m.Seq)
		}
		more = done.More
		with(&op, func(do *rules.Moderate) { do.Again = true })
	}
	if len(cleared) != 2 || cleared[1] != long+1 {
		t.Errorf("cleared %v", cleared)
	}
	if entries, err := s.Audit(context.Background(), "lobby", 0, 10); err != nil || len(entries) != 1 {
		t.Errorf("%+v, %v", entries, err)
	}
}
