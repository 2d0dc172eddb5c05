package simulation

import (
	"bytes"
	"testing"
)

// TestSeeds runs a few seeds; make sim runs many more.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		if err := Run(seed, nil); err != nil {
			t.Errorf("%v", err)
		}
	}
}

// TestReplay: the same seed gives the same trace.
func TestReplay(t *testing.T) {
	t.Parallel()
	for seed := range uint64(20) {
		var one, two bytes.Buffer
		_ = Run(seed, &one)
		_ = Run(seed, &two)
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Fatalf("seed %d runs in two ways", seed)
		}
	}
}
