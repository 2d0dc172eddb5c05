package connection

import (
	"errors"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// refreshLead is the time before its expiry at which a token is refreshed. A token that lives for less than
// five times that is refreshed after four fifths of its life.
const refreshLead = time.Minute

var errEmptyToken = errors.New("getToken returned an empty string, not a token")

// token is the state of the token.
type token struct {
	step *step.Step

	text  string
	user  string // the token's sub
	fresh bool   // the relay has not refused the token

	asked    bool      // GetToken is under way
	askAt    time.Time // the time of the refresh, or of the next try to get a token
	failures int       // the number of failed tries in a row to get a token
	refusals int       // the number of refused tokens in a row
}

// accepted records that the relay has accepted the token.
func (t *token) accepted() { t.refusals, t.failures = 0, 0 }

// ask asks the host for a token, unless a request is under way.
func (t *token) ask() {
	t.askAt = time.Time{}
	if !t.asked {
		t.asked = true
		t.step.Emit(client.GetToken{})
	}
}

// schedule plans the refresh by this device's clock. If the clock is wrong, the relay refuses the token.
func (t *token) schedule(expires time.Time) {
	t.askAt = time.Time{}
	if left := expires.Sub(t.step.Now); !expires.IsZero() && left > 0 {
		t.askAt = t.step.Now.Add(left - min(refreshLead, left/5))
	}
}

// TokenGot takes the host's answer, and reports whether it contains a token.
func (c *Connection) TokenGot(ev client.TokenGot) bool {
	c.token.asked = false
	if ev.Err != nil || ev.Token == "" {
		c.noToken(ev.Err)
		return false
	}
	c.token.failures = 0
	c.setToken(ev.Token)
	switch p := c.phase; {
	case c.IsOpen():
		c.Write(protocol.Hello{Token: ev.Token, Client: c.cfg.Client})
	case p == phaseIdle:
		c.dialSoon()
	case p == phaseEnded && c.final == client.StatusNotAllowed:
		c.token.refusals = 0
		c.dial()
	}
	return true
}

// TokenRefused asks the host for another token, because a request over REST was refused.
func (c *Connection) TokenRefused() {
	c.token.fresh = false
	c.token.ask()
}

// dialSoon dials at once, or with backoff after a refused token.
func (c *Connection) dialSoon() {
	if c.token.refusals == 0 {
		c.dial()
		return
	}
	c.phase = phaseWaiting
	c.dialAt = c.step.Now.Add(c.step.Jitter(c.token.refusals))
}

// setToken sets the token. With another user's token the chat starts over, so that no state of
// one user is shown to the other.
func (c *Connection) setToken(text string) {
	claims, _ := protocol.ReadClaims(text)
	before := c.token.user
	if claims.Subject != before && before != "" {
		begun := c.phase != phaseEnded
		c.hangUp()
		if begun {
			c.phase = phaseIdle // even if the chat waited for the next dial
		}
		c.cfg.Forget()
	}
	c.token.text, c.token.fresh = text, true
	c.token.schedule(claims.Expires)
	if claims.Subject != before {
		c.token.user = claims.Subject
		c.cfg.User(claims.Subject)
	}
}

// noToken schedules another try, unless the host has no way to get a token.
func (c *Connection) noToken(err error) {
	if errors.Is(err, client.ErrNoToken) {
		if c.token.text == "" || !c.token.fresh {
			c.End(client.StatusNotAllowed, "a valid token is needed")
			c.warnOfToken(c.token.text, err)
		}
		return
	}
	if err == nil {
		err = errEmptyToken
	}
	c.refusal = ""
	c.warnOfToken(c.token.text, err)
	c.token.failures++
	c.token.askAt = c.step.Now.Add(c.step.Jitter(c.token.failures))
	c.step.Changed = true
}

// tokenRefused asks for a new token after the relay has closed the connection. It
// ends the chat after several refusals.
func (c *Connection) tokenRefused() {
	c.hangUp()
	c.phase = phaseIdle
	c.token.fresh = false
	if c.token.refusals++; c.token.refusals >= step.RefusalsMax {
		c.End(client.StatusNotAllowed, "the relay refuses the token")
		c.warnOfToken(c.token.text, nil)
		return
	}
	c.token.ask()
}

// TokenSource asks the host's new source for a token if the chat lacks one.
func (c *Connection) TokenSource(banned bool) {
	switch {
	case c.phase == phaseIdle && (c.token.asked || !c.token.askAt.IsZero()):
		c.token.asked = false // the previous source may never answer
		c.token.ask()
	case c.phase == phaseEnded && c.final == client.StatusNotAllowed && !banned:
		c.token.refusals = 0
		c.phase = phaseIdle
		c.token.ask()
	}
}
