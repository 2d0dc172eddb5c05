package hub

import "time"

// What is refused has cost almost as much as what is done. So a connection that is
// refused again and again is read more slowly: it rests.
const (
	// RefusalsPerSecondMax is how many frames of a connection are refused in a
	// second. One that goes on is read no faster than that.
	RefusalsPerSecondMax = 50
	// RefusalsBurstMax is how many are refused at once: a client that comes back with
	// a long outbox may be told many times to wait.
	RefusalsBurstMax = 100
	// RefusalsPerSecondAll is about how many frames of all connections together are:
	// where more come, each counts for so many that it is kept.
	RefusalsPerSecondAll = 5000
	// refusalBytes is what a frame may have that counts as one refusal.
	refusalBytes = 4 << 10
	// refusalsAhead is for how long all may be beyond RefusalsPerSecondAll before each
	// counts as another one more, refusalsAheadMax the most that is remembered.
	refusalsAhead    = 50 * time.Millisecond
	refusalsAheadMax = 5 * time.Second
	// restMax is how long nothing is read from a connection at most.
	restMax = 2 * time.Second
)

// refusals is what all connections together were refused lately.
type refusals struct {
	until int64 // when it will have been RefusalsPerSecondAll
}

// count counts a refusal at a time, and returns for how many it counts.
func (r *refusals) count(at int64) int64 {
	r.until = min(max(r.until, at)+int64(time.Second/RefusalsPerSecondAll), at+int64(refusalsAheadMax))
	return 1 + (r.until-at)/int64(refusalsAhead)
}

// offend counts a refusal, and has a connection rest that was refused too often.
func (s *Session) offend() {
	const each = int64(time.Second / RefusalsPerSecondMax)
	counts := s.hub.refusals.count(s.heard) * (1 + int64(s.said)/refusalBytes)
	s.refusals = max(s.refusals, s.heard) + counts*each
	if debt := time.Duration(s.refusals - s.heard - RefusalsBurstMax*each); debt > 0 {
		s.refusals = min(s.refusals, s.heard+RefusalsBurstMax*each+int64(restMax))
		s.conn.Rest(min(debt, restMax))
	}
}
