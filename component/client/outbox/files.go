package outbox

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// A message waits until the relay has its files, and the messages behind it wait, too. The page in which the
// message was written uploads the files, even if another page owns the outbox: it has the bytes, and may have begun
// already. It hands the item to the owner at once, and again every uploaderBeat. If it is silent for
// uploaderSilence, the owner uploads the stored bytes. A file may be uploaded twice without harm.

const (
	uploaderBeat    = 5 * time.Second
	uploaderSilence = 3 * uploaderBeat
)

// Files names the files that messages wait for, and records the state of their uploads. It implements upload.Messages.
type Files struct {
	step  *step.Step
	queue *queue
	tabs  *Tabs
}

// MissingFiles returns the files that this page should upload, in the order of the messages. A refused file does not hold back
// others.
func (fs *Files) MissingFiles() (all []client.MissingFile) {
	writes := fs.tabs.writes()
	for _, e := range fs.queue.entries {
		if len(e.Files) == 0 || !e.mine && (!writes || !e.waitUntil.IsZero()) {
			continue
		}
		for i := range e.Files {
			if f := &e.Files[i]; (f.State == client.UploadWaiting || f.State == client.UploadRunning) && !fs.queue.isPlain(e) {
				all = append(all, client.MissingFile{Item: e.ID, File: *f})
			}
		}
	}
	return all
}

// Uploading sets the state of a file.
func (fs *Files) Uploading(item string, f client.Attachment) {
	q := fs.queue
	if e := q.find(item); e != nil {
		fs.setFile(e, f)
		if f.State == client.UploadReady {
			e.handed, e.told = false, ""
			q.save(e)
		}
	}
}

// UploadFailed marks the message of a refused file as failed.
func (fs *Files) UploadFailed(item string, f client.Attachment) {
	q := fs.queue
	e := q.find(item)
	if e == nil {
		return
	}
	fs.setFile(e, f)
	e.handed = false
	if e.failed() {
		q.save(e)
		return
	}
	e.Why = f.Why
	q.fail(e, f.Code, f.Reason)
}

// setFile sets the state of a file. It changes a copy of the list, because snapshots share the old list.
func (fs *Files) setFile(e *entry, f client.Attachment) {
	fs.step.Changed = true
	if i := place(e.Files, f.ID); i >= 0 {
		e.Files = slices.Clone(e.Files)
		e.Files[i] = f
	}
}

// place returns the index of a file, or -1.
func place(files []client.Attachment, id string) int {
	for i := range files {
		if files[i].ID == id {
			return i
		}
	}
	return -1
}

// count returns the number of an item's files in a state.
func (e *entry) count(state client.UploadState) (n int) {
	for i := range e.Files {
		if e.Files[i].State == state {
			n++
		}
	}
	return n
}

// hasFiles reports whether the relay has all files of an item.
func (e *entry) hasFiles() bool { return e.count(client.UploadReady) == len(e.Files) }

// uploading reports whether some files still have to be uploaded.
func (e *entry) uploading() bool {
	return e.count(client.UploadReady)+e.count(client.UploadFailed) < len(e.Files)
}

// resetFiles sets files in a state back to waiting for their upload.
func (e *entry) resetFiles(state client.UploadState) {
	e.Files = slices.Clone(e.Files)
	for i := range e.Files {
		if f := &e.Files[i]; f.State == state {
			f.State, f.Sent, f.Code, f.Reason, f.Why = client.UploadWaiting, 0, "", "", ""
		}
	}
}

// uploadAgain queues the files of a message for a second upload, because the relay does not have them: it deletes an unused file
// after a day. It returns false if they were uploaded again before. The message moves behind those that were written on this
// connection: the relay may have refused one, and refuses all others until it comes again.
func (fs *Files) uploadAgain(e *entry) bool {
	if len(e.Files) == 0 || e.again {
		return false
	}
	e.answered()
	e.again, e.handed, e.onWire = true, false, false
	fs.queue.remove(e)
	fs.queue.add(e)
	e.resetFiles(client.UploadReady)
	if fs.tabs.peers {
		e.awaitUploader(fs.step.Now)
	}
	fs.queue.save(e)
	fs.step.Changed = true
	return true
}

// Attached returns a file of a message, or nil.
func (fs *Files) Attached(id string) *client.Attachment {
	if e, i := fs.queue.withFile(id); e != nil {
		return &e.Files[i]
	}
	return nil
}

// attachments returns the files as a frame names them. An encrypted message has their descriptions in its content.
func (e *entry) attachments() (all []protocol.Attachment) {
	for _, f := range e.Files {
		a := protocol.Attachment{ID: f.ID}
		if e.Sealed == nil {
			a.Alt = f.Alt
		}
		all = append(all, a)
	}
	return all
}

// mergeFiles takes another page's state of an item's files, and reports whether the state may have changed.
func (e *entry) mergeFiles(item client.Item) bool {
	if e.inFlight || e.hasFiles() {
		return false
	}
	item.Files = slices.Clone(item.Files) // the other page may have removed some
	for i := range item.Files {
		if at := place(e.Files, item.Files[i].ID); at >= 0 && e.Files[at].State == client.UploadReady {
			item.Files[i].State = client.UploadReady
		}
	}
	if item.Sealed != nil && len(item.Files) < len(e.Files) {
		e.Sealed, e.Own = item.Sealed, item.Own // the sealed forms without the removed files
	}
	e.takeFiles(&item)
	e.resetFiles(client.UploadRunning)
	if item.Code != "" && !e.failed() && !e.hasFiles() {
		e.Code, e.Reason, e.Why = item.Code, item.Reason, item.Why
	}
	return true
}

// uploads reports whether this page uploads files of an item for the owner, and sets the time of the next note to the owner.
func (e *entry) uploads(now time.Time) bool {
	if !e.mine || !e.uploading() {
		return false
	}
	e.waitUntil = now.Add(uploaderBeat)
	return true
}

// awaitUploader starts to wait for another page that uploads an item's files.
func (e *entry) awaitUploader(now time.Time) {
	if !e.mine && e.uploading() {
		e.waitUntil = now.Add(uploaderSilence)
	}
}

// due returns the time of the next call of fire.
func (fs *Files) due() (first time.Time) {
	for _, e := range fs.queue.entries {
		first = step.Earliest(first, e.waitUntil)
	}
	return first
}

// fire tells the owner that this page still uploads, and stops waiting for silent pages.
func (fs *Files) fire() {
	q := fs.queue
	for _, e := range q.entries {
		if fs.step.Due(&e.waitUntil) && e.mine && !fs.tabs.owns && e.uploading() {
			e.handed, q.touched = false, true
		}
	}
}
