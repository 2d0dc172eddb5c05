package outbox

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// A message waits until the relay has its files, and what follows waits behind it.

// MissingFiles implements the Messages of uploads. The page that owns the outbox uploads.
func (o *Outbox) MissingFiles() (all []client.MissingFile) {
	if !o.owns || o.reload || !o.ready {
		return nil
	}
	for _, e := range o.entries {
		if e.failed() || e.inFlight {
			continue
		}
		for _, f := range e.Files {
			if f.State != client.UploadReady {
				all = append(all, client.MissingFile{Item: e.ID, File: f})
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
			o.save(e)
		}
	}
}

// UploadFailed implements the Messages of uploads.
func (o *Outbox) UploadFailed(item string, f client.Attachment) {
	if e := o.find(item); e != nil && !e.failed() {
		o.setFile(e, f)
		e.Why = f.Why
		o.fail(e, f.Code, f.Reason)
	}
}

// setFile sets the state of a file. Snapshots share the files before.
func (o *Outbox) setFile(e *entry, f client.Attachment) {
	o.step.Changed = true
	e.Files = slices.Clone(e.Files)
	for i := range e.Files {
		if e.Files[i].ID == f.ID {
			e.Files[i] = f
		}
	}
}

// hasFiles reports whether the relay has the files of an item.
func (e *entry) hasFiles() bool {
	return !slices.ContainsFunc(e.Files, func(f client.Attachment) bool { return f.State != client.UploadReady })
}

// uploadAgain lets the files of an item be uploaded again: the relay may have none any more. One
// that it still has does no harm.
func (e *entry) uploadAgain() {
	e.Files = slices.Clone(e.Files)
	for i := range e.Files {
		f := &e.Files[i]
		f.State, f.Sent, f.Code, f.Reason, f.Why = client.UploadWaiting, 0, "", "", ""
	}
}

// resumeFiles lets files wait that were being uploaded when they were stored.
func (e *entry) resumeFiles() {
	e.Files = slices.Clone(e.Files)
	for i := range e.Files {
		if f := &e.Files[i]; f.State == client.UploadRunning {
			f.State, f.Sent = client.UploadWaiting, 0
		}
	}
}

// attachments returns the files as they are sent.
func (e *entry) attachments() (all []protocol.Attachment) {
	for _, f := range e.Files {
		all = append(all, protocol.Attachment{ID: f.ID, Alt: f.Alt})
	}
	return all
}

// ItemOf returns the id of the item that has a file, "" if there is none.
func (o *Outbox) ItemOf(file string) string {
	for _, e := range o.entries {
		if slices.ContainsFunc(e.Files, func(f client.Attachment) bool { return f.ID == file }) {
			return e.ID
		}
	}
	return ""
}

// forgetFiles tells that the bytes of an item's files are needed no more.
func (o *Outbox) forgetFiles(e *entry) {
	for _, f := range e.Files {
		o.step.Emit(client.ForgetFile{ID: f.ID})
	}
}
