package protocol

import "time"

// The names and limits of version 1. A relay tells its own TextBytes and
// FrameBytes in [Welcome]; these are the defaults.
const (
	// Subprotocol is the WebSocket subprotocol of version 1.
	Subprotocol = "hallway.v1"

	// FeaturePinned is named in [Welcome] by a relay whose history knows
	// pinned=true.
	FeaturePinned = "pinned"

	// FeatureModeration is named by a relay that knows moderate, report and settings.
	FeatureModeration = "moderation"

	// FeatureMentions is named by a relay that knows mentions and counts them.
	FeatureMentions = "mentions"

	// FeatureProfiles is named by a relay that knows pictures and titles of users, finds members by their names and
	// lists the users of a reaction.
	FeatureProfiles = "profiles"

	// FeatureFiles is named by a relay that takes files.
	FeatureFiles = "files"

	// FeatureE2EE is named by a relay that knows end-to-end encrypted rooms.
	FeatureE2EE = "e2ee"

	// TextBytesMax is the most bytes of UTF-8 in a message's text.
	TextBytesMax = 8192
	// FrameBytesMax is the most bytes in a frame. A text of TextBytesMax in
	// which every byte is escaped (six bytes each) always fits.
	FrameBytesMax = 65536
	// HelloBytesMax is the most bytes in a frame before the relay has answered with welcome.
	HelloBytesMax = 16 << 10
	// RoomBytesMax is the most bytes in a room's name.
	RoomBytesMax = 128
	// EncryptedExtraBytesMax is the number of bytes by which a ciphertext may exceed TextBytesMax.
	EncryptedExtraBytesMax = 512
	// FileBytesMax is the most bytes in a file.
	FileBytesMax = 26214400
	// MessageFilesMax is the most files of a message.
	MessageFilesMax = 10
	// FileNameBytesMax is the most bytes in a file's name.
	FileNameBytesMax = 200
	// AltBytesMax is the most bytes in a text that stands in a file's place.
	AltBytesMax = 500
	// FileLinkTime is how long a link to a file is good.
	FileLinkTime = 10 * time.Minute
	// EmojiBytesMax is the most bytes in a reaction's emoji.
	EmojiBytesMax = 64
	// TitleBytesMax is the most bytes in a room's title.
	TitleBytesMax = 200
	// SettingsBytesMax is the most bytes in a room's settings, as they are written.
	SettingsBytesMax = 8192
	// ReactionsMax is the most different emoji on one message.
	ReactionsMax = 20
	// ReactionsNewMax is the most emoji that one user brings to a message, those that are
	// still there, whoever has them by now.
	ReactionsNewMax = 3
	// ReactionUsersMax is how many users a reaction names; its count counts all.
	ReactionUsersMax = 20
	// MentionsMax is the most mentions in a message.
	MentionsMax = 20
	// UserBytesMax is the most bytes in a user's id.
	UserBytesMax = 128
	// PictureBytesMax is the most bytes in the URL of a user's picture.
	PictureBytesMax = 512
	// UserTitleBytesMax is the most bytes in a user's title.
	UserTitleBytesMax = 100
	// NameQueryBytesMax is the most bytes by which members are looked for.
	NameQueryBytesMax = 64
	// ReasonBytesMax is the most bytes in the reason of an act or a report.
	ReasonBytesMax = 500
	// SanctionMsMax is the longest that a mute or a ban may last unless it is for
	// ever: ten years, in milliseconds.
	SanctionMsMax = 10 * 365 * 24 * 3600 * 1000
	// CertBytesMax is the most bytes in a device's certificate.
	CertBytesMax = 4096
	// TurnBytesMax is the most bytes in a turn's JSON.
	TurnBytesMax = 32 << 10
	// WrapsMax is the most wraps in a frame.
	WrapsMax = 200
	// WantedMax is the most devices in a [Wanted].
	WantedMax = 50
	// UserDevicesMax is the most devices of a user.
	UserDevicesMax = 10
	// RoomDevicesMax is the most devices in a room.
	RoomDevicesMax = 1000
	// DepthMax is how deep objects and arrays may nest in a frame.
	DepthMax = 32

	// InFlightMax is how many sends a client keeps unacknowledged.
	InFlightMax = 32
	// PageMessagesDefault is a page's size if the reader names none.
	PageMessagesDefault = 50
	// PageMessagesMax is the largest page.
	PageMessagesMax = 500
	// PageBytesMax is about how many bytes of messages a page has: it ends before the
	// message that would exceed them, but has at least one. See [Message.Size].
	PageBytesMax = 256 << 10
)

// The times of version 1. A relay tells its own heartbeat and timeout in
// [Welcome]; these are the defaults.
const (
	// HelloTimeout is how long a relay waits for the first hello (close 4408).
	HelloTimeout = 10 * time.Second
	// Heartbeat is how often a client pings a quiet connection.
	Heartbeat = 10 * time.Second
	// Timeout is how long after a ping a silent connection counts as dead.
	Timeout = 5 * time.Second
	// BackoffBase and BackoffMax bound the wait before the n-th try to connect:
	// uniformly random below min(BackoffMax, BackoffBase × 2ⁿ).
	BackoffBase = 500 * time.Millisecond
	// BackoffMax is the longest such wait.
	BackoffMax = 30 * time.Second
	// BackoffReset is how long a connection must be live for n to start again.
	BackoffReset = 10 * time.Second
)
