package hub

import (
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

func unavailable() rules.Refusal {
	return rules.Refusal{Code: protocol.CodeUnavailable, Reason: "not stored, try again", RetryAfter: unavailableRetry}
}

func rateLimited(wait time.Duration) rules.Refusal {
	return rules.Refusal{Code: protocol.CodeRateLimited, Reason: "too many messages", RetryAfter: wait}
}

func tooManyFrames(wait time.Duration) rules.Refusal {
	return rules.Refusal{Code: protocol.CodeRateLimited, Reason: "too many frames", RetryAfter: wait}
}

func tooManyRooms() rules.Refusal {
	return rules.Refusal{Code: protocol.CodeUnavailable, Reason: "too many rooms at once, try again", RetryAfter: roomsRetry}
}
