package rules

import (
	"crypto/sha256"

	"hallway/protocol"
)

// A File is the row of an uploaded file.
type File struct {
	protocol.File // its Alt is in the message

	Owner      string // the uploader's id
	Blob       string // the key of its bytes
	Thumb      string // the type of its thumbnails; "": it has none
	Sum        [sha256.Size]byte
	UploadedAt protocol.Time
	Seq        int64 // the message that has the file; 0: none

	room *Room
	made bool
}

// A StoredFile is a file of a room in the operator's commands.
type StoredFile struct {
	Room string
	File
}

// In returns the room of the file.
func (f *File) In() *Room { return f.room }

// Made reports whether the batch has made the row.
func (f *File) Made() bool { return f.made }

// FileLimits holds the relay's own limits, in addition to a room's settings.
type FileLimits struct {
	// User, Room and All bound the bytes of the files of a user, of a room and of the relay; 0: no limit.
	User, Room, All int64
	Types           string // a list for protocol.MatchType; "": all types
}

// FileBytes holds the sizes of files.
type FileBytes struct {
	ByUser map[string]int64 // users whose uploads are in the part
	All    int64
}

// AddFile adds the row of a file.
func (r *Room) AddFile(f File) {
	f.room = r
	put(&r.files, f.ID, &f)
}

// filesOff refuses files if the room accepts none from the user; otherwise its Code is "".
func (r *Room) filesOff(u protocol.User) Outcome {
	if r.Rules.Files.Allows(u.Role) {
		return Outcome{}
	}
	return bar(protocol.WhyFilesOff, "you may not send files in this room")
}

// upload stores a file, or finds an earlier upload with its id.
func upload(s *Set, r *Room, op *Op, do Upload) Outcome {
	if refused := r.filesOff(op.Sender); refused.Code != "" {
		return refused
	}
	if r.Rules.E2EE != 0 && do.Plain {
		return bar(protocol.WhyEncrypted, "this room takes only encrypted files: update the app")
	}
	if f := r.files[do.File.ID]; f != nil {
		return reupload(f, op, do)
	}
	if refused := overQuota(s, r, op, do); refused.Code != "" {
		return refused
	}
	if do.Ask {
		return Outcome{Result: Uploaded{New: true}}
	}
	if r.Rules.E2EE != 0 { // the bytes are ciphertext
		do.File.Type, do.File.Width, do.File.Height, do.File.Thumb = protocol.OctetStream, 0, 0, ""
	}
	if !protocol.MatchType(do.Limits.Types, do.File.Type) || !protocol.MatchType(r.Rules.FileTypes, do.File.Type) {
		return bar(protocol.WhyFileType, "files of the type "+do.File.Type+" are not taken here")
	}
	f := do.File
	f.Owner, f.UploadedAt, f.Seq, f.made = op.Sender.ID, s.Now, 0, true
	r.AddFile(f)
	s.Files = append(s.Files, r.files[f.ID])
	r.FileBytes += f.Size
	s.FileBytes.All += f.Size
	put(&s.FileBytes.ByUser, f.Owner, s.FileBytes.ByUser[f.Owner]+f.Size)
	f.made = false
	return Outcome{Result: Uploaded{File: f, New: true}}
}

// reupload answers a second upload of an id. Before the bytes have arrived, it compares only the owner and the name.
func reupload(f *File, op *Op, do Upload) Outcome {
	switch {
	case f.Owner != op.Sender.ID:
		return refuse(protocol.CodeConflict, "another user has used this id")
	case f.Name != do.File.Name || !do.Ask && f.Sum != do.File.Sum:
		return refuse(protocol.CodeConflict, "this id was used for another file")
	}
	found := *f
	found.room, found.made = nil, false
	return Outcome{Result: Uploaded{File: found}}
}

// overQuota refuses a file that exceeds a quota; otherwise its Code is "".
func overQuota(s *Set, r *Room, op *Op, do Upload) Outcome {
	over := func(used, limit int64) bool { return limit > 0 && used+do.File.Size > limit }
	var reason string
	switch {
	case over(s.FileBytes.ByUser[op.Sender.ID], do.Limits.User):
		reason = "your files take too much space: delete some first"
	case over(r.FileBytes, do.Limits.Room):
		reason = "the files of this room take too much space"
	case over(s.FileBytes.All, do.Limits.All):
		reason = "the relay has no space for more files"
	default:
		return Outcome{}
	}
	return bar(protocol.WhyQuota, reason)
}

// attach returns the files of a new message, or refuses them.
func (r *Room) attach(op *Op, do Send) (rows []*File, refused Outcome) {
	if len(do.Files) == 0 {
		return nil, Outcome{}
	}
	if refused = r.filesOff(op.Sender); refused.Code != "" {
		return nil, refused
	}
	for _, a := range do.Files {
		f := r.files[a.ID]
		switch {
		case f == nil || f.Owner != op.Sender.ID:
			return nil, refuse(protocol.CodeNotFound, "you have not uploaded this file into this room")
		case f.Seq != 0:
			return nil, refuse(protocol.CodeConflict, "another message has this file")
		}
		rows = append(rows, f)
	}
	return rows, Outcome{}
}

// attachTo adds the files to a new message.
func attachTo(s *Set, m *Message, rows []*File, attachments []protocol.Attachment) {
	for i, f := range rows {
		f.Seq = m.Seq
		file := f.File
		file.Alt = attachments[i].Alt
		m.Files = append(m.Files, file)
		if !f.made {
			s.Files = append(s.Files, f)
		}
	}
	if m.Text == "" && m.Encrypted == nil && len(rows) > 0 {
		m.Text, m.AutoText = protocol.AutoText(m.Files), true
	}
}
