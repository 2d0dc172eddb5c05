package connection

import (
	"errors"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// refreshLead is how long before its expiry a token is refreshed, at most; never
// earlier than after four fifths of its time.
const refreshLead = time.Minute

var errEmptyToken = errors.New("getToken gave an empty string, not a token")

// token is the state of the token.
type token struct {
	step *step.Step

	text  string
	user  string // its sub
	fresh bool   // not yet refused

	asked    bool      // GetToken is under way
	askAt    time.Time // refresh, or the next try to get one
	failures int       // tries in a row that brought no token
	refusals int       // tokens in a row that the relay refused
}

// accepted notes that the relay took the token.
func (t *token) accepted() { t.refusals, t.failures = 0, 0 }

// ask asks the host for a token, unless that is under way.
func (t *token) ask() {
	t.askAt = time.Time{}
	if !t.asked {
		t.asked = true
		t.step.Emit(client.GetToken{})
	}
}

// schedule plans the refresh by this device's clock. If that is wrong, 4401 tells.
func (t *token) schedule(expires time.Time) {
	t.askAt = time.Time{}
	if left := expires.Sub(t.step.Now); !expires.IsZero() && left > 0 {
		t.askAt = t.step.Now.Add(left - min(refreshLead, left/5))
	}
}

// TokenGot takes the host's answer, and reports whether there is a new token.
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

// TokenRefused takes the refusal of the token by a request over REST: another one is
// asked for.
func (c *Connection) TokenRefused() {
	c.token.fresh = false
	c.token.ask()
}

// dialSoon dials at once, but after a refused token with the usual wait.
func (c *Connection) dialSoon() {
	if c.token.refusals == 0 {
		c.dial()
		return
	}
	c.phase = phaseWaiting
	c.dialAt = c.step.Now.Add(c.step.Jitter(c.token.refusals))
}

// setToken takes a token. With another user's token the chat starts over: nothing of one
// user may show under the other.
func (c *Connection) setToken(text string) {
	claims, _ := protocol.ReadClaims(text)
	before := c.token.user
	if claims.Subject != before && before != "" {
		begun := c.phase != phaseEnded
		c.hangUp()
		if begun {
			c.phase = phaseIdle // also if it waited for the next dial
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

// tokenRefused gets a new token after the relay closed the connection, and
// stops after several refusals.
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

// TokenSource asks the host's new source at once if the chat lacks a token.
func (c *Connection) TokenSource(banned bool) {
	switch {
	case c.phase == phaseIdle && (c.token.asked || !c.token.askAt.IsZero()):
		c.token.asked = false // the source before may never answer
		c.token.ask()
	case c.phase == phaseEnded && c.final == client.StatusNotAllowed && !banned:
		c.token.refusals = 0
		c.phase = phaseIdle
		c.token.ask()
	}
}
