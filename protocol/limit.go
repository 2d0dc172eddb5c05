package protocol

import "time"

// The names and limits of version 1. A relay announces its own TextBytes and FrameBytes in [Welcome]; these are the
// defaults.
const (
	// Subprotocol is the WebSocket subprotocol of version 1.
	Subprotocol = "hallway.v1"

	// FeaturePinned is announced in [Welcome] by a relay whose history supports pinned=true.
	FeaturePinned = "pinned"

	// FeatureModeration is announced by a relay that supports moderate, report and settings.
	FeatureModeration = "moderation"

	// FeatureMentions is announced by a relay that supports mentions and counts them.
	FeatureMentions = "mentions"

	// FeatureProfiles is announced by a relay that supports pictures and titles of users, finds members by their names
	// and lists the users of a reaction.
	FeatureProfiles = "profiles"

	// FeatureFiles is announced by a relay that accepts files.
	FeatureFiles = "files"

	// FeatureE2EE is announced by a relay that supports end-to-end encrypted rooms.
	FeatureE2EE = "e2ee"

	// TextBytesMax limits the bytes of UTF-8 in a message's text.
	TextBytesMax = 8192
	// FrameBytesMax limits the bytes in a frame. A text of TextBytesMax in which every byte is escaped (six bytes each)
	// always fits.
	FrameBytesMax = 65536
	// HelloBytesMax limits the bytes in a frame before the relay has answered with welcome.
	HelloBytesMax = 16 << 10
	// RoomBytesMax limits the bytes in a room's name.
	RoomBytesMax = 128
	// EncryptedExtraBytesMax is the number of bytes by which a ciphertext may exceed TextBytesMax.
	EncryptedExtraBytesMax = 512
	// FileBytesMax limits the bytes in a file.
	FileBytesMax = 26214400
	// MessageFilesMax limits the files of a message.
	MessageFilesMax = 10
	// FileNameBytesMax limits the bytes in a file's name.
	FileNameBytesMax = 200
	// AltBytesMax limits the bytes in a file's alternative text.
	AltBytesMax = 500
	// FileLinkTime is the time for which a link to a file is valid.
	FileLinkTime = 10 * time.Minute
	// EmojiBytesMax limits the bytes in a reaction's emoji.
	EmojiBytesMax = 64
	// TitleBytesMax limits the bytes in a room's title.
	TitleBytesMax = 200
	// SettingsBytesMax limits the bytes in a room's settings, as written.
	SettingsBytesMax = 8192
	// ReactionsMax limits the different emoji on one message.
	ReactionsMax = 20
	// ReactionsNewMax limits the emoji on a message that one user was the first to use, as long as any user uses them.
	ReactionsNewMax = 3
	// ReactionUsersMax limits the users that a reaction names; its count includes all users.
	ReactionUsersMax = 20
	// MentionsMax limits the mentions in a message.
	MentionsMax = 20
	// UserBytesMax limits the bytes in a user's id.
	UserBytesMax = 128
	// PictureBytesMax limits the bytes in the URL of a user's picture.
	PictureBytesMax = 512
	// UserTitleBytesMax limits the bytes in a user's title.
	UserTitleBytesMax = 100
	// NameQueryBytesMax limits the bytes of a search for members.
	NameQueryBytesMax = 64
	// ReasonBytesMax limits the bytes in the reason of an act or a report.
	ReasonBytesMax = 500
	// SanctionMsMax limits the time of a mute or a ban that is not for ever: ten years, in milliseconds.
	SanctionMsMax = 10 * 365 * 24 * 3600 * 1000
	// CertBytesMax limits the bytes in a device's certificate.
	CertBytesMax = 4096
	// TurnBytesMax limits the bytes in a turn's JSON.
	TurnBytesMax = 32 << 10
	// WrapsMax limits the wraps in a frame.
	WrapsMax = 200
	// WantedMax limits the devices in a [Wanted].
	WantedMax = 50
	// UserDevicesMax limits the devices of a user.
	UserDevicesMax = 10
	// RoomDevicesMax limits the devices in a room.
	RoomDevicesMax = 1000
	// DepthMax limits the depth of objects and arrays in a frame.
	DepthMax = 32

	// InFlightMax limits a client's unacknowledged sends.
	InFlightMax = 32
	// PageMessagesDefault is a page's size if the reader names none.
	PageMessagesDefault = 50
	// PageMessagesMax is the largest page.
	PageMessagesMax = 500
	// PageBytesMax is the approximate limit of the bytes of messages in a page: a page ends before the message that
	// would exceed it, but has at least one. See [Message.Size].
	PageBytesMax = 256 << 10
)

// The times of version 1. A relay announces its own heartbeat and timeout in [Welcome]; these are the defaults.
const (
	// HelloTimeout is the time that a relay waits for the first hello (close 4408).
	HelloTimeout = 10 * time.Second
	// Heartbeat is the time after which a client pings a quiet connection.
	Heartbeat = 10 * time.Second
	// Timeout is the time after an unanswered ping at which a silent connection counts as dead.
	Timeout = 5 * time.Second
	// BackoffBase and BackoffMax bound the wait before the n-th attempt to connect: uniformly random below
	// min(BackoffMax, BackoffBase × 2ⁿ).
	BackoffBase = 500 * time.Millisecond
	// BackoffMax is the longest such wait.
	BackoffMax = 30 * time.Second
	// BackoffReset is the age of a connection at which n starts again at 0.
	BackoffReset = 10 * time.Second
)
