package client

import "hallway/protocol"

// LoadsMax is the highest number of files that are loaded at a time.
const LoadsMax = 6

// The events of files.
type (
	// LoadFile asks for a URL of a file's bytes; answered by [FileLoaded]. Size 320 or 1280 asks for a thumbnail, 0 for the file.
	// Link asks for a URL at the relay, for a player, that is valid for 10 minutes.
	LoadFile struct {
		ID   string
		Size int
		Link bool
		// Item is the message in the outbox that has the file, or "". The shell has the bytes of such a file, and of one in the
		// strip; their thumbnail is the whole picture.
		Item string
	}
	// FileGot answers [FetchFile].
	FileGot struct {
		Req     int
		URL     string
		Altered bool // there is no URL, because the bytes were altered after encryption
	}
)

func (LoadFile) event() {}
func (FileGot) event()  {}

// The effects of files.
type (
	// FetchFile makes a URL of a file's bytes as [LoadFile] asks; answered by [FileGot] or [RequestFailed].
	FetchFile struct {
		Req   int
		Token string
		Of    LoadFile
		// Sealed holds the file's key; nil: the file is not encrypted. For an encrypted file the shell decrypts the bytes
		// and makes thumbnails from them. It has no link.
		Sealed *protocol.SealedFile
	}
	// FileLoaded brings the URL of a file's bytes, or "" if they cannot be loaded. In a browser a URL of bytes begins with "blob:",
	// and the view revokes it.
	FileLoaded struct {
		Of      LoadFile
		URL     string
		Altered bool // the bytes were altered after encryption
	}
)

func (FetchFile) effect()  {}
func (FileLoaded) effect() {}
