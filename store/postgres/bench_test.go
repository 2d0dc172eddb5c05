package postgres

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"

	"hallway/relay/rules"
	"hallway/store/sqlite"
	"hallway/store/storetest"
	"hallway/test/servers"
)

// spread returns ops that send n messages with fresh ids, one room after the other.
func spread(rooms, first, n int) []rules.Op {
	ops := make([]rules.Op, n)
	for i := range ops {
		ops[i] = storetest.Sends(fmt.Sprint("room-", (first+i)%rooms), 0, 1)[0]
		do := ops[i].Do.(rules.Send)
		do.ID = uuid.Must(uuid.NewV7()).String()
		ops[i].Do = do
	}
	return ops
}

// BenchmarkCommit commits groups of one message, 64 and 512, alternately to a SQLite store and to PostgreSQL, so that
// both have the same machine: "sqlite-msg/s" and "postgres-msg/s" count durable messages, "x-sqlite" is the ratio.
func BenchmarkCommit(b *testing.B) {
	for _, rooms := range []int{1, 64} {
		for _, group := range []int{1, 64, 512} {
			b.Run(fmt.Sprintf("rooms=%d/group=%d", rooms, group), func(b *testing.B) {
				file, err := sqlite.Open(b.Context(), sqlite.Options{Path: filepath.Join(b.TempDir(), "hallway.db")})
				if err != nil {
					b.Fatal(err)
				}
				b.Cleanup(func() { _ = file.Close() })
				stores := []rules.Store{file, mustOpen(b, Options{URL: servers.PostgreSQL(b)})}
				took := make([]time.Duration, len(stores))
				for _, s := range stores {
					for first := 0; first < 50_000; first += 5000 {
						if _, err := s.Commit(time.Now(), spread(rooms, first, 5000)); err != nil {
							b.Fatal(err)
						}
					}
				}
				n := 0
				for b.Loop() {
					for i, s := range stores {
						ops := spread(rooms, n, group)
						began := time.Now()
						if _, err := s.Commit(began, ops); err != nil {
							b.Fatal(err)
						}
						took[i] += time.Since(began)
					}
					n += group
				}
				rate := func(i int) float64 { return float64(n) / took[i].Seconds() }
				b.ReportMetric(rate(0), "sqlite-msg/s")
				b.ReportMetric(rate(1), "postgres-msg/s")
				b.ReportMetric(rate(1)/rate(0), "x-sqlite")
			})
		}
	}
}
