package core

import (
	"hallway/component/client"
	"hallway/protocol"
)

// composerOpen reports whether the user may write and send.
func (c *Client) composerOpen() bool {
	if !c.loaded() || !c.outbox.IsReady() || c.conn.IsEnded() || c.outbox.IsFull() || c.silenced() != "" {
		return false
	}
	return c.cfg.Offline == client.OfflineQueue || c.conn.IsJoined() && c.sync.reached
}

// sendText queues a message, or refuses it.
func (c *Client) sendText(ev client.SendText) {
	text := protocol.CleanText(ev.Text)
	code, reason := protocol.CheckText(text, c.limits.TextBytes)
	why := protocol.Why("")
	switch {
	case code != "":
	case c.conn.IsEnded():
		code, reason = protocol.CodeForbidden, "the chat has ended"
	case c.silenced() != "":
		code, reason, why = protocol.CodeForbidden, silencedReasons[c.silenced()], c.silenced()
	case c.outbox.IsFull():
		code, reason = protocol.CodeUnavailable, "too many messages wait to be sent"
	case c.cfg.Offline == client.OfflineDisable && !c.composerOpen():
		code, reason = protocol.CodeUnavailable, "the chat is not connected"
	case c.outbox.Has(ev.ID):
		code, reason = protocol.CodeConflict, "the id is taken"
	}
	if code != "" {
		c.step.Emit(client.Refused{Code: code, Reason: reason, ID: ev.ID, Why: why})
		return
	}
	c.outbox.Send(ev.ID, text, ev.ReplyTo)
	c.load(wantEnd) // who writes wants to see it
}
