package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

// takeUpload routes the events of uploads, and reports whether it was one.
func (c *Client) takeUpload(ev client.Event) bool {
	switch ev := ev.(type) {
	case client.AttachFile:
		c.attach(ev.File)
	case client.DetachFile:
		c.uploads.Detach(ev.ID)
		c.outbox.DetachFile(ev.ID)
	case client.RetryFile:
		c.uploads.Retry(ev.ID)
		c.outbox.RetryFile(ev.ID)
	case client.DescribeFile:
		c.uploads.Describe(ev.ID, ev.Alt)
	case client.UploadProgress:
		c.uploads.Progressed(ev)
	case client.UploadDone:
		c.uploads.Done(ev)
	case client.UploadRefused:
		c.uploads.Refused(ev)
	default:
		return false
	}
	return true
}

// attach attaches a file, where files can be sent. In an encrypted room none leaves in the clear.
func (c *Client) attach(f client.Attachment) {
	if !c.uploads.Takes() || c.lock != nil || c.encrypted {
		c.step.Emit(client.Refused{Code: protocol.CodeForbidden, Reason: "files cannot be sent here", ID: f.ID, Of: "files"})
		c.step.Emit(client.ForgetFile{ID: f.ID})
		return
	}
	c.uploads.Attach(f)
}

// fileLimits returns what the relay takes of files: nothing, unless it names the feature.
func fileLimits(f *protocol.Welcome) protocol.Limits {
	if slices.Contains(f.Features, protocol.FeatureFiles) {
		return f.Limits
	}
	return protocol.Limits{}
}
