package connection

import (
	"cmp"
	"errors"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// unreachedTries is the number of dials in a row without an answer after which a chat that was
// never connected warns of it.
const unreachedTries = 3

// setup holds the reasons why a chat does not connect.
type setup struct {
	step *step.Step

	warned  string // the text of the last Warned; "": none since the chat was live
	refusal string // the relay's reason for refusing the last token; may be empty
	crowded bool   // the user has too many connections
}

// warn tells the page's developer about a mistake in the setup. It does not repeat a text until
// the chat was live.
func (s *setup) warn(code protocol.Code, text string) {
	if s.warned != text {
		s.warned = text
		s.step.Emit(client.Warned{Code: code, Reason: text})
	}
}

// warnOfToken warns of a missing token, or of one that the relay refuses.
func (s *setup) warnOfToken(token string, err error) {
	text := "the chat has no token: set the property getToken, or the attribute token"
	switch {
	case s.refusal != "":
		text = "the relay refuses the token: " + s.refusal
	case err != nil && !errors.Is(err, client.ErrNoToken):
		text = err.Error()
	case token != "":
		text = "the relay refuses the token: give another one by getToken, or set a new one"
	}
	s.warn(protocol.CodeUnauthorized, text)
}

// unreached warns of a relay that has not answered several dials.
func (c *Connection) unreached() {
	if c.tries >= unreachedTries && !c.wasJoined && !c.deviceOffline {
		c.warn(client.CodeUnreached, "the relay does not answer")
	}
}

// tooMany tells the user and the page's developer that the user has too many connections. The chat
// keeps trying.
func (c *Connection) tooMany(reason string) {
	c.warn(protocol.CodeRateLimited, cmp.Or(reason, "too many connections")+
		": this user has as many chats open as the relay allows; this one waits until another is closed (--conns-per-user)")
	c.Lose()
	c.crowded = true
}
