package outbox

import (
	"slices"
	"time"

	"hallway/component/client"
	"hallway/component/client/step"
	"hallway/protocol"
)

// A message waits until the relay has its files, and the messages behind it wait, too. The page in which the
// message was written uploads the files, whichever page owns the outbox: it has the bytes, and may have begun
// already. It hands the item to the owner at once, and again every uploaderBeat. If it is silent for
// uploaderSilence, the owner uploads the stored bytes. A file that is uploaded twice does no harm.

const (
	uploaderBeat    = 5 * time.Second
	uploaderSilence = 3 * uploaderBeat
)

// Files names the files that messages wait for, and notes what becomes of them: it implements upload.Messages.
type Files struct {
	step  *step.Step
	queue *queue
	tabs  *Tabs
}

// MissingFiles returns the files that this page is to upload, in the order of the messages. A refused file holds back
// no other.
func (fs *Files) MissingFiles() (all []client.MissingFile) {
	heir := fs.tabs.writes()
	for _, e := range fs.queue.entries {
		if len(e.Files) == 0 || !e.mine && (!heir || !e.waitUntil.IsZero()) {
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

// UploadFailed marks the message of a file refused.
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

// setFile sets the state of a file, in a copy of the files: snapshots share the old ones.
func (fs *Files) setFile(e *entry, f client.Attachment) {
	fs.step.Changed = true
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

// uploadAgain lets the files of a message be uploaded once more, after the relay has said that it does not have
// them, and reports whether it did. The relay deletes a file that no message has after a day. The message goes behind those that
// were written on this connection: the relay may have refused one of them, and takes no other before that comes again.
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

// attachments returns the files as they are sent. What an encrypted message says of them is inside.
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

// mergeFiles takes the files of an item as another page has them, and reports whether they may have changed.
func (e *entry) mergeFiles(item client.Item) bool {
	if e.inFlight || e.hasFiles() {
		return false
	}
	item.Files = slices.Clone(item.Files) // without those that were taken out
	for i := range item.Files {
		if at := place(e.Files, item.Files[i].ID); at >= 0 && e.Files[at].State == client.UploadReady {
			item.Files[i].State = client.UploadReady
		}
	}
	if item.Sealed != nil && len(item.Files) < len(e.Files) {
		e.Sealed = item.Sealed // without them, too
	}
	e.takeFiles(&item)
	e.resetFiles(client.UploadRunning)
	if item.Code != "" && !e.failed() && !e.hasFiles() {
		e.Code, e.Reason, e.Why = item.Code, item.Reason, item.Why
	}
	return true
}

// uploads reports whether this page uploads files of an item for another page, the owner, and notes when to tell the
// owner again.
func (e *entry) uploads(now time.Time) bool {
	if !e.mine || !e.uploading() {
		return false
	}
	e.waitUntil = now.Add(uploaderBeat)
	return true
}

// awaitUploader notes that another page uploads an item's files.
func (e *entry) awaitUploader(now time.Time) {
	if !e.mine && e.uploading() {
		e.waitUntil = now.Add(uploaderSilence)
	}
}

// due returns when fire has something to do.
func (fs *Files) due() (first time.Time) {
	for _, e := range fs.queue.entries {
		first = step.Earliest(first, e.waitUntil)
	}
	return first
}

// fire tells the owner that this page still uploads, and ends waits for an uploader that is silent.
func (fs *Files) fire() {
	q := fs.queue
	for _, e := range q.entries {
		if fs.step.Due(&e.waitUntil) && e.mine && !fs.tabs.owns && e.uploading() {
			e.handed, q.touched = false, true
		}
	}
}
