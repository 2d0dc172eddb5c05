package view

import (
	"strconv"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// countdownMax is how long a mute may still last for its rest to be counted down.
const countdownMax = time.Hour

// waitOf is how long one must wait before one may write: in slow mode, or until a mute
// is over that does not last long; 0: not at all, or nobody counts.
func waitOf(s *client.Snapshot, now time.Time) time.Duration {
	until := s.NextSendAt
	switch {
	case s.Silenced == protocol.WhyMuted:
		until = s.Muted.Until
	case s.Silenced != "":
		return 0
	}
	if left := until.Sub(now); left > 0 && left <= countdownMax {
		return left
	}
	return 0
}

// clockFace is a number of seconds as minutes and seconds.
func clockFace(seconds int) string {
	rest := strconv.Itoa(seconds % 60)
	if len(rest) < 2 {
		rest = "0" + rest
	}
	return strconv.Itoa(seconds/60) + ":" + rest
}
