package sqlite

import (
	"context"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// A layout is a way to store the messages; the migrations make the layout in use.
type layout struct {
	name    string
	rebuild string // turns the migrations' layout into this one, while it is empty
}

var layouts = []layout{
	{"clustered", ``},
	{"rowid", `
		CREATE TABLE by_rowid (
			room INTEGER NOT NULL REFERENCES rooms (key), seq INTEGER NOT NULL, rev INTEGER NOT NULL, id TEXT NOT NULL,
			made_as BLOB NOT NULL, sender_id TEXT NOT NULL, sender_name TEXT NOT NULL, sender_role TEXT NOT NULL,
			created_at INTEGER NOT NULL, sent_at TEXT NOT NULL, text TEXT NOT NULL, encrypted TEXT NOT NULL, reply_to TEXT NOT NULL,
			edited_at INTEGER NOT NULL DEFAULT 0, deleted_at INTEGER NOT NULL DEFAULT 0,
			pinned INTEGER NOT NULL DEFAULT 0, reactions TEXT NOT NULL DEFAULT '',
			UNIQUE (room, seq)
		) STRICT;
		DROP TABLE messages;
		ALTER TABLE by_rowid RENAME TO messages;
		CREATE UNIQUE INDEX messages_id      ON messages (id, room);
		CREATE UNIQUE INDEX messages_changed ON messages (room, rev) WHERE rev <> seq;
		CREATE INDEX messages_pinned         ON messages (room, seq) WHERE pinned = 1;`},
}

// BenchmarkLayout compares layouts of the table of messages, on stores with -messages messages: the package's doc says
// why they are clustered.
func BenchmarkLayout(b *testing.B) {
	for _, rooms := range benchRooms {
		for _, l := range layouts {
			s := mustOpen(b, filepath.Join(b.TempDir(), "hallway.db"))
			if _, err := s.writer.Exec(l.rebuild); err != nil {
				b.Fatal(err)
			}
			fill(b, s, rooms, *stored)
			name := func(what string) string { return fmt.Sprintf("rooms=%d/%s/%s", rooms, what, l.name) }
			for _, group := range []int{1, 64, 512} {
				b.Run(name(fmt.Sprint("commit=", group)), func(b *testing.B) {
					n := 0
					for b.Loop() {
						b.StopTimer()
						ops := spread(rooms, n, group)
						b.StartTimer()
						if _, err := s.Commit(time.Now(), ops); err != nil {
							b.Fatal(err)
						}
						n += group
					}
					b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "msg/s")
				})
			}
			middle := int64(*stored / rooms / 2)
			b.Run(name("newest=50"), func(b *testing.B) {
				benchPage(b, s, rooms, rules.Query{Kind: rules.QueryNewest, Limit: protocol.PageMessagesDefault})
			})
			b.Run(name("after=500"), func(b *testing.B) {
				benchPage(b, s, rooms, rules.Query{Kind: rules.QueryAfter, At: middle, Limit: protocol.PageMessagesMax})
			})
			b.Run(name("since=500"), func(b *testing.B) {
				benchPage(b, s, rooms, rules.Query{Kind: rules.QuerySince, At: middle, Limit: protocol.PageMessagesMax})
			})
		}
	}
}

// benchPage reads pages, one room after the other.
func benchPage(b *testing.B, s *Store, rooms int, q rules.Query) {
	b.Helper()
	var took []time.Duration
	for n := 0; b.Loop(); n++ {
		begin := time.Now()
		if _, err := s.Page(context.Background(), fmt.Sprint("room-", n%rooms), "u_1", q); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(begin))
	}
	reportPercentiles(b, took)
}
