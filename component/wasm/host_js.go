package main

import (
	"syscall/js"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// host sends events to the page around the element. The driver's goroutine owns
// it.
type host struct {
	bridge  js.Value
	status  client.Status // the last sent status
	retryAt time.Time
	unread  int
	// mentions is the last sent number of mentions. mentioned is a new message with a mention that was not sent yet.
	mentions  int
	mentioned *protocol.Message
	reports   int64
}

func (h *host) emit(event string, detail map[string]any) { h.bridge.Call("emit", event, detail) }

// changed sends the page the changes in a snapshot.
func (h *host) changed(s *client.Snapshot) {
	if s.Status != h.status || !s.RetryAt.Equal(h.retryAt) {
		h.status, h.retryAt = s.Status, s.RetryAt
		detail := map[string]any{"status": string(s.Status)}
		if s.Status == client.StatusReconnecting {
			detail["retryInMs"] = max(0, time.Until(s.RetryAt).Milliseconds())
		}
		h.emit("status", detail)
	}
	if s.Unread != h.unread {
		h.unread = s.Unread
		h.emit("unread", map[string]any{"count": s.Unread})
	}
	if s.Mentions != h.mentions {
		h.mentions = s.Mentions
		detail := map[string]any{"count": s.Mentions}
		if m := h.mentioned; m != nil && protocol.MentionsUser(m.Mentions, s.Me.ID) {
			detail["message"] = parsed(m)
		}
		h.emit("mention", detail)
	}
	h.mentioned = nil
	if s.Reports != h.reports {
		h.reports = s.Reports
		h.emit("reports", map[string]any{"open": s.Reports})
	}
}

// arrived sends the page a message in the form of the wire, with its mark.
func (h *host) arrived(m *protocol.Message, mark client.Mark) {
	if len(m.Mentions) > 0 && mark == client.MarkNone {
		h.mentioned = m
	}
	detail := map[string]any{"message": parsed(m)}
	if mark != client.MarkNone {
		detail["mark"] = string(mark)
	}
	h.emit("message", detail)
}

func parsed(m *protocol.Message) js.Value {
	return js.Global().Get("JSON").Call("parse", string(m.Append(nil)))
}

// failed sends the page an event about a refusal or a mistake in the setup.
func (h *host) failed(event string, code protocol.Code, reason string) {
	h.emit(event, map[string]any{"code": string(code), "message": reason})
}
