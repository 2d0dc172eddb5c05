package request

import "hallway/component/client/step"

// inquiry is a request over REST. A new request supersedes the previous one.
type inquiry struct {
	number   int  // the number of the last request; 0: none
	waits    bool // the request waits for a new token
	refusals int  // the number of refused tokens in a row
}

// begin returns the number of a new request.
func (i *inquiry) begin(s *step.Step) int {
	i.waits, i.number = false, s.Request()
	return i.number
}

// retries reports whether a failed request is repeated with a new token, and asks for one.
func (i *inquiry) retries(status int, tokens step.Tokens) bool {
	if status != 401 {
		return false
	}
	if i.refusals++; i.refusals >= step.RefusalsMax {
		return false
	}
	i.waits = true
	tokens.TokenRefused()
	return true
}

// answered records that the relay has accepted the token.
func (i *inquiry) answered() { i.refusals = 0 }
