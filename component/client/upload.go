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
	Type          string // the type that the device names; the relay detects its own
	Size          int64  // bytes
	Width, Height int64  // of a picture, in pixels; 0: not known
	Alt           string // the alternative text; may be empty
	// Key and IV encrypt the file in an encrypted chat; see [protocol.SealedFile]. The shell then has the
	// encrypted bytes.
	Key, IV string
	State   UploadState
	Sent    int64 // bytes that are sent while it is running; not stored
	// Code, Reason and Why say why the upload has failed, or why a waiting one is tried again.
	Code   protocol.Code
	Reason string
	Why    protocol.Why
}

// Sealed returns the file's description in an encrypted message, or nil if the file is not encrypted.
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
	// UploadsMax is the highest number of files that are uploaded at a time.
	UploadsMax = 3
	// SealedName is the name under which an encrypted file is uploaded. The relay must not learn its real name.
	SealedName = "file"
	// StripMax is the highest number of files in the composer's strip, with failed ones.
	StripMax = 50
)

// The events of uploads.
type (
	// AttachFile puts a file into the composer's strip and starts its upload. The shell has its bytes. A file that cannot be
	// sent gets the state [UploadFailed]. If no file can be attached, [Refused] with Of "files" follows.
	AttachFile struct{ File Attachment }
	// DetachFile removes a file from the strip, or from a message in the outbox, and ends its upload. The message is then
	// sent without it. A message's file that the relay already has stays.
	DetachFile struct{ ID string }
	// RetryFile uploads a failed file again. A message in the outbox that has the file goes to the end.
	RetryFile struct{ ID string }
	// DescribeFile sets the alternative text of a file in the strip.
	DescribeFile struct{ ID, Alt string }
	// UploadProgress reports the number of bytes that an upload has sent.
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
	// AbortUpload ends an upload. The core ignores its later events.
	AbortUpload struct{ Req int }
	// ForgetFile releases the bytes of an attached file.
	ForgetFile struct{ ID string }
)

func (Upload) effect()      {}
func (AbortUpload) effect() {}
func (ForgetFile) effect()  {}
