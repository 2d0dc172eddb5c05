package upload

import (
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"hallway/component/client"
	"hallway/protocol"
)

// Attach puts a file into the strip. A file that the relay would refuse is marked as failed.
func (u *Uploads) Attach(f client.Attachment) {
	u.step.Changed = true
	f.Name, f.State = cleanName(f.Name), client.UploadWaiting
	switch {
	case len(u.strip) >= client.StripMax || u.place(f.ID) >= 0:
		u.step.Emit(client.Refused{Code: protocol.CodeTooLarge, Reason: "too many files are attached", Of: "files"})
		u.forget(f.ID)
		return
	case f.Size > u.fileBytesMax():
		f.State, f.Code, f.Reason = client.UploadFailed, protocol.CodeTooLarge, "the file is too large"
	case u.sendable() >= int(u.limits.MessageFiles):
		f.State, f.Code, f.Reason = client.UploadFailed, protocol.CodeBadRequest, "a message cannot have so many files"
	case u.Encrypts && f.Key == "":
		f.State, f.Code, f.Reason = client.UploadFailed, client.CodeFileLost, "the file cannot be read or encrypted"
	case u.Encrypts && f.Type == "":
		f.Type = protocol.OctetStream
	}
	u.strip = append(u.strip, &f)
}

// fileBytesMax returns the highest size of a file.
func (u *Uploads) fileBytesMax() int64 {
	if u.Encrypts {
		return u.limits.FileBytes - protocol.FileTagBytes
	}
	return u.limits.FileBytes
}

// Attached returns a file of the strip, or nil.
func (u *Uploads) Attached(id string) *client.Attachment {
	if i := u.place(id); i >= 0 {
		return u.strip[i]
	}
	return nil
}

// sendable returns the number of files in the strip that can be sent.
func (u *Uploads) sendable() (n int) {
	for _, f := range u.strip {
		if f.State != client.UploadFailed {
			n++
		}
	}
	return n
}

// Detach removes a file from the strip.
func (u *Uploads) Detach(id string) {
	if i := u.place(id); i >= 0 {
		u.strip = slices.Delete(u.strip, i, i+1)
		u.step.Changed = true
		u.forget(id)
	}
}

// Retry uploads a failed file again. A file that is too large fails again.
func (u *Uploads) Retry(id string) {
	if i := u.place(id); i >= 0 && u.strip[i].State == client.UploadFailed {
		f := *u.strip[i]
		f.Code, f.Reason, f.Why = "", "", ""
		u.strip = slices.Delete(u.strip, i, i+1)
		u.Attach(f)
	}
}

// Describe sets the alternative text of a file.
func (u *Uploads) Describe(id, alt string) {
	alt = protocol.CleanText(alt)
	if code, _ := protocol.CheckText(alt, protocol.AltBytesMax); code != "" && alt != "" {
		return
	}
	if i := u.place(id); i >= 0 {
		u.strip[i].Alt = alt
		u.step.Changed = true
	}
}

// Choose returns the named files that can be sent.
func (u *Uploads) Choose(ids []string) (files []client.Attachment) {
	for _, id := range ids {
		if i := u.place(id); i >= 0 && u.strip[i].State != client.UploadFailed {
			files = append(files, *u.strip[i])
		}
	}
	return files
}

// Taken removes files from the strip that a message in the outbox has now. Their uploads continue.
func (u *Uploads) Taken(files []client.Attachment) {
	for _, f := range files {
		i := u.place(f.ID)
		u.strip = slices.Delete(u.strip, i, i+1)
	}
}

// Clear empties the strip.
func (u *Uploads) Clear() {
	for _, f := range u.strip {
		u.forget(f.ID)
	}
	for _, j := range u.jobs {
		u.abort(j)
	}
	u.strip, u.jobs, u.failures, u.resumeAt = nil, nil, 0, time.Time{}
}

func (u *Uploads) forget(id string) { u.step.Emit(client.ForgetFile{ID: id}) }

// place returns the index of a file in the strip, or -1.
func (u *Uploads) place(id string) int {
	return slices.IndexFunc(u.strip, func(f *client.Attachment) bool { return f.ID == id })
}

// Show adds the strip to a snapshot.
func (u *Uploads) Show(s *client.Snapshot) {
	for _, f := range u.strip {
		s.Strip = append(s.Strip, *f)
	}
	s.KnowsFiles, s.FileBytesMax, s.FilesMax = u.Takes(), u.fileBytesMax(), u.limits.MessageFiles
}

// cleanName returns a name that the relay accepts. It shortens a long name before its extension.
func cleanName(name string) string {
	name = strings.Map(func(r rune) rune {
		if r == '/' || r == '\\' || r == utf8.RuneError || unicode.IsControl(r) {
			return '_'
		}
		return r
	}, name)
	if name == "" {
		return "file"
	}
	if len(name) <= protocol.FileNameBytesMax {
		return name
	}
	extension := ""
	if i := strings.LastIndexByte(name, '.'); i >= 0 && len(name)-i <= 16 {
		extension = name[i:]
	}
	end := protocol.FileNameBytesMax - len(extension)
	for !utf8.RuneStart(name[end]) {
		end--
	}
	return name[:end] + extension
}
