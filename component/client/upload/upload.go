package upload

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// Messages gives access to the files of messages in the outbox.
type Messages interface {
	// MissingFiles returns the files that messages wait for, in the messages' order.
	MissingFiles() []client.MissingFile
	// Uploading sets the state of a file.
	Uploading(item string, file client.Attachment)
	// UploadFailed marks the message of a refused file as failed.
	UploadFailed(item string, file client.Attachment)
}

// triesMax is the number of failures in a row, with the chat connected, after which an upload fails for
// good: the messages behind it must not wait for ever.
const triesMax = 8

// job is the upload of one file.
type job struct {
	id       string
	item     string    // the message in the outbox; "": the file is in the strip
	req      int       // the request under way; 0: none
	tries    int       // failed tries in a row
	refused  int       // refused tokens in a row
	waits    bool      // the upload waits for a new token
	failures int       // failures in a row that concern this file only
	resumeAt time.Time // the time of the next try
}

// Uploads uploads files. New returns one.
type Uploads struct {
	step     *step.Step
	tokens   step.Tokens
	messages Messages
	strip    []*client.Attachment
	jobs     []*job
	limits   protocol.Limits
	// Encrypts says that the chat is encrypted: only encrypted files are uploaded.
	Encrypts bool
	live     bool      // the chat is connected, as of the last Flush
	failures int       // failures in a row that make all uploads wait
	resumeAt time.Time // no upload starts before this time
}

// New returns an Uploads without files.
func New(s *step.Step, tokens step.Tokens, messages Messages) *Uploads {
	return &Uploads{step: s, tokens: tokens, messages: messages}
}

// SetLimits sets the relay's limits.
func (u *Uploads) SetLimits(l protocol.Limits) { u.limits = l }

// Takes reports whether the relay accepts files.
func (u *Uploads) Takes() bool { return u.limits.MessageFiles > 0 }

// Flush starts the uploads that may start now, and ends those whose file is no longer wanted. live says
// whether the chat is connected.
func (u *Uploads) Flush(live bool) {
	wanted := u.wanted()
	u.jobs = slices.DeleteFunc(u.jobs, func(j *job) bool {
		gone := !slices.ContainsFunc(wanted, func(m client.MissingFile) bool { return m.File.ID == j.id })
		if gone {
			u.abort(j)
		}
		return gone
	})
	if live && !u.live {
		for _, j := range u.jobs {
			j.tries = 0
		}
		u.Wake() // the chat is connected again
	}
	if u.live = live; !live || !u.resumeAt.IsZero() {
		return
	}
	running := 0
	for _, j := range u.jobs {
		if j.req != 0 {
			running++
		}
	}
	step.Assert(running <= client.UploadsMax, "the running uploads are bounded")
	for _, m := range wanted {
		j := u.find(func(j *job) bool { return j.id == m.File.ID })
		if j == nil {
			j = &job{id: m.File.ID}
			u.jobs = append(u.jobs, j)
		}
		j.item = m.Item
		if j.req != 0 || j.waits || !j.resumeAt.IsZero() || running == client.UploadsMax {
			continue
		}
		running++
		j.req = u.step.Request()
		name := m.File.Name
		if u.Encrypts {
			name = client.SealedName
		}
		u.step.Emit(client.Upload{Req: j.req, Token: u.tokens.Token(), ID: j.id, Item: j.item, Name: name})
		m.File.State, m.File.Sent = client.UploadRunning, 0
		u.set(j, m.File)
	}
}

// wanted returns the files to upload, those of messages first.
func (u *Uploads) wanted() []client.MissingFile {
	all := u.messages.MissingFiles()
	for _, f := range u.strip {
		if f.State == client.UploadWaiting || f.State == client.UploadRunning {
			all = append(all, client.MissingFile{File: *f})
		}
	}
	return all
}

func (u *Uploads) find(is func(*job) bool) *job {
	if i := slices.IndexFunc(u.jobs, is); i >= 0 {
		return u.jobs[i]
	}
	return nil
}

func (u *Uploads) abort(j *job) {
	if j.req != 0 {
		u.step.Emit(client.AbortUpload{Req: j.req})
		j.req = 0
	}
}

// set sets the state of a job's file, in the strip or in the outbox.
func (u *Uploads) set(j *job, f client.Attachment) {
	u.step.Changed = true
	if j.item != "" {
		u.messages.Uploading(j.item, f)
	} else if i := u.place(f.ID); i >= 0 {
		*u.strip[i] = f
	}
}

// fileOf returns the file and the job of a request. The job is nil if the file is no longer wanted.
func (u *Uploads) fileOf(req int) (f client.Attachment, j *job) {
	if j = u.find(func(j *job) bool { return j.req == req }); j == nil {
		return f, nil
	}
	for _, m := range u.wanted() {
		if m.File.ID == j.id {
			return m.File, j
		}
	}
	return f, nil
}

// Progressed takes the number of bytes that an upload has sent.
func (u *Uploads) Progressed(ev client.UploadProgress) {
	if f, j := u.fileOf(ev.Req); j != nil {
		f.Sent = max(f.Sent, min(ev.Sent, f.Size))
		u.set(j, f)
	}
}

// Done handles the success of an upload.
func (u *Uploads) Done(ev client.UploadDone) {
	f, j := u.fileOf(ev.Req)
	if j == nil {
		return
	}
	u.remove(j)
	u.failures = 0
	f.State, f.Sent, f.Code, f.Reason, f.Why = client.UploadReady, 0, "", "", ""
	if !u.Encrypts { // a relay cannot inspect an encrypted file
		f.Type, f.Size, f.Width, f.Height = ev.File.Type, ev.File.Size, ev.File.Width, ev.File.Height
	}
	u.set(j, f)
}

func (u *Uploads) remove(j *job) {
	u.jobs = slices.DeleteFunc(u.jobs, func(other *job) bool { return other == j })
}

// Refused handles the refusal or failure of an upload. It tries again if that is temporary.
func (u *Uploads) Refused(ev client.UploadRefused) {
	f, j := u.fileOf(ev.Req)
	if j == nil {
		return
	}
	j.req = 0
	f.State, f.Sent, f.Code, f.Reason, f.Why = client.UploadWaiting, 0, ev.Code, ev.Reason, ev.Why
	switch {
	case ev.Lost:
		f.Code, f.Reason = client.CodeFileLost, "the file cannot be read any more"
	case ev.Status == 401 && j.refused < step.RefusalsMax:
		j.refused++
		j.waits = true
		u.tokens.TokenRefused()
		u.set(j, f)
		return
	case (ev.Status == 0 || ev.Status == 408 || ev.Status == 429 || ev.Status >= 500) && j.tries < triesMax:
		if u.live && ev.Status != 429 { // otherwise the connection or the relay decides when to go on
			j.tries++
		}
		if ev.Status == 429 || ev.Status == 503 {
			u.pause(ev.RetryAfterMs)
		} else {
			u.delay(j, ev.RetryAfterMs)
		}
		u.set(j, f)
		return
	}
	if f.Code == "" {
		f.Code, f.Reason = protocol.CodeUnavailable, "the file could not be sent"
	}
	f.State = client.UploadFailed
	u.remove(j)
	if j.item != "" {
		u.messages.UploadFailed(j.item, f)
		return
	}
	u.set(j, f)
}

// pause stops all uploads for a while, because the relay accepts no files now.
func (u *Uploads) pause(ms int64) {
	u.failures++
	if at := u.after(u.failures, ms); at.After(u.resumeAt) {
		u.resumeAt = at
	}
}

// delay makes an upload wait after a failure that concerns its file only. Other files continue.
func (u *Uploads) delay(j *job, ms int64) {
	j.failures++
	j.resumeAt = u.after(j.failures, ms)
}

// after returns the time of the next try after some failures in a row, at the earliest after the wait that the relay has named.
func (u *Uploads) after(failures int, ms int64) time.Time {
	return u.step.Now.Add(max(u.step.Jitter(failures), step.NamedWait(ms)))
}

// TokenGot continues the uploads that wait for a token.
func (u *Uploads) TokenGot() {
	for _, j := range u.jobs {
		j.waits = false
	}
}

// Wake ends all waits.
func (u *Uploads) Wake() {
	u.resumeAt = time.Time{}
	for _, j := range u.jobs {
		j.resumeAt = time.Time{}
	}
}

// Deadline returns the time of the next call of Fire.
func (u *Uploads) Deadline() time.Time {
	at := u.resumeAt
	for _, j := range u.jobs {
		at = step.Earliest(at, j.resumeAt)
	}
	return at
}

// Fire ends passed waits. Flush must be called after it.
func (u *Uploads) Fire() {
	u.step.Due(&u.resumeAt)
	for _, j := range u.jobs {
		u.step.Due(&j.resumeAt)
	}
}
