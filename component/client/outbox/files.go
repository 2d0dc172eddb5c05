package outbox

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// A message waits until the relay has its files, and what follows waits behind it. The page in which it
// was written uploads them, whoever owns the outbox: it has the bytes, and has perhaps begun before. It hands
// the item to the owner at once, and again every uploaderBeat. If it is silent for uploaderSilence, the owner
// uploads the bytes that are stored: to upload a file twice does no harm.

const (
	uploaderBeat    = 5 * time.Second
	uploaderSilence = 3 * uploaderBeat
)

// MissingFiles implements the Messages of uploads. A refused file keeps back no other.
func (o *Outbox) MissingFiles() (all []client.MissingFile) {
	heir := o.owns && !o.reload && o.ready
	for _, e := range o.entries {
		if len(e.Files) == 0 || !e.mine && (!heir || !e.waitUntil.IsZero()) {
			continue
		}
		for i := range e.Files {
			if f := &e.Files[i]; f.State == client.UploadWaiting || f.State == client.UploadRunning {
				all = append(all, client.MissingFile{Item: e.ID, File: *f})
			}
		}
	}
	return all
}

// Uploading implements the Messages of uploads.
func (o *Outbox) Uploading(item string, f client.Attachment) {
	if e := o.find(item); e != nil {
		o.setFile(e, f)
		if f.State == client.UploadReady {
			e.handed, e.told = false, ""
			o.save(e)
		}
	}
}

// UploadFailed implements the Messages of uploads.
func (o *Outbox) UploadFailed(item string, f client.Attachment) {
	e := o.find(item)
	if e == nil {
		return
	}
	o.setFile(e, f)
	e.handed = false
	if e.failed() {
		o.save(e)
		return
	}
	e.Why = f.Why
	o.fail(e, f.Code, f.Reason)
}

// setFile sets the state of a file. Snapshots share the files before.
func (o *Outbox) setFile(e *entry, f client.Attachment) {
	o.step.Changed = true
	if i := place(e.Files, f.ID); i >= 0 {
		e.Files = slices.Clone(e.Files)
		e.Files[i] = f
	}
}

// place returns the place of a file, -1 if it is not there.
func place(files []client.Attachment, id string) int {
	for i := range files {
		if files[i].ID == id {
			return i
		}
	}
	return -1
}

// count returns how many files of an item are in a state.
func (e *entry) count(state client.UploadState) (n int) {
	for i := range e.Files {
		if e.Files[i].State == state {
			n++
		}
	}
	return n
}

// hasFiles reports whether the relay has the files of an item.
func (e *entry) hasFiles() bool { return e.count(client.UploadReady) == len(e.Files) }

// uploading reports whether some of the files are to be uploaded.
func (e *entry) uploading() bool {
	return e.count(client.UploadReady)+e.count(client.UploadFailed) < len(e.Files)
}

// resetFiles lets the files in a state wait for their upload.
func (e *entry) resetFiles(state client.UploadState) {
	e.Files = slices.Clone(e.Files)
	for i := range e.Files {
		if f := &e.Files[i]; f.State == state {
			f.State, f.Sent, f.Code, f.Reason, f.Why = client.UploadWaiting, 0, "", "", ""
		}
	}
}

// uploadAgain lets the files of a message be uploaded once more, if the relay says that it does not have
// them: it keeps a file of no message for a day.
func (o *Outbox) uploadAgain(e *entry) bool {
	if len(e.Files) == 0 || e.again {
		return false
	}
	e.again, e.inFlight, e.late, e.handed = true, false, false, false
	e.resetFiles(client.UploadReady)
	o.awaitUploader(e, o.peers)
	o.save(e)
	o.step.Changed = true
	return true
}

// attachments returns the files as they are sent.
func (e *entry) attachments() (all []protocol.Attachment) {
	for _, f := range e.Files {
		all = append(all, protocol.Attachment{ID: f.ID, Alt: f.Alt})
	}
	return all
}

// forgetFiles tells that the bytes of an item's files are needed no more.
func (o *Outbox) forgetFiles(e *entry) {
	for _, f := range e.Files {
		o.step.Emit(client.ForgetFile{ID: f.ID})
	}
}

// withFile returns the entry that has a file, and the file's place in it; nil: none has it.
func (o *Outbox) withFile(id string) (*entry, int) {
	for _, e := range o.entries {
		if i := place(e.Files, id); i >= 0 {
			return e, i
		}
	}
	return nil, 0
}

// RetryFile queues the message of a failed file again.
func (o *Outbox) RetryFile(id string) {
	if e, i := o.withFile(id); e != nil && e.Files[i].State == client.UploadFailed {
		o.Retry(e.ID)
	}
}

// DetachFile takes a file that the relay does not have out of its message, which then goes without it.
func (o *Outbox) DetachFile(id string) {
	e, i := o.withFile(id)
	if e == nil || e.Files[i].State == client.UploadReady {
		return
	}
	if len(e.Files) == 1 && e.Text == "" {
		o.Discard(e.ID)
		return
	}
	e.Files = append(slices.Clone(e.Files[:i]), e.Files[i+1:]...)
	o.step.Emit(client.ForgetFile{ID: id})
	e.handed, e.told, o.step.Changed = false, "", true
	if e.failed() && e.count(client.UploadFailed) == 0 {
		o.Retry(e.ID)
		return
	}
	for i := range e.Files {
		if f := &e.Files[i]; f.State == client.UploadFailed {
			e.Code, e.Reason, e.Why = f.Code, f.Reason, f.Why
		}
	}
	o.save(e)
}

// mergeFiles takes what another page says of a message's files.
func (o *Outbox) mergeFiles(e *entry, item client.Item) {
	if e.inFlight || e.hasFiles() {
		return
	}
	files := slices.Clone(item.Files) // without those that were taken out
	for i := range files {
		if at := place(e.Files, files[i].ID); at >= 0 && e.Files[at].State == client.UploadReady {
			files[i].State = client.UploadReady
		}
	}
	e.Files, o.step.Changed = files, true
	e.resetFiles(client.UploadRunning)
	if item.Code != "" && !e.failed() && !e.hasFiles() {
		e.Code, e.Reason, e.Why = item.Code, item.Reason, item.Why
	}
}

// uploads reports whether this page uploads files of an item whose owner is another page, and notes when to tell
// the owner so again.
func (o *Outbox) uploads(e *entry) bool {
	if !e.mine || !e.uploading() {
		return false
	}
	e.waitUntil = o.step.Now.Add(uploaderBeat)
	return true
}

// awaitUploader notes that another page uploads an item's files.
func (o *Outbox) awaitUploader(e *entry, uploads bool) {
	if uploads && !e.mine && e.uploading() {
		e.waitUntil = o.step.Now.Add(uploaderSilence)
	}
}

// filesDue returns when fireFiles has something to do.
func (o *Outbox) filesDue() (first time.Time) {
	for _, e := range o.entries {
		first = step.Earliest(first, e.waitUntil)
	}
	return first
}

// fireFiles tells the owner that this page still uploads, and ends waits for an uploader that is silent.
func (o *Outbox) fireFiles() {
	for _, e := range o.entries {
		if o.step.Due(&e.waitUntil) && e.mine && !o.owns && e.uploading() {
			e.handed, o.touched = false, true
		}
	}
}
