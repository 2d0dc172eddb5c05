package request

import "hallway/component/client/step"

// inquiry is a request over REST. A new one supersedes the one before.
type inquiry struct {
	number    int  // of the last one; 0: it is given up
	waits     bool // for a fresh token
	refusedBy int  // tokens in a row
}

// begin returns the number of a new request.
func (i *inquiry) begin(s *step.Step) int {
	i.waits, i.number = false, s.Request()
	return i.number
}

// retries reports whether a failed request is made again, once there is a fresh token.
func (i *inquiry) retries(status int, tokens step.Tokens) bool {
	if status != 401 {
		return false
	}
	if i.refusedBy++; i.refusedBy >= step.RefusalsMax {
		return false
	}
	i.waits = true
	tokens.TokenRefused()
	return true
}

// answered notes that the relay took the token.
func (i *inquiry) answered() { i.refusedBy = 0 }
