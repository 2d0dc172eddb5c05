package guard

import (
	"time"

	"golang.org/x/time/rate"
)

// A Rate bounds events: a number each second, and a number at once. The zero Rate does not limit them.
type Rate struct {
	PerSecond float64
	Burst     int
}

// PerMinute returns the rate of n events a minute, which may all come at once.
func PerMinute(n int) Rate { return Rate{float64(n) / 60, n} }

// A Bucket counts the events of one party against a [Rate]: it is a token bucket. The zero Bucket is full and
// takes no memory. A Bucket is not safe for concurrent use.
type Bucket struct{ limiter *rate.Limiter }

// Take takes a token. If there is no token, it returns the time to wait.
func (b *Bucket) Take(now time.Time, r Rate) (wait time.Duration) {
	if r.PerSecond <= 0 {
		return 0
	}
	if b.limiter == nil {
		b.limiter = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
	}
	if b.limiter.AllowN(now, 1) {
		return 0
	}
	return b.Wait(now)
}

// Spend takes tokens that were used on another relay. The bucket may go into debt, by at most its size.
func (b *Bucket) Spend(now time.Time, r Rate, n int) {
	if r.PerSecond <= 0 {
		return
	}
	if b.limiter == nil {
		b.limiter = rate.NewLimiter(rate.Limit(r.PerSecond), r.Burst)
	}
	for n = min(n, int(b.limiter.TokensAt(now))+r.Burst); n > 0; n -= r.Burst {
		b.limiter.ReserveN(now, min(n, r.Burst))
	}
}

// Wait returns the time until the next token.
func (b *Bucket) Wait(now time.Time) time.Duration {
	if b.limiter == nil {
		return 0
	}
	missing := 1 - b.limiter.TokensAt(now)
	return time.Duration(max(0, missing/float64(b.limiter.Limit())*float64(time.Second)))
}

// Tokens returns the number of tokens left for a rate.
func (b *Bucket) Tokens(now time.Time, r Rate) float64 {
	if b.limiter == nil {
		return float64(r.Burst)
	}
	return b.limiter.TokensAt(now)
}

// Full reports whether the bucket is full. It frees the memory of a full bucket.
func (b *Bucket) Full(now time.Time) bool {
	if b.limiter != nil && b.limiter.TokensAt(now) < float64(b.limiter.Burst()) {
		return false
	}
	b.limiter = nil
	return true
}
