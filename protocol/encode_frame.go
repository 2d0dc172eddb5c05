package protocol

// Append appends the frame's JSON to dst.
func (f Hello) Append(dst []byte) []byte {
	o := frame(dst, "hello")
	o.str("token", f.Token)
	o.optStr("client", f.Client)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Join) Append(dst []byte) []byte { return roomFrame(dst, "join", f.Room) }

// Append appends the frame's JSON to dst.
func (f Leave) Append(dst []byte) []byte { return roomFrame(dst, "leave", f.Room) }

// Append appends the frame's JSON to dst.
func (f Typing) Append(dst []byte) []byte { return roomFrame(dst, "typing", f.Room) }

func roomFrame(dst []byte, typ, room string) []byte {
	o := frame(dst, typ)
	o.str("room", room)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Send) Append(dst []byte) []byte {
	o := frame(dst, "send")
	o.str("room", f.Room)
	o.str("id", f.ID)
	o.content(f.Text, f.Encrypted)
	o.optStr("sent_at", f.SentAt)
	o.optStr("reply_to", f.ReplyTo)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Edit) Append(dst []byte) []byte {
	o := frame(dst, "edit")
	o.str("room", f.Room)
	o.str("id", f.ID)
	o.content(f.Text, f.Encrypted)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Delete) Append(dst []byte) []byte {
	o := frame(dst, "delete")
	o.str("room", f.Room)
	o.str("id", f.ID)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f React) Append(dst []byte) []byte {
	o := frame(dst, "react")
	o.str("room", f.Room)
	o.str("id", f.ID)
	o.str("emoji", f.Emoji)
	o.bool("on", f.On)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Pin) Append(dst []byte) []byte {
	o := frame(dst, "pin")
	o.str("room", f.Room)
	o.str("id", f.ID)
	o.bool("on", f.On)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Moderate) Append(dst []byte) []byte {
	o := frame(dst, "moderate")
	o.str("room", f.Room)
	o.str("act", string(f.Act))
	o.str("user", f.User)
	if f.ForMs > 0 {
		o.int("for_ms", f.ForMs)
	}
	o.optStr("reason", f.Reason)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Report) Append(dst []byte) []byte {
	o := frame(dst, "report")
	o.str("room", f.Room)
	o.str("id", f.ID)
	o.str("reason", f.Reason)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Adjust) Append(dst []byte) []byte {
	o := frame(dst, "settings")
	o.str("room", f.Room)
	if f.SlowModeS != nil {
		o.int("slow_mode_s", *f.SlowModeS)
	}
	if f.Frozen != nil {
		o.bool("frozen", *f.Frozen)
	}
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Moderated) Append(dst []byte) []byte {
	o := frame(dst, "moderated")
	o.str("room", f.Room)
	o.str("act", string(f.Act))
	o.raw("user", f.User.Append)
	o.optTime("until", f.Until)
	o.optStr("reason", f.Reason)
	o.raw("by", f.By.Append)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Reported) Append(dst []byte) []byte {
	o := frame(dst, "reported")
	o.str("room", f.Room)
	o.str("id", f.ID)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Reports) Append(dst []byte) []byte {
	o := frame(dst, "reports")
	o.str("room", f.Room)
	o.int("open", f.Open)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Settings) Append(dst []byte) []byte {
	o := frame(dst, "settings")
	o.str("room", f.Room)
	o.int("slow_mode_s", f.SlowModeS)
	o.bool("frozen", f.Frozen)
	o.bool("archived", f.Archived)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Read) Append(dst []byte) []byte {
	o := frame(dst, "read")
	o.str("room", f.Room)
	o.int("seq", f.Seq)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Ping) Append(dst []byte) []byte { return tickFrame(dst, "ping", f.T) }

// Append appends the frame's JSON to dst.
func (f Pong) Append(dst []byte) []byte { return tickFrame(dst, "pong", f.T) }

// tickFrame writes t as it is: it was a JSON number when it was read.
func tickFrame(dst []byte, typ, t string) []byte {
	o := frame(dst, typ)
	if t != "" {
		o.raw("t", func(dst []byte) []byte { return append(dst, t...) })
	}
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Welcome) Append(dst []byte) []byte {
	o := frame(dst, "welcome")
	o.str("session", f.Session)
	o.raw("user", f.User.Append)
	o.str("server", f.Server)
	o.int("heartbeat_ms", f.HeartbeatMs)
	o.int("timeout_ms", f.TimeoutMs)
	o.raw("limits", func(dst []byte) []byte {
		l := begin(dst)
		l.int("text_bytes", f.Limits.TextBytes)
		l.int("frame_bytes", f.Limits.FrameBytes)
		return l.end()
	})
	if len(f.Features) > 0 {
		o.strs("features", f.Features)
	}
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Joined) Append(dst []byte) []byte {
	o := frame(dst, "joined")
	o.str("room", f.Room)
	o.str("epoch", f.Epoch)
	o.int("head", f.Head)
	o.int("members", f.Members)
	o.int("read", f.Read)
	o.str("role", string(f.Role))
	if f.Muted {
		o.bool("muted", true)
		o.optTime("muted_until", f.MutedUntil)
		o.optStr("muted_reason", f.MutedReason)
	}
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Changed) Append(dst []byte) []byte { return f.append(dst, f.Message.Append) }

// AppendEncoded is Append with the JSON of a message in place of f.Message.
func (f Changed) AppendEncoded(dst, message []byte) []byte {
	return f.append(dst, func(dst []byte) []byte { return append(dst, message...) })
}

func (f Changed) append(dst []byte, message func(dst []byte) []byte) []byte {
	o := frame(dst, "message")
	o.raw("message", message)
	if f.Cause != nil {
		o.raw("cause", func(dst []byte) []byte {
			c := begin(dst)
			c.str("by", f.Cause.By)
			c.str("emoji", f.Cause.Emoji)
			c.bool("on", f.Cause.On)
			return c.end()
		})
	}
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Typist) Append(dst []byte) []byte {
	o := frame(dst, "typing")
	o.str("room", f.Room)
	o.raw("user", f.User.Append)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Presence) Append(dst []byte) []byte {
	o := frame(dst, "presence")
	o.str("room", f.Room)
	o.int("members", f.Members)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Error) Append(dst []byte) []byte {
	o := frame(dst, "error")
	o.str("code", string(f.Code))
	o.str("message", f.Message)
	o.optStr("room", f.Room)
	o.optStr("id", f.ID)
	if f.RetryAfterMs > 0 {
		o.int("retry_after_ms", f.RetryAfterMs)
	}
	o.optStr("of", f.Of)
	o.optStr("why", string(f.Why))
	o.optTime("until", f.Until)
	o.optStr("reason", f.Reason)
	return o.end()
}

// Append appends the frame's JSON to dst.
func (f Goaway) Append(dst []byte) []byte {
	o := frame(dst, "goaway")
	o.int("reconnect_after_ms", f.ReconnectAfterMs)
	return o.end()
}

// Append appends a frame with nothing but its type.
func (f Unknown) Append(dst []byte) []byte {
	o := begin(dst)
	o.str("type", f.Type)
	return o.end()
}
