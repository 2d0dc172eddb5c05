package sqlite

import (
	"context"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/storetest"
)

// benchRooms are the numbers of rooms over which a benchmark spreads its messages.
var benchRooms = []int{1, 100}

// BenchmarkCommit commits groups of one message, 64 and 512. "msg/s" counts durable messages; "x-fdatasync" is their
// rate as a multiple of the disk's own rate, measured in the same run.
func BenchmarkCommit(b *testing.B) {
	for _, rooms := range benchRooms {
		for _, group := range []int{1, 64, 512} {
			b.Run(fmt.Sprintf("rooms=%d/group=%d", rooms, group), func(b *testing.B) {
				syncs := fdatasyncRate(b)
				s := mustOpen(b, filepath.Join(b.TempDir(), "hallway.db"))
				fill(b, s, rooms, 50_000)
				n := 0
				b.ReportAllocs()
				b.ResetTimer()
				for b.Loop() {
					b.StopTimer()
					ops := spread(rooms, n, group)
					b.StartTimer()
					if _, err := s.Commit(time.Now(), ops); err != nil {
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
}

// BenchmarkCommitAllocs commits groups of 64 messages to one room and to 64, without background work, to count
// allocations.
func BenchmarkCommitAllocs(b *testing.B) {
	const group = 64
	for _, rooms := range []int{1, group} {
		b.Run(fmt.Sprintf("rooms=%d", rooms), func(b *testing.B) {
			s := idle(b, filepath.Join(b.TempDir(), "hallway.db"))
			batches := make([][]rules.Op, b.N)
			for i := range batches {
				batches[i] = spread(rooms, 0, group)
			}
			if _, err := s.Commit(time.Now(), spread(rooms, 0, group)); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.ResetTimer()
			for _, ops := range batches {
				if _, err := s.Commit(time.Now(), ops); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkLightLoad commits one message every few milliseconds, and reports the duration of commits.
func BenchmarkLightLoad(b *testing.B) {
	const pause = 5 * time.Millisecond
	for _, rooms := range benchRooms {
		b.Run(fmt.Sprintf("rooms=%d", rooms), func(b *testing.B) {
			s := mustOpen(b, filepath.Join(b.TempDir(), "hallway.db"))
			fill(b, s, rooms, 50_000)
			took := make([]time.Duration, 0, b.N)
			tick := time.NewTicker(pause)
			defer tick.Stop()
			for n := range b.N {
				<-tick.C
				begin := time.Now()
				if _, err := s.Commit(begin, spread(rooms, n, 1)); err != nil {
					b.Fatal(err)
				}
				took = append(took, time.Since(begin))
			}
			reportPercentiles(b, took)
		})
	}
}

func reportPercentiles(b *testing.B, took []time.Duration) {
	b.Helper()
	slices.Sort(took)
	for name, part := range map[string]float64{"p50-ms": 0.5, "p99-ms": 0.99, "p99.9-ms": 0.999, "max-ms": 1} {
		at := min(int(part*float64(len(took))), len(took)-1)
		b.ReportMetric(float64(took[at].Microseconds())/1000, name)
	}
}

// fdatasyncRate returns how many times a second 8 KiB at one place can be written and synced.
func fdatasyncRate(b *testing.B) float64 {
	b.Helper()
	const times = 1000
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

// spread returns ops that send n messages with fresh ids, one room after the other.
func spread(rooms, first, n int) []rules.Op {
	ops := make([]rules.Op, n)
	for i := range ops {
		room := fmt.Sprint("room-", (first+i)%rooms)
		ops[i] = storetest.Sends(room, 0, 1)[0]
		with(&ops[i], func(do *rules.Send) { do.ID = uuid.Must(uuid.NewV7()).String() })
	}
	return ops
}

// fill stores n messages.
func fill(b *testing.B, s *Store, rooms, n int) {
	b.Helper()
	const group = 5000
	for first := 0; first < n; first += group {
		if _, err := s.Commit(time.Now(), spread(rooms, first, group)); err != nil {
			b.Fatal(err)
		}
	}
}

var stored = flag.Int("messages", 200_000, "how many messages BenchmarkPage reads from")

// BenchmarkPage reads from a store with -messages messages.
func BenchmarkPage(b *testing.B) {
	for _, rooms := range benchRooms {
		s := mustOpen(b, filepath.Join(b.TempDir(), "hallway.db"))
		fill(b, s, rooms, *stored)
		b.Run(fmt.Sprintf("rooms=%d/check=pages", rooms), func(b *testing.B) { benchCheck(b, s, checkPages) })
		b.Run(fmt.Sprintf("rooms=%d/check=heads", rooms), func(b *testing.B) { benchCheck(b, s, checkHeads) })
		middle := int64(*stored / rooms / 2)
		for _, c := range []struct {
			name string
			q    rules.Query
		}{
			{"newest=50", rules.Query{Kind: rules.QueryNewest, Limit: protocol.PageMessagesDefault}},
			{"after=500", rules.Query{Kind: rules.QueryAfter, At: middle, Limit: protocol.PageMessagesMax}},
			{"since=500", rules.Query{Kind: rules.QuerySince, At: middle, Limit: protocol.PageMessagesMax}},
			{"around=50", rules.Query{Kind: rules.QueryAround, At: middle, Limit: protocol.PageMessagesDefault}},
		} {
			b.Run(fmt.Sprintf("rooms=%d/%s", rooms, c.name), func(b *testing.B) {
				benchPage(b, s, rooms, c.q)
			})
		}
	}
}

// BenchmarkUpkeep indexes messages, as during commits but without the pauses: it reports how long a slice keeps the
// writer, and the total cost of a message.
func BenchmarkUpkeep(b *testing.B) {
	for _, rooms := range benchRooms {
		b.Run(fmt.Sprintf("rooms=%d/index", rooms), func(b *testing.B) {
			s := idle(b, filepath.Join(b.TempDir(), "hallway.db"))
			fillWords(b, s, rooms, b.N*1000)
			b.ResetTimer()
			benchSlices(b, s)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*1000), "µs/message")
		})
		b.Run(fmt.Sprintf("rooms=%d/drop", rooms), func(b *testing.B) {
			s := idle(b, filepath.Join(b.TempDir(), "hallway.db"))
			fillWords(b, s, rooms, b.N*1000)
			settle(b, s)
			for n := range rooms {
				if _, err := s.Commit(time.Now(), []rules.Op{{Room: fmt.Sprint("room-", n), Do: rules.Drop{}}}); err != nil {
					b.Fatal(err)
				}
			}
			b.ResetTimer()
			benchSlices(b, s)
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*1000), "µs/message")
		})
	}
}

func benchSlices(b *testing.B, s *Store) {
	b.Helper()
	var took []time.Duration
	for pause := time.Duration(1); pause > 0; {
		began := time.Now()
		var err error
		if pause, err = s.runSlice(context.Background()); err != nil {
			b.Fatal(err)
		}
		took = append(took, time.Since(began))
	}
	reportPercentiles(b, took)
}

// fillWords stores n messages of twelve words each, some of them frequent.
func fillWords(b *testing.B, s *Store, rooms, n int) {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	frequent := rand.NewZipf(random, 1.1, 4, 30_000)
	for first := 0; first < n; first += 1000 {
		ops := spread(rooms, first, 1000)
		for i := range ops {
			var text strings.Builder
			for range 12 {
				fmt.Fprintf(&text, "%s ", strconv.FormatUint(frequent.Uint64()*2654435761%(1<<40), 36))
			}
			say(&ops[i], text.String())
		}
		if _, err := s.Commit(time.Now(), ops); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSearch searches for words in a store with -messages messages: the most frequent one, a prefix of one letter,
// two words, and a missing word.
func BenchmarkSearch(b *testing.B) {
	for _, rooms := range benchRooms {
		s := idle(b, filepath.Join(b.TempDir(), "hallway.db"))
		fillWords(b, s, rooms, *stored)
		settle(b, s)
		common := strconv.FormatUint(2654435761%(1<<40), 36)
		for name, words := range map[string]string{
			"common": common + " ", "letter": common[:1], "two": common + " " + common[:2], "nowhere": "nowhere",
		} {
			b.Run(fmt.Sprintf("rooms=%d/%s", rooms, name), func(b *testing.B) {
				benchPage(b, s, rooms, rules.Query{Kind: rules.QuerySearch, Words: words, Limit: protocol.PageMessagesDefault})
			})
		}
	}
}

func benchCheck(b *testing.B, s *Store, check func(context.Context, querier) error) {
	b.Helper()
	for b.Loop() {
		if err := check(context.Background(), s.readers); err != nil {
			b.Fatal(err)
		}
	}
}
