package store

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// BenchmarkCommit commits groups of one message, 64 and 512 to a room.
// "msg/s" counts durable messages; "x-fdatasync" is their rate as a multiple of
// what the disk does by itself, measured in the same run.
func BenchmarkCommit(b *testing.B) {
	syncs := fdatasyncRate(b)
	for _, group := range []int{1, 64, 512} {
		b.Run(fmt.Sprintf("group=%d", group), func(b *testing.B) {
			s := mustOpen(b, filepath.Join(b.TempDir(), "hallway.db"))
			n := 0
			for b.Loop() {
				if _, err := s.Commit(time.Now(), sends("lobby", n, group)); err != nil {
					b.Fatal(err)
				}
				n += group
			}
			rate := float64(n) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "msg/s")
			b.ReportMetric(rate/syncs, "x-fdatasync")
		})
	}
}

// fdatasyncRate is how many times a second 8 KiB at one place can be written
// and synced.
func fdatasyncRate(b *testing.B) float64 {
	b.Helper()
	const times = 2000
	file, err := os.Create(filepath.Join(b.TempDir(), "raw"))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	block := make([]byte, 8<<10)
	begin := time.Now()
	for range times {
		if _, err := file.WriteAt(block, 0); err != nil {
			b.Fatal(err)
		}
		if err := syscall.Fdatasync(int(file.Fd())); err != nil {
			b.Fatal(err)
		}
	}
	return times / time.Since(begin).Seconds()
}

// BenchmarkPage reads from a room of 100,000 messages.
func BenchmarkPage(b *testing.B) {
	const stored = 100_000
	s := mustOpen(b, filepath.Join(b.TempDir(), "hallway.db"))
	for n := 0; n < stored; n += 5000 {
		if _, err := s.Commit(time.Now(), sends("lobby", n, 5000)); err != nil {
			b.Fatal(err)
		}
	}
	for name, q := range map[string]hub.Query{
		"newest=50": {Kind: hub.QueryNewest, Limit: protocol.PageMessagesDefault},
		"after=500": {Kind: hub.QueryAfter, At: stored / 2, Limit: protocol.PageMessagesMax},
		"since=500": {Kind: hub.QuerySince, At: stored / 2, Limit: protocol.PageMessagesMax},
		"around=50": {Kind: hub.QueryAround, At: stored / 2, Limit: protocol.PageMessagesDefault},
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if _, err := s.Page(context.Background(), "lobby", "u_1", q); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
