package core

import (
	"errors"

	"hallway/component/client"
	"hallway/protocol"
)

// unreachedTries is after how many dials in a row without an answer a chat that was
// never connected warns of it.
const unreachedTries = 3

// setup is what stands in the way of a chat that does not come up.
type setup struct {
	warned  string // the sentence of the last Warned; "": none since the chat was live
	refusal string // the relay's words about the last token; may be empty
	crowded bool   // the user has too many connections
}

// warn tells the page's developer what is set up wrong. It repeats no sentence until
// the chat is live again.
func (c *Client) warn(code protocol.Code, text string) {
	if c.setup.warned != text {
		c.setup.warned = text
		c.emit(client.Warned{Code: code, Reason: text})
	}
}

// warnOfToken tells why there is no token to connect with, or why the relay refuses it.
func (c *Client) warnOfToken(err error) {
	switch {
	case c.setup.refusal != "":
		c.warn(protocol.CodeUnauthorized, "the relay refuses the token: "+c.setup.refusal)
	case err != nil && !errors.Is(err, client.ErrNoToken):
		c.warn(protocol.CodeUnauthorized, err.Error())
	case c.auth.token != "":
		c.warn(protocol.CodeUnauthorized, "the relay refuses the token: give another one by getToken, or set a new one")
	default:
		c.warn(protocol.CodeUnauthorized, "the chat has no token: set the property getToken, or the attribute token")
	}
}

// unreached warns of a relay that has not answered for some tries.
func (c *Client) unreached() {
	if c.conn.tries >= unreachedTries && !c.conn.wasJoined && !c.deviceOffline {
		c.warn(client.CodeUnreached, "the relay does not answer")
	}
}

// tooMany tells the user and the page's developer that another connection of the user's
// must end first. The chat goes on trying.
func (c *Client) tooMany(reason string) {
	c.warn(protocol.CodeRateLimited, orElse(reason, "too many connections")+
		": this user has as many chats open as the relay allows; this one waits until another is closed (--conns-per-user)")
	c.lost()
	c.setup.crowded = true
}

// orNone is err, or what it means that there is neither an error nor a token.
func orNone(err error) error {
	if err == nil {
		return errEmptyToken
	}
	return err
}

var errEmptyToken = errors.New("getToken gave an empty string, not a token")

// tokenSource asks the host's new source at once, where a token is what the chat lacks.
func (c *Client) tokenSource() {
	switch {
	case c.conn.phase == phaseIdle && (c.auth.asked || !c.auth.askAt.IsZero()):
		c.auth.asked = false // the source before may never answer
		c.askToken()
	case c.conn.phase == phaseEnded && c.conn.final == client.StatusNotAllowed && c.moderation.banned == nil:
		c.auth.refusals = 0
		c.conn.phase = phaseIdle
		c.askToken()
	}
}
