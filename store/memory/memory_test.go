package memory_test

import (
	"testing"

	"hallway/store/memory"
	"hallway/store/storetest"
)

// The store passes the suite, in which others are compared with it: what the tests say in
// words of their own is true of it too.
func TestConformance(t *testing.T) {
	stores := make(map[string]*memory.Store) // by folder
	storetest.Run(t, storetest.Kind{
		Open: func(_ *testing.T, dir string) storetest.Store {
			if stores[dir] == nil {
				stores[dir] = memory.New(memory.Options{})
			}
			stores[dir].Reopen()
			return stores[dir]
		},
		Settle: func(storetest.Store) {},
		Shared: true,
		Files:  true,
	})
}
