package guard_test

import (
	"testing"
	"time"

	"hallway/relay/guard"
)

// TestBucketDebt checks the bounds of a bucket's debt.
func TestBucketDebt(t *testing.T) {
	now, r := time.Unix(1_800_000_000, 0), guard.Rate{PerSecond: 5, Burst: 20}
	var b guard.Bucket
	b.Spend(now, r, 19)
	if wait := b.Take(now, r); wait > 0 {
		t.Errorf("the last token waits %v", wait)
	}
	if wait := b.Take(now, r); wait != 200*time.Millisecond {
		t.Errorf("the next token waits %v", wait)
	}
	b.Spend(now, r, 1_000_000)
	if left := b.Tokens(now, r); left != -20 {
		t.Errorf("it owes %v", -left)
	}
	b.Spend(now.Add(time.Second), r, 1_000_000)
	if left := b.Tokens(now.Add(time.Second), r); left != -20 {
		t.Errorf("it owes %v", -left)
	}
	if b.Full(now.Add(7 * time.Second)) {
		t.Error("it is full too early")
	}
	if !b.Full(now.Add(10 * time.Second)) {
		t.Error("it does not fill up")
	}
	var free guard.Bucket
	free.Spend(now, guard.Rate{}, 5)
	if !free.Full(now) {
		t.Error("without a rate nothing is spent")
	}
}
