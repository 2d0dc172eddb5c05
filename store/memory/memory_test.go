package memory_test

import (
	"testing"

	"hallway/store/memory"
	"hallway/store/storetest"
)

// TestConformance runs the suite on the store itself. The other stores are compared with it, so this checks the
// expectations that the suite states directly.
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
