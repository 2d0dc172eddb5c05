package protocol

// ClientFrame is a frame that a client sends: one of [Hello], [Join], [Leave],
// [Send], [Edit], [Delete], [React], [Pin], [Moderate], [Report], [Adjust],
// [Typing], [Read], [Ping].
type ClientFrame interface {
	// Append appends the frame's JSON to dst.
	Append(dst []byte) []byte
	clientFrame()
}

// RelayFrame is a frame that the relay sends: one of [Welcome], [Joined],
// [Changed], [Typist], [Presence], [Read], [Moderated], [Reported], [Reports],
// [Settings], [Pong], [Error], [Goaway], or, when decoded from a relay that speaks more than this version, [Unknown].
type RelayFrame interface {
	// Append appends the frame's JSON to dst.
	Append(dst []byte) []byte
	relayFrame()
}

// The frames of a client.
type (
	// Hello is the first frame, and comes again with a fresh token before the
	// old one expires.
	Hello struct {
		Token  string
		Client string // for the operator: "hallway-chat/1.2.0"
	}
	// Join starts the live stream of a room; joining again asks for its head.
	Join struct{ Room string }
	// Leave ends the stream.
	Leave struct{ Room string }
	// Send makes a message, or, by an id sent before, asks for it again.
	Send struct {
		Room, ID  string
		Text      string
		Encrypted *Encrypted // in place of Text
		SentAt    string     // RFC 3339
		ReplyTo   string
	}
	// Edit changes an own message's content.
	Edit struct {
		Room, ID  string
		Text      string
		Encrypted *Encrypted
	}
	// Delete makes a message a tombstone.
	Delete struct{ Room, ID string }
	// React adds or takes back one's reaction.
	React struct {
		Room, ID string
		Emoji    string
		On       bool
	}
	// Pin pins or unpins a message.
	Pin struct {
		Room, ID string
		On       bool
	}
	// Moderate does something about a user; for moderators and organizers, about
	// users of a lower role.
	Moderate struct {
		Room   string
		Act    Act
		User   string // the id
		ForMs  int64  // mute and ban: for how long; 0: for ever
		Reason string // for people; may be empty
	}
	// Report tells the moderators of a message.
	Report struct {
		Room, ID string
		Reason   string
	}
	// Adjust (type "settings") changes those of a room's settings that it names:
	// slow mode for moderators and organizers, frozen for organizers.
	Adjust struct {
		Room      string
		SlowModeS *int64
		Frozen    *bool
	}
	// Typing tells the others that one is writing.
	Typing struct{ Room string }
	// Read moves one's read marker forward; from the relay: it was moved on
	// another device.
	Read struct {
		Room string
		Seq  int64
	}
	// Ping is the application's heartbeat. T is a JSON number as the client wrote
	// it, given back by [Pong]; empty: none.
	Ping struct{ T string }
)

// The frames of the relay.
type (
	// Welcome answers the first Hello.
	Welcome struct {
		Session     string
		User        User
		Server      string // "hallway/1.4.0"
		HeartbeatMs int64
		TimeoutMs   int64
		Limits      Limits
		// Features names what the relay serves beyond version 1's words.
		Features []string
	}
	// Limits is what a client may send.
	Limits struct {
		TextBytes  int64
		FrameBytes int64
	}
	// Joined answers Join: from here every change with a rev above Head comes.
	Joined struct {
		Room    string
		Epoch   string
		Head    int64
		Members int64 // distinct users now in the room, oneself included
		Read    int64 // one's read marker
		Role    Role  // one's role in this room
		// Muted reports that one may not write.
		Muted       bool
		MutedUntil  Time // 0: for ever
		MutedReason string
	}
	// Changed (type "message") is a message at a new rev; with one's own id it
	// acknowledges that the change is durably stored.
	Changed struct {
		Message Message
		Cause   *Cause // of a reaction
	}
	// Typist (type "typing") names someone who is writing.
	Typist struct {
		Room string
		User User
	}
	// Presence tells how many users are in the room.
	Presence struct {
		Room    string
		Members int64
	}
	// Moderated tells moderators and organizers, and with a mute, a ban or the end
	// of one the user concerned, what was done.
	Moderated struct {
		Room   string
		Act    Act
		User   User // the one concerned
		Until  Time // mute and ban; 0: for ever
		Reason string
		By     User
	}
	// Reported acknowledges a Report.
	Reported struct{ Room, ID string }
	// Reports tells moderators and organizers how many reports are open.
	Reports struct {
		Room string
		Open int64
	}
	// Settings tells those of a room's settings that concern who writes.
	Settings struct {
		Room      string
		SlowModeS int64
		Frozen    bool
		Archived  bool
	}
	// Pong answers Ping.
	Pong struct{ T string }
	// Error refuses a frame; the connection stays open.
	Error struct {
		Code         Code
		Message      string // for developers and logs, safe to show
		Room, ID     string // of the refused frame, where it named them
		RetryAfterMs int64
		// Of is the refused frame's type where that was moderate, report or settings,
		// so that it is not taken for the refusal of a join or of a change.
		Of    string
		Why   Why  // what stands in the way; may be empty
		Until Time // when that ends; 0: for ever, or not known
		// Reason is the moderator's for the ban or the mute that stands in the way; may
		// be empty.
		Reason string
	}
	// Goaway asks to finish and to connect again after a random time up to
	// ReconnectAfterMs.
	Goaway struct{ ReconnectAfterMs int64 }
	// Unknown is a frame of a later version: to be ignored.
	Unknown struct{ Type string }
)

func (Hello) clientFrame()    {}
func (Join) clientFrame()     {}
func (Leave) clientFrame()    {}
func (Send) clientFrame()     {}
func (Edit) clientFrame()     {}
func (Delete) clientFrame()   {}
func (React) clientFrame()    {}
func (Pin) clientFrame()      {}
func (Moderate) clientFrame() {}
func (Report) clientFrame()   {}
func (Adjust) clientFrame()   {}
func (Typing) clientFrame()   {}
func (Read) clientFrame()     {}
func (Ping) clientFrame()     {}

func (Welcome) relayFrame()   {}
func (Joined) relayFrame()    {}
func (Changed) relayFrame()   {}
func (Typist) relayFrame()    {}
func (Presence) relayFrame()  {}
func (Read) relayFrame()      {}
func (Moderated) relayFrame() {}
func (Reported) relayFrame()  {}
func (Reports) relayFrame()   {}
func (Settings) relayFrame()  {}
func (Pong) relayFrame()      {}
func (Error) relayFrame()     {}
func (Goaway) relayFrame()    {}
func (Unknown) relayFrame()   {}
