package guard

import "time"

// A refusal costs almost as much as the frame would. So a connection with repeated refusals is read more slowly.
const (
	// RefusalsPerSecondMax bounds the refused frames of a connection. The connection is not read faster than that.
	RefusalsPerSecondMax = 50
	// RefusalsBurstMax bounds the refusals at once: a client that returns with a long outbox may get many refusals.
	RefusalsBurstMax = 100
	// RefusalsPerSecondAll is the approximate bound of all connections together. Above it, each refusal counts several
	// times.
	RefusalsPerSecondAll = 5000
	// refusalBytes is the size of a frame that counts as one refusal.
	refusalBytes = 4 << 10
	// refusalsAhead is the excess over RefusalsPerSecondAll, in time, after which each refusal counts once more;
	// refusalsAheadMax bounds the remembered excess.
	refusalsAhead    = 50 * time.Millisecond
	refusalsAheadMax = 5 * time.Second
	// restMax bounds the time in which a connection is not read.
	restMax = 2 * time.Second
)

// Refusals counts the refused frames of all connections.
type Refusals struct {
	until int64 // when all connections will be within the rate, in nanoseconds since 1970
}

// count counts a refusal, and returns its weight.
func (r *Refusals) count(at int64) int64 {
	r.until = min(max(r.until, at)+int64(time.Second/RefusalsPerSecondAll), at+int64(refusalsAheadMax))
	return 1 + (r.until-at)/int64(refusalsAhead)
}

// Debt counts the refused frames of one connection. It is not a [Bucket], because a refusal cannot be refused: the debt
// grows beyond the burst, and pauses in reading pay it off.
type Debt struct {
	until int64 // when the connection will be within the rate, in nanoseconds since 1970
}

// Add counts a refused frame of a size at a time, in nanoseconds since 1970. It returns the pause in reading the
// connection; 0: none.
func (d *Debt) Add(at int64, frameBytes int, all *Refusals) (pause time.Duration) {
	const each = int64(time.Second / RefusalsPerSecondMax)
	counts := all.count(at) * (1 + int64(frameBytes)/refusalBytes)
	d.until = max(d.until, at) + counts*each
	debt := time.Duration(d.until - at - RefusalsBurstMax*each)
	if debt <= 0 {
		return 0
	}
	d.until = min(d.until, at+RefusalsBurstMax*each+int64(restMax))
	return min(debt, restMax)
}
