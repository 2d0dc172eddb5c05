package simulation

import (
	"bytes"
	"regexp"
	"testing"
)

// TestSeeds runs a few seeds; make sim runs many more.
func TestSeeds(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		for _, from := range []uint64{0, ClusterSeeds, SealedSeeds, SealedClusterSeeds} {
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

// TestReplay checks that the same seed gives the same trace, except for addresses in memory.
func TestReplay(t *testing.T) {
	t.Parallel()
	addresses := regexp.MustCompile("0x[0-9a-f]+")
	for n := range uint64(20) {
		for _, from := range []uint64{0, ClusterSeeds, SealedClusterSeeds} {
			var one, two bytes.Buffer
			_ = Run(from+n, &one)
			_ = Run(from+n, &two)
			if !bytes.Equal(addresses.ReplaceAll(one.Bytes(), nil), addresses.ReplaceAll(two.Bytes(), nil)) {
				t.Fatalf("seed %d runs in two ways", from+n)
			}
		}
	}
}
