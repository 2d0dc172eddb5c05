package postgres

import (
	"context"
	"flag"
	"os"
	"testing"
	"time"

	"hallway/store/storetest"
	"hallway/test/servers"
)

// checks is the number of histories that the suite draws for each of its properties, unless -rapid.checks sets another
// one: a step takes milliseconds here. `make model` runs many.
const checks = "20"

func TestMain(m *testing.M) {
	flag.Parse()
	told := false
	flag.Visit(func(f *flag.Flag) { told = told || f.Name == "rapid.checks" })
	if !told {
		if err := flag.Set("rapid.checks", checks); err != nil {
			panic(err)
		}
	}
	os.Exit(m.Run())
}

func TestConformance(t *testing.T) {
	t.Parallel()                    // with TestConformanceOfTwo
	urls := make(map[string]string) // by folder
	storetest.Run(t, storetest.Kind{
		Open: func(t *testing.T, dir string) storetest.Store {
			if urls[dir] == "" {
				urls[dir] = servers.Scratch(t)
			}
			// The clock stands still, so that each part is as large as possible, as the model's is.
			return mustOpen(t, Options{URL: urls[dir], CallersClock: true, idle: true, hasty: true, clock: func() time.Time { return now }})
		},
		Settle:  func(s storetest.Store) { settle(t, s.(*Store)) },
		Shared:  true,
		Files:   true,
		Lasting: true,
	})
}

// settle does the background work at once.
func settle(t testing.TB, s *Store) {
	t.Helper()
	if err := s.index(context.Background()); err != nil {
		t.Fatal(err)
	}
}

func mustOpen(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

var now, ada = storetest.Now, storetest.Ada
