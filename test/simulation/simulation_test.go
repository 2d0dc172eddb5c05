package simulation

import (
	"bytes"
	"testing"
)

// TestSeeds runs a few seeds; make sim runs many more.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		for _, from := range []uint64{0, ClusterSeeds, SealedSeeds} {
			if err := Run(from+seed, nil); err != nil {
				t.Errorf("%v", err)
			}
		}
	}
}

// TestRegressions runs the seeds that once showed a fault.
func TestRegressions(t *testing.T) {
	t.Parallel()
	for _, r := range Regressions {
		if err := Run(r.Seed, nil); err != nil {
			t.Errorf("%s: %v", r.Name, err)
		}
	}
}

// TestReplay checks that the same seed gives the same trace.
func TestReplay(t *testing.T) {
	t.Parallel()
	for n := range uint64(40) {
		seed := n/2 + n%2*ClusterSeeds
		var one, two bytes.Buffer
		_ = Run(seed, &one)
		_ = Run(seed, &two)
		if !bytes.Equal(one.Bytes(), two.Bytes()) {
			t.Fatalf("seed %d runs in two ways", seed)
		}
	}
}
