package core

import (
	"errors"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// auth is the state of the token.
type auth struct {
	token   string
	user    string // the token's sub
	expires time.Time
	fresh   bool // not yet refused

	asked    bool      // GetToken is under way
	askAt    time.Time // refresh, or the next try to get one
	failures int       // tries in a row that brought no token
	refusals int       // tokens in a row that the relay refused
}

// accepted notes that the relay took the token.
func (a *auth) accepted() { a.refusals, a.failures = 0, 0 }

func (c *Client) askToken() {
	c.auth.askAt = time.Time{}
	if !c.auth.asked {
		c.auth.asked = true
		c.emit(client.GetToken{})
	}
}

func (c *Client) tokenGot(ev client.TokenGot) {
	c.auth.asked = false
	if ev.Err != nil || ev.Token == "" {
		c.noToken(ev.Err)
		return
	}
	c.auth.failures = 0
	c.setToken(ev.Token)
	switch p := c.conn.phase; {
	case p.open():
		c.write(protocol.Hello{Token: ev.Token, Client: c.cfg.Client})
	case p == phaseIdle:
		c.dialSoon()
	case p == phaseEnded && c.conn.final == client.StatusNotAllowed:
		c.auth.refusals = 0
		c.dial()
	}
	if c.sync.needsToken {
		c.sync.needsToken = false
		c.fetch()
	}
	if c.search.needsToken {
		c.askFound()
	}
	if c.review.needsToken {
		c.askReview()
	}
}

// A tokenWait is of what is asked for beside the connection, and may have its token
// refused.
type tokenWait struct {
	needsToken bool // it waits for a fresh token
	refusals   int  // tokens in a row that were refused
}

// waitsForToken has what was refused wait for a fresh token; false: too many were refused
// in a row.
func (c *Client) waitsForToken(w *tokenWait) bool {
	if w.refusals++; w.refusals >= refusalsMax {
		return false
	}
	w.needsToken = true
	c.auth.fresh = false
	c.askToken()
	return true
}

// dialSoon dials at once, but after a refused token with the usual wait.
func (c *Client) dialSoon() {
	if c.auth.refusals == 0 {
		c.dial()
		return
	}
	c.conn.phase = phaseWaiting
	c.conn.dialAt = c.now.Add(c.jitter(c.auth.refusals))
}

// setToken takes a token, and with another user's begins anew: nothing of one
// user may show under the other.
func (c *Client) setToken(token string) {
	claims, _ := protocol.ReadClaims(token)
	if claims.Subject != c.auth.user && c.auth.user != "" {
		c.changeUser()
	}
	c.auth.token, c.auth.expires, c.auth.fresh = token, claims.Expires, true
	c.auth.askAt = time.Time{}
	// By this device's clock; where that is wrong, 4401 tells.
	if left := claims.Expires.Sub(c.now); !claims.Expires.IsZero() && left > 0 {
		c.auth.askAt = c.now.Add(left - min(refreshLead, left/5))
	}
	if claims.Subject != c.auth.user {
		c.auth.user = claims.Subject
		c.emit(client.LoadOutbox{User: claims.Subject})
	}
}

func (c *Client) changeUser() {
	reconnect := c.conn.phase == phaseDialing || c.conn.phase.open()
	c.hangUp(protocol.CloseNormal)
	if reconnect {
		c.conn.phase = phaseIdle
	}
	c.me = protocol.User{}
	c.outbox, c.tabs, c.changes = outbox{}, tabs{}, changes{}
	c.reading, c.search = reading{}, search{req: c.search.req + 1}
	c.moderation, c.review = moderation{}, review{req: c.review.req + 1}
	c.startOver()
	c.setUnread(0)
}

// noToken tries again later, unless there is no way to get one.
func (c *Client) noToken(err error) {
	if errors.Is(err, client.ErrNoToken) {
		if c.auth.token == "" || !c.auth.fresh {
			c.end(client.StatusNotAllowed, "a valid token is needed")
			c.warnOfToken(err)
		}
		return
	}
	c.setup.refusal = ""
	c.warnOfToken(orNone(err))
	c.auth.failures++
	c.auth.askAt = c.now.Add(c.jitter(c.auth.failures))
	c.changed = true
}

// tokenRefused gets a new token after the relay closed the connection, and
// stops after several refusals.
func (c *Client) tokenRefused() {
	c.hangUp(protocol.CloseNormal)
	c.conn.phase = phaseIdle
	c.auth.fresh = false
	if c.auth.refusals++; c.auth.refusals >= refusalsMax {
		c.end(client.StatusNotAllowed, "the relay refuses the token")
		c.warnOfToken(nil)
		return
	}
	c.askToken()
}
