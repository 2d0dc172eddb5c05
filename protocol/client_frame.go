package protocol

import "sync"

// ClientFrame is a frame that a client sends: one of [Hello], [Join], [Leave],
// [Send], [Edit], [Delete], [React], [Pin], [Moderate], [Report], [Adjust],
// [Register], [MakeTurn], [HandOn], [Want], [Typing], [Read], [Ping].
type ClientFrame interface{ clientFrame(c *codec) }

// Encode returns the JSON of a client's frame.
func Encode(f ClientFrame) []byte {
	var c codec
	f.clientFrame(&c)
	return c.out
}

// decoders holds codecs for the next frames, because they are larger than most frames.
var decoders = sync.Pool{New: func() any { return &codec{input: new(input)} }}

// DecodeClient decodes and checks a client's frame; l bounds its text. The transport bounds
// the frame: it must not read more than l.FrameBytes. The error is a *[FrameError].
func DecodeClient(data []byte, l Limits) (ClientFrame, error) {
	c := decoders.Get().(*codec)
	defer decoders.Put(c)
	c.again(data)
	c.restrict(l, nothingGiven)
	f := c.readClientFrame(frameType(data))
	if err := c.err(); err != nil {
		return nil, err
	}
	return f, nil
}

// clientFrames are the frames of a client.
var clientFrames = []struct {
	typ  string
	read func(c *codec) ClientFrame
}{
	{"hello", func(c *codec) ClientFrame { f := Hello{}; f.fields(c); return f }},
	{"join", func(c *codec) ClientFrame { f := Join{}; f.fields(c); return f }},
	{"leave", func(c *codec) ClientFrame { f := Leave{}; f.fields(c); return f }},
	{"send", func(c *codec) ClientFrame { f := Send{}; f.fields(c); return f }},
	{"edit", func(c *codec) ClientFrame { f := Edit{}; f.fields(c); return f }},
	{"delete", func(c *codec) ClientFrame { f := Delete{}; f.fields(c); return f }},
	{"react", func(c *codec) ClientFrame { f := React{}; f.fields(c); return f }},
	{"pin", func(c *codec) ClientFrame { f := Pin{}; f.fields(c); return f }},
	{"moderate", func(c *codec) ClientFrame { f := Moderate{}; f.fields(c); return f }},
	{"report", func(c *codec) ClientFrame { f := Report{}; f.fields(c); return f }},
	{"settings", func(c *codec) ClientFrame { f := Adjust{}; f.fields(c); return f }},
	{"device", func(c *codec) ClientFrame { f := Register{}; f.fields(c); return f }},
	{"turn", func(c *codec) ClientFrame { f := MakeTurn{}; f.fields(c); return f }},
	{"wraps", func(c *codec) ClientFrame { f := HandOn{}; f.fields(c); return f }},
	{"want", func(c *codec) ClientFrame { f := Want{}; f.fields(c); return f }},
	{"typing", func(c *codec) ClientFrame { f := Typing{}; f.fields(c); return f }},
	{"read", func(c *codec) ClientFrame { f := Read{}; f.fields(c); return f }},
	{"ping", func(c *codec) ClientFrame { f := Ping{}; f.fields(c); return f }},
}

func (c *codec) readClientFrame(typ []byte) ClientFrame {
	for _, known := range clientFrames {
		if known.typ == string(typ) {
			return known.read(c)
		}
	}
	var f Unknown
	f.fields(c) // fields refuses it
	return nil
}

// Hello is the first frame. It comes again with a fresh token before the old one expires.
type Hello struct {
	Token  string
	Client string // for the operator: "hallway-chat/1.2.0"
}

func (f *Hello) fields(c *codec) {
	for c.frame("hello") {
		c.str("token", &f.Token, must)
		c.str("client", &f.Client, opt)
	}
}

func (f Hello) clientFrame(c *codec) { f.fields(c) }

// Join starts the live stream of a room; joining again asks for its head.
type Join struct{ Room string }

func (f *Join) fields(c *codec) {
	for c.frame("join") {
		roomField(c, &f.Room)
	}
}

func (f Join) clientFrame(c *codec) { f.fields(c) }

// Leave ends the live stream of a room.
type Leave struct{ Room string }

func (f *Leave) fields(c *codec) {
	for c.frame("leave") {
		roomField(c, &f.Room)
	}
}

func (f Leave) clientFrame(c *codec) { f.fields(c) }

// Send makes a message. A stored id asks for that message again.
type Send struct {
	Room, ID  string
	Text      string
	Encrypted *Encrypted // in place of Text
	Mentions  []Mention  // in Text
	Files     []Attachment
	SentAt    string // RFC 3339
	ReplyTo   string
}

func (f *Send) fields(c *codec) {
	for c.frame("send") {
		messageFields(c, &f.Room, &f.ID)
		contentFields(c, &f.Text, &f.Encrypted, len(f.Files) > 0)
		mentionsField(c, &f.Text, &f.Mentions)
		c.lateStr("sent_at", &f.SentAt)
		c.str("reply_to", &f.ReplyTo, opt)
		attachmentsField(c, "files", &f.Files)
	}
}

func (f Send) clientFrame(c *codec) { f.fields(c) }

// Edit changes the content of the user's own message.
type Edit struct {
	Room, ID  string
	Text      string
	Encrypted *Encrypted // in place of Text
	Mentions  []Mention  // in Text
}

func (f *Edit) fields(c *codec) {
	for c.frame("edit") {
		messageFields(c, &f.Room, &f.ID)
		contentFields(c, &f.Text, &f.Encrypted, false)
		mentionsField(c, &f.Text, &f.Mentions)
	}
}

func (f Edit) clientFrame(c *codec) { f.fields(c) }

// Delete turns a message into a tombstone.
type Delete struct{ Room, ID string }

func (f *Delete) fields(c *codec) {
	for c.frame("delete") {
		messageFields(c, &f.Room, &f.ID)
	}
}

func (f Delete) clientFrame(c *codec) { f.fields(c) }

// React adds the user's reaction to a message, or takes it back.
type React struct {
	Room, ID string
	Emoji    string
	On       bool
}

func (f *React) fields(c *codec) {
	for c.frame("react") {
		messageFields(c, &f.Room, &f.ID)
		c.str("emoji", &f.Emoji, must)
		c.bool("on", &f.On, must)
	}
}

func (f React) clientFrame(c *codec) { f.fields(c) }

// Pin pins or unpins a message.
type Pin struct {
	Room, ID string
	On       bool
}

func (f *Pin) fields(c *codec) {
	for c.frame("pin") {
		messageFields(c, &f.Room, &f.ID)
		c.bool("on", &f.On, must)
	}
}

func (f Pin) clientFrame(c *codec) { f.fields(c) }

// Moderate mutes, bans or removes a user, deletes a user's messages, or ends a mute or a ban. Moderators and organizers
// may send it about users of a lower role.
type Moderate struct {
	Room   string
	Act    Act
	User   string // the user's id
	ForMs  int64  // the duration of a mute or a ban; 0: for ever
	Reason string // a text for people; may be empty
}

func (f *Moderate) fields(c *codec) {
	for c.frame("moderate") {
		roomField(c, &f.Room)
		c.str("act", (*string)(&f.Act), must)
		c.str("user", &f.User, must)
		c.lateInt("for_ms", &f.ForMs, f.Act.Lasts())
		c.str("reason", &f.Reason, opt)
	}
}

func (f Moderate) clientFrame(c *codec) { f.fields(c) }

// Report reports a message to the moderators.
type Report struct {
	Room, ID string
	Reason   string
}

func (f *Report) fields(c *codec) {
	for c.frame("report") {
		messageFields(c, &f.Room, &f.ID)
		c.str("reason", &f.Reason, must)
		if c.phase == limits && f.Reason == "" {
			c.refuse(CodeBadRequest, "the reason is empty")
		}
	}
}

func (f Report) clientFrame(c *codec) { f.fields(c) }

// Adjust (type "settings") changes the named settings of a room: slow mode, which moderators and organizers may change,
// and frozen, which organizers may.
type Adjust struct {
	Room      string
	SlowModeS *int64
	Frozen    *bool
}

func (f *Adjust) fields(c *codec) {
	for c.frame("settings") {
		roomField(c, &f.Room)
		c.maybeInt("slow_mode_s", &f.SlowModeS)
		c.maybeBool("frozen", &f.Frozen)
		if c.phase == limits && f.SlowModeS == nil && f.Frozen == nil {
			c.refuse(CodeBadRequest, "slow_mode_s or frozen is missing")
		}
	}
}

func (f Adjust) clientFrame(c *codec) { f.fields(c) }

// Typing tells the other users in the room that the user is writing.
type Typing struct{ Room string }

func (f *Typing) fields(c *codec) {
	for c.frame("typing") {
		roomField(c, &f.Room)
	}
}

func (f Typing) clientFrame(c *codec) { f.fields(c) }

// Read moves the user's read marker forward. From the relay it reports that another device of the user has moved the
// marker.
type Read struct {
	Room string
	Seq  int64
}

func (f *Read) fields(c *codec) {
	for c.frame("read") {
		roomField(c, &f.Room)
		c.int("seq", &f.Seq, must)
	}
}

// Append appends the frame's JSON to dst.
func (f Read) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (f Read) clientFrame(c *codec)     { f.fields(c) }
func (Read) relayFrame()                {}

// Ping is the application's heartbeat. T is a JSON number as the client wrote it, which [Pong] returns; it may be
// empty.
type Ping struct{ T string }

func (f *Ping) fields(c *codec) {
	for c.frame("ping") {
		c.number("t", &f.T)
	}
}

func (f Ping) clientFrame(c *codec) { f.fields(c) }
