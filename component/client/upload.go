package client

import "hallway/protocol"

// UploadState is the state of a file that the user attaches.
type UploadState string

// The states of an attached file.
const (
	UploadWaiting UploadState = "waiting" // for its turn, the connection, or the next try
	UploadRunning UploadState = "running"
	UploadReady   UploadState = "ready"  // the relay has it
	UploadFailed  UploadState = "failed" // refused for good: retry or remove
)

// Attachment is a file that the user attaches: in the composer's strip, and then in the outbox as a part of its message.
type Attachment struct {
	ID            string // of the upload: a new UUID, made by the shell
	Name          string
	Type          string // as the device says; the relay finds out itself
	Size          int64  // bytes
	Width, Height int64  // of a picture, in pixels; 0: not known
	Alt           string // a text in the file's place; may be empty
	// Key and IV are those under which the file is encrypted, in a chat that encrypts; see [protocol.SealedFile].
	// The bytes that the shell has are the encrypted ones then.
	Key, IV string
	State   UploadState
	Sent    int64 // bytes that are sent while it is running; not stored
	// Code, Reason and Why say why it failed, or why it is tried again if it waits.
	Code   protocol.Code
	Reason string
	Why    protocol.Why
}

// Sealed returns the file as an encrypted message names it; nil: it is not encrypted.
func (a *Attachment) Sealed() *protocol.SealedFile {
	if a.Key == "" {
		return nil
	}
	file := protocol.File{ID: a.ID, Name: a.Name, Type: a.Type, Size: a.Size, Width: a.Width, Height: a.Height, Alt: a.Alt}
	return &protocol.SealedFile{File: file, Key: a.Key, IV: a.IV}
}

// MissingFile is a file of a message in the outbox that the relay does not have yet.
type MissingFile struct {
	Item string // the message
	File Attachment
}

const (
	// CodeFileLost is the code of an attachment with unreadable bytes.
	CodeFileLost protocol.Code = "file_lost"
	// UploadsMax is how many files are uploaded at a time.
	UploadsMax = 3
	// SealedName is the name under which an encrypted file is uploaded: its own is for the room alone.
	SealedName = "file"
	// StripMax is how many files the composer's strip shows, failed ones included.
	StripMax = 50
)

// The events of uploads.
type (
	// AttachFile puts a file into the composer's strip and begins to upload it. The shell has its bytes. A file that cannot be
	// sent is there with state [UploadFailed]. It is answered by [Refused] with Of "files" where no file can be attached.
	AttachFile struct{ File Attachment }
	// DetachFile takes a file away and ends its upload: out of the strip, or out of a message in the outbox, which is then
	// sent without it. A file of a message that the relay already has stays.
	DetachFile struct{ ID string }
	// RetryFile uploads a failed file again: of the strip, or of a message in the outbox, which is then the last to be sent.
	RetryFile struct{ ID string }
	// DescribeFile sets the alternative text of a file in the strip.
	DescribeFile struct{ ID, Alt string }
	// UploadProgress tells how many bytes of an upload are sent.
	UploadProgress struct {
		Req  int
		Sent int64
	}
	// UploadDone answers [Upload]: the relay has the file.
	UploadDone struct {
		Req  int
		File protocol.File
	}
	// UploadRefused answers [Upload]: the relay refused it, or gave no answer (Status 0).
	UploadRefused struct {
		Req          int
		Status       int
		RetryAfterMs int64
		Code         protocol.Code // "" if there is no code in the answer
		Why          protocol.Why
		Reason       string
		Lost         bool // the bytes cannot be read
	}
)

func (AttachFile) event()     {}
func (DetachFile) event()     {}
func (RetryFile) event()      {}
func (DescribeFile) event()   {}
func (UploadProgress) event() {}
func (UploadDone) event()     {}
func (UploadRefused) event()  {}

// The effects of uploads.
type (
	// Upload sends a file to the relay; answered by [UploadProgress], and by [UploadDone] or [UploadRefused] at the end.
	// Item is the message in the outbox that has the file, "" for a file in the strip.
	Upload struct {
		Req            int
		Token          string
		ID, Item, Name string
	}
	// AbortUpload ends an upload; its later events do not matter.
	AbortUpload struct{ Req int }
	// ForgetFile releases the bytes of an attached file.
	ForgetFile struct{ ID string }
)

func (Upload) effect()      {}
func (AbortUpload) effect() {}
func (ForgetFile) effect()  {}
