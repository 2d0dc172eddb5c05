package request

import "hallway/component/client/step"

// Tokens gives the token for a request over REST.
type Tokens interface {
	// Token returns the token that there is.
	Token() string
	// TokenRefused asks for another one.
	TokenRefused()
}

// inquiry is a request over REST. A new one supersedes the one before.
type inquiry struct {
	number    int  // of the last one
	waits     bool // for a fresh token
	refusedBy int  // tokens in a row
}

// begin returns the number of a new request.
func (i *inquiry) begin() int {
	i.waits = false
	i.number++
	return i.number
}

// cancel gives up what is under way.
func (i *inquiry) cancel() { *i = inquiry{number: i.number + 1} }

// retries reports whether a failed request is made again, once there is a fresh token.
func (i *inquiry) retries(status int, tokens Tokens) bool {
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
