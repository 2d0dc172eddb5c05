package core

import (
	"slices"

	"hallway/component/client"
	"hallway/protocol"
)

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
