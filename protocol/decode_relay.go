package protocol

import "errors"

// value reads members of a known kind in what a relay sends. Another kind is
// an error of the whole, where nothing may be guessed.
type value struct{ scanner }

var errKind = errors.New("has a member of the wrong kind")

func (v *value) want(ok bool) {
	if !ok {
		v.fail(errKind)
	}
}

func (v *value) str(dst *string) {
	if v.word("null") {
		return
	}
	var ok bool
	*dst, ok = v.text()
	v.want(ok)
}

func (v *value) int(dst *int64) {
	var ok bool
	*dst, ok = v.integer()
	v.want(ok)
}

func (v *value) bool(dst *bool) {
	var ok bool
	*dst, ok = v.boolean()
	v.want(ok)
}

func (v *value) time(dst *Time) {
	s, ok := v.text()
	v.want(ok)
	t, err := parseTime(s)
	v.want(err == nil)
	*dst = t
}

func (v *value) strs(dst *[]string) {
	v.array(func() {
		var s string
		v.str(&s)
		*dst = append(*dst, s)
	})
}

func (v *value) user(u *User) {
	v.object(func(name string) {
		switch name {
		case "id":
			v.str(&u.ID)
		case "name":
			v.str(&u.Name)
		case "role":
			v.str((*string)(&u.Role))
		default:
			v.skip()
		}
	})
}

func (v *value) message(m *Message) {
	v.object(func(name string) {
		switch name {
		case "room":
			v.str(&m.Room)
		case "id":
			v.str(&m.ID)
		case "seq":
			v.int(&m.Seq)
		case "rev":
			v.int(&m.Rev)
		case "sender":
			v.user(&m.Sender)
		case "created_at":
			v.time(&m.CreatedAt)
		case "sent_at":
			v.str(&m.SentAt)
		case "text":
			v.str(&m.Text)
		case "encrypted":
			var ok bool
			m.Encrypted, ok = v.encrypted()
			v.want(ok)
		case "reply_to":
			v.str(&m.ReplyTo)
		case "edited_at":
			v.time(&m.EditedAt)
		case "deleted_at":
			v.time(&m.DeletedAt)
		case "pinned":
			v.bool(&m.Pinned)
		case "reactions":
			v.reactions(m)
		case "mine":
			v.strs(&m.Mine)
		default:
			v.skip()
		}
	})
	v.want(m.ID != "" && m.Seq > 0 && m.Rev >= m.Seq)
}

func (v *value) reactions(m *Message) {
	v.object(func(emoji string) {
		r := Reaction{Emoji: emoji}
		v.object(func(name string) {
			switch name {
			case "count":
				v.int(&r.Count)
			case "users":
				v.strs(&r.Users)
			default:
				v.skip()
			}
		})
		m.Reactions = append(m.Reactions, r)
	})
}

// DecodeRelay decodes a relay's frame. Unknown members are passed over, and a
// frame of an unknown type is an [Unknown].
func DecodeRelay(data []byte) (RelayFrame, error) {
	var typ string
	head := value{scanner{data: data}}
	head.object(func(name string) {
		if name == "type" {
			head.str(&typ)
		} else {
			head.skip()
		}
	})
	head.end()
	if head.err != nil {
		return nil, errors.New("protocol: the relay's frame " + head.err.Error())
	}
	v := value{scanner{data: data}}
	f := v.frame(typ)
	if v.err != nil {
		return nil, errors.New("protocol: the relay's " + typ + " " + v.err.Error())
	}
	return f, nil
}

func (v *value) frame(typ string) RelayFrame {
	switch typ {
	case "welcome":
		return v.welcome()
	case "joined":
		return v.joined()
	case "message":
		return v.changed()
	case "error":
		return v.error()
	case "moderated":
		return v.moderated()
	case "settings":
		return v.settings()
	case "reported":
		var f Reported
		v.members(&f.Room, func(name string) bool {
			if name != "id" {
				return false
			}
			v.str(&f.ID)
			return true
		})
		return f
	case "reports":
		var f Reports
		v.members(&f.Room, v.intNamed("open", &f.Open))
		return f
	case "typing":
		var f Typist
		v.members(&f.Room, func(name string) bool {
			if name != "user" {
				return false
			}
			v.user(&f.User)
			return true
		})
		return f
	case "presence":
		var f Presence
		v.members(&f.Room, v.intNamed("members", &f.Members))
		return f
	case "read":
		var f Read
		v.members(&f.Room, v.intNamed("seq", &f.Seq))
		return f
	case "goaway":
		var f Goaway
		v.members(nil, v.intNamed("reconnect_after_ms", &f.ReconnectAfterMs))
		return f
	case "pong":
		var f Pong
		v.members(nil, func(name string) bool {
			if name != "t" {
				return false
			}
			f.T, _ = v.literal()
			return true
		})
		return f
	}
	return Unknown{Type: typ}
}

// members consumes a frame: its room where it has one, what one takes, and
// passes over the rest.
func (v *value) members(room *string, one func(name string) bool) {
	v.object(func(name string) {
		switch {
		case name == "room" && room != nil:
			v.str(room)
		case !one(name):
			v.skip()
		}
	})
}

func (v *value) intNamed(want string, dst *int64) func(string) bool {
	return func(name string) bool {
		if name != want {
			return false
		}
		v.int(dst)
		return true
	}
}

func (v *value) welcome() Welcome {
	var f Welcome
	v.object(func(name string) {
		switch name {
		case "session":
			v.str(&f.Session)
		case "user":
			v.user(&f.User)
		case "server":
			v.str(&f.Server)
		case "heartbeat_ms":
			v.int(&f.HeartbeatMs)
		case "timeout_ms":
			v.int(&f.TimeoutMs)
		case "limits":
			v.object(func(name string) {
				switch name {
				case "text_bytes":
					v.int(&f.Limits.TextBytes)
				case "frame_bytes":
					v.int(&f.Limits.FrameBytes)
				default:
					v.skip()
				}
			})
		case "features":
			v.strs(&f.Features)
		default:
			v.skip()
		}
	})
	return f
}

func (v *value) joined() Joined {
	var f Joined
	v.object(func(name string) {
		switch name {
		case "room":
			v.str(&f.Room)
		case "epoch":
			v.str(&f.Epoch)
		case "head":
			v.int(&f.Head)
		case "members":
			v.int(&f.Members)
		case "read":
			v.int(&f.Read)
		case "role":
			v.str((*string)(&f.Role))
		case "muted":
			v.bool(&f.Muted)
		case "muted_until":
			v.time(&f.MutedUntil)
		case "muted_reason":
			v.str(&f.MutedReason)
		default:
			v.skip()
		}
	})
	return f
}

func (v *value) moderated() Moderated {
	var f Moderated
	v.object(func(name string) {
		switch name {
		case "room":
			v.str(&f.Room)
		case "act":
			v.str((*string)(&f.Act))
		case "user":
			v.user(&f.User)
		case "until":
			v.time(&f.Until)
		case "reason":
			v.str(&f.Reason)
		case "by":
			v.user(&f.By)
		default:
			v.skip()
		}
	})
	return f
}

func (v *value) settings() Settings {
	var f Settings
	v.object(func(name string) {
		switch name {
		case "room":
			v.str(&f.Room)
		case "slow_mode_s":
			v.int(&f.SlowModeS)
		case "frozen":
			v.bool(&f.Frozen)
		case "archived":
			v.bool(&f.Archived)
		default:
			v.skip()
		}
	})
	return f
}

func (v *value) changed() Changed {
	var f Changed
	v.object(func(name string) {
		switch name {
		case "message":
			v.message(&f.Message)
		case "cause":
			f.Cause = &Cause{}
			v.object(func(name string) {
				switch name {
				case "by":
					v.str(&f.Cause.By)
				case "emoji":
					v.str(&f.Cause.Emoji)
				case "on":
					v.bool(&f.Cause.On)
				default:
					v.skip()
				}
			})
		default:
			v.skip()
		}
	})
	v.want(f.Message.ID != "")
	return f
}

func (v *value) error() Error {
	var f Error
	v.object(func(name string) {
		switch name {
		case "code":
			v.str((*string)(&f.Code))
		case "message":
			v.str(&f.Message)
		case "room":
			v.str(&f.Room)
		case "id":
			v.str(&f.ID)
		case "retry_after_ms":
			v.int(&f.RetryAfterMs)
		case "of":
			v.str(&f.Of)
		case "why":
			v.str((*string)(&f.Why))
		case "until":
			v.time(&f.Until)
		case "reason":
			v.str(&f.Reason)
		default:
			v.skip()
		}
	})
	return f
}
