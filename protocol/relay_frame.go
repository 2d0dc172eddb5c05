package protocol

import "strconv"

// RelayFrame is a frame that the relay sends: one of [Welcome], [Joined], [Changed],
// [Typist], [Presence], [Read], [Moderated], [Reported], [Reports], [Settings], [Registered],
// [Turned], [Wrapped], [Wanted], [Due], [Pong], [Error], [Goaway]. Decoded from a relay of a later version it may be [Unknown].
type RelayFrame interface {
	// Append appends the frame's JSON to dst.
	Append(dst []byte) []byte
	relayFrame()
}

// DecodeRelay decodes a relay's frame. It skips unknown members, and decodes a frame of an unknown type as [Unknown].
func DecodeRelay(data []byte) (RelayFrame, error) {
	c := read(data)
	f := c.readRelayFrame(frameType(data))
	if err := c.broken("frame"); err != nil {
		return nil, err
	}
	return f, nil
}

// relayFrames are the frames of the relay.
var relayFrames = []struct {
	typ  string
	read func(c *codec) RelayFrame
}{
	{"welcome", func(c *codec) RelayFrame { f := Welcome{}; f.fields(c); return f }},
	{"joined", func(c *codec) RelayFrame { f := Joined{}; f.fields(c); return f }},
	{"message", func(c *codec) RelayFrame { f := Changed{}; f.fields(c); return f }},
	{"typing", func(c *codec) RelayFrame { f := Typist{}; f.fields(c); return f }},
	{"presence", func(c *codec) RelayFrame { f := Presence{}; f.fields(c); return f }},
	{"read", func(c *codec) RelayFrame { f := Read{}; f.fields(c); return f }},
	{"moderated", func(c *codec) RelayFrame { f := Moderated{}; f.fields(c); return f }},
	{"reported", func(c *codec) RelayFrame { f := Reported{}; f.fields(c); return f }},
	{"reports", func(c *codec) RelayFrame { f := Reports{}; f.fields(c); return f }},
	{"settings", func(c *codec) RelayFrame { f := Settings{}; f.fields(c); return f }},
	{"device", func(c *codec) RelayFrame { f := Registered{}; f.fields(c); return f }},
	{"turned", func(c *codec) RelayFrame { f := Turned{}; f.fields(c); return f }},
	{"wrapped", func(c *codec) RelayFrame { f := Wrapped{}; f.fields(c); return f }},
	{"wanted", func(c *codec) RelayFrame { f := Wanted{}; f.fields(c); return f }},
	{"due", func(c *codec) RelayFrame { f := Due{}; f.fields(c); return f }},
	{"pong", func(c *codec) RelayFrame { f := Pong{}; f.fields(c); return f }},
	{"error", func(c *codec) RelayFrame { f := Error{}; f.fields(c); return f }},
	{"goaway", func(c *codec) RelayFrame { f := Goaway{}; f.fields(c); return f }},
}

func (c *codec) readRelayFrame(typ []byte) RelayFrame {
	for _, known := range relayFrames {
		if known.typ == string(typ) {
			return known.read(c)
		}
	}
	var f Unknown
	f.fields(c)
	return f
}

// Welcome answers the first Hello.
type Welcome struct {
	Session     string
	User        User
	Server      string // "hallway/1.4.0"
	HeartbeatMs int64
	TimeoutMs   int64
	Limits      Limits
	// Features names the relay's features beyond the first form of version 1.
	Features []string
}

func (f *Welcome) fields(c *codec) {
	for c.frame("welcome") {
		c.str("session", &f.Session, must)
		userField(c, "user", &f.User, wholeProfile)
		c.str("server", &f.Server, must)
		c.int("heartbeat_ms", &f.HeartbeatMs, must)
		c.int("timeout_ms", &f.TimeoutMs, must)
		if c.enter("limits") {
			for c.walk() {
				c.int("text_bytes", &f.Limits.TextBytes, must)
				c.int("frame_bytes", &f.Limits.FrameBytes, must)
				c.int("file_bytes", &f.Limits.FileBytes, opt)
				c.int("message_files", &f.Limits.MessageFiles, opt)
			}
		}
		c.stringList("features", &f.Features, opt)
	}
}

// Append appends the frame's JSON to dst.
func (f Welcome) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Welcome) relayFrame()                {}

// Limits bound a client's frames.
type Limits struct {
	TextBytes  int64
	FrameBytes int64
	// If the relay accepts no files, both are 0:

	FileBytes    int64 // of a file
	MessageFiles int64 // of a message
}

// Joined answers Join. The stream then contains every change with a rev above Head.
type Joined struct {
	Room    string
	Epoch   string
	Head    int64
	Members int64 // the number of users in the room now, this one included
	Read    int64 // the user's read marker
	Role    Role  // the user's role in this room
	// Mentions counts the unread messages of others that mention the user or everybody.
	Mentions int64
	// Muted reports that the user may not write.
	Muted       bool
	MutedUntil  Time // 0: for ever
	MutedReason string
	E2EE        *Locked // of an end-to-end encrypted room; nil: it is not encrypted
}

func (f *Joined) fields(c *codec) {
	for c.frame("joined") {
		roomField(c, &f.Room)
		c.str("epoch", &f.Epoch, must)
		c.int("head", &f.Head, must)
		c.int("members", &f.Members, must)
		c.int("read", &f.Read, must)
		c.str("role", (*string)(&f.Role), must)
		c.int("mentions", &f.Mentions, opt)
		c.bool("muted", &f.Muted, opt)
		if f.Muted || c.phase != writing {
			c.time("muted_until", &f.MutedUntil, opt)
			c.str("muted_reason", &f.MutedReason, opt)
		}
		lockedField(c, "e2ee", &f.E2EE)
	}
}

// Append appends the frame's JSON to dst.
func (f Joined) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Joined) relayFrame()                {}

// Changed (type "message") is a message at a new rev. With the user's own id it acknowledges that the change is durably
// stored.
type Changed struct {
	Message Message
	Cause   *Cause // of a reaction
	// After is the rev above which this stream has sent all changes up to the message's rev; nil: the rev before.
	After *int64
}

func (f *Changed) fields(c *codec) {
	for c.frame("message") {
		if c.enter("message") {
			f.Message.fields(c)
		}
		f.cause(c)
		c.maybeInt("after", &f.After)
		c.want(f.Message.ID != "")
	}
}

func (f *Changed) cause(c *codec) {
	t := c.turn("cause", opt, f.Cause == nil)
	if t == reading {
		f.Cause = new(Cause)
	}
	if c.into("cause", t) {
		f.Cause.fields(c)
	}
}

// Append appends the frame's JSON to dst.
func (f Changed) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Changed) relayFrame()                {}

// AppendEncoded is Append with an encoded message in place of f.Message.
func (f Changed) AppendEncoded(dst, message []byte) []byte {
	c := codec{out: dst}
	for c.frame("message") {
		c.key("message")
		c.out = append(c.out, message...)
		f.cause(&c)
		c.maybeInt("after", &f.After)
	}
	return c.out
}

// AppendAfter returns a copy of an encoded Changed without After, with the given one.
func AppendAfter(frame []byte, after int64) []byte {
	out := make([]byte, 0, len(frame)+32)
	out = append(append(out, frame[:len(frame)-1]...), `,"after":`...)
	return append(strconv.AppendInt(out, after, 10), '}')
}

// Cause names the reaction that caused a change, so that devices of By keep their own reactions.
type Cause struct {
	By    string
	Emoji string
	On    bool
}

func (f *Cause) fields(c *codec) {
	for c.walk() {
		c.str("by", &f.By, must)
		c.str("emoji", &f.Emoji, must)
		c.bool("on", &f.On, must)
	}
}

// Typist (type "typing") names a user who is writing.
type Typist struct {
	Room string
	User User
}

func (f *Typist) fields(c *codec) {
	for c.frame("typing") {
		roomField(c, &f.Room)
		userField(c, "user", &f.User, nameOnly)
	}
}

// Append appends the frame's JSON to dst.
func (f Typist) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Typist) relayFrame()                {}

// Presence holds the number of users in the room.
type Presence struct {
	Room    string
	Members int64
}

func (f *Presence) fields(c *codec) {
	for c.frame("presence") {
		roomField(c, &f.Room)
		c.int("members", &f.Members, must)
	}
}

// Append appends the frame's JSON to dst.
func (f Presence) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Presence) relayFrame()                {}

// Moderated tells moderators and organizers of an act. The user concerned also gets it if it is a mute, a ban or the
// end of one.
type Moderated struct {
	Room   string
	Act    Act
	User   User // the user concerned
	Until  Time // mute and ban; 0: for ever
	Reason string
	By     User
}

func (f *Moderated) fields(c *codec) {
	for c.frame("moderated") {
		roomField(c, &f.Room)
		c.str("act", (*string)(&f.Act), must)
		userField(c, "user", &f.User, nameOnly)
		c.time("until", &f.Until, opt)
		c.str("reason", &f.Reason, opt)
		userField(c, "by", &f.By, nameOnly)
	}
}

// Append appends the frame's JSON to dst.
func (f Moderated) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Moderated) relayFrame()                {}

// Reported acknowledges a Report.
type Reported struct{ Room, ID string }

func (f *Reported) fields(c *codec) {
	for c.frame("reported") {
		messageFields(c, &f.Room, &f.ID)
	}
}

// Append appends the frame's JSON to dst.
func (f Reported) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Reported) relayFrame()                {}

// Reports tells moderators and organizers the number of open reports.
type Reports struct {
	Room string
	Open int64
}

func (f *Reports) fields(c *codec) {
	for c.frame("reports") {
		roomField(c, &f.Room)
		c.int("open", &f.Open, must)
	}
}

// Append appends the frame's JSON to dst.
func (f Reports) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Reports) relayFrame()                {}

// Settings holds the settings of a room that its members must know.
type Settings struct {
	Room      string
	SlowModeS int64
	Frozen    bool
	Archived  bool
	E2EE      int64 // the version of the room's end-to-end encryption; 0: it is not encrypted
}

func (f *Settings) fields(c *codec) {
	for c.frame("settings") {
		roomField(c, &f.Room)
		c.int("slow_mode_s", &f.SlowModeS, must)
		c.bool("frozen", &f.Frozen, must)
		c.bool("archived", &f.Archived, must)
		c.int("e2ee", &f.E2EE, opt)
	}
}

// Append appends the frame's JSON to dst.
func (f Settings) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Settings) relayFrame()                {}

// Pong answers Ping.
type Pong struct{ T string }

func (f *Pong) fields(c *codec) {
	for c.frame("pong") {
		c.number("t", &f.T)
	}
}

// Append appends the frame's JSON to dst.
func (f Pong) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Pong) relayFrame()                {}

// Error refuses a frame; the connection stays open.
type Error struct {
	Code         Code
	Message      string // for developers and logs, safe to show
	Room, ID     string // of the refused frame, if it named them
	RetryAfterMs int64
	// Of is the type of the refused frame if that was moderate, report, settings, device, turn, wraps or want. Without
	// it a client could mistake the error for the refusal of a join or of a change.
	Of    string
	Why   Why  // the cause; may be empty
	Until Time // when the cause ends; 0: for ever, or unknown
	// Reason is the moderator's reason for the ban or the mute; may be empty.
	Reason string
}

func (f *Error) fields(c *codec) {
	for c.frame("error") {
		c.str("code", (*string)(&f.Code), must)
		c.str("message", &f.Message, must)
		c.str("room", &f.Room, opt)
		c.str("id", &f.ID, opt)
		c.int("retry_after_ms", &f.RetryAfterMs, opt)
		c.str("of", &f.Of, opt)
		c.str("why", (*string)(&f.Why), opt)
		c.time("until", &f.Until, opt)
		c.str("reason", &f.Reason, opt)
	}
}

// Append appends the frame's JSON to dst.
func (f Error) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Error) relayFrame()                {}

// Goaway asks the client to finish and to connect again after a random time up to
// ReconnectAfterMs.
type Goaway struct{ ReconnectAfterMs int64 }

func (f *Goaway) fields(c *codec) {
	for c.frame("goaway") {
		c.int("reconnect_after_ms", &f.ReconnectAfterMs, must)
	}
}

// Append appends the frame's JSON to dst.
func (f Goaway) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Goaway) relayFrame()                {}

// Unknown is a frame of a later version, which a client ignores.
type Unknown struct{ Type string }

func (f *Unknown) fields(c *codec) {
	for c.walk() {
		c.str("type", &f.Type, must)
	}
}

// Append appends the frame's JSON to dst.
func (f Unknown) Append(dst []byte) []byte { c := codec{out: dst}; f.fields(&c); return c.out }
func (Unknown) relayFrame()                {}
