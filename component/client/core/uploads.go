package core

import (
	"slices"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// attach attaches a file, where files can be sent. In an encrypted room none leaves in the clear: a chat that does
// not encrypt takes none, and one that does takes those that the shell has encrypted.
func (c *Client) attach(f client.Attachment) {
	if !c.uploads.Takes() || c.lock == nil && c.encrypted {
		c.step.Emit(client.Refused{Code: protocol.CodeForbidden, Reason: "files cannot be sent here", ID: f.ID, Of: "files"})
		c.step.Emit(client.ForgetFile{ID: f.ID})
		return
	}
	c.uploads.Attach(f)
}

// sealedFile returns how a file that people see is encrypted; nil: it is not.
func (c *Client) sealedFile(id string) *protocol.SealedFile {
	if f := c.uploads.Attached(id); f != nil {
		return f.Sealed()
	}
	if f := c.outbox.Files.Attached(id); f != nil {
		return f.Sealed()
	}
	return c.timeline.SealedFile(id)
}

// checkSealed returns why a message is refused in a chat that encrypts; "": its relay takes it once it is encrypted.
func (c *Client) checkSealed(text string, mentions []protocol.Mention, files []client.Attachment) (code protocol.Code, reason string) {
	content := protocol.Content{Text: text, Mentions: mentions}
	for i := range files {
		content.Files = append(content.Files, *files[i].Sealed())
	}
	if size := e2ee.SealedSize(len(e2ee.AppendContent(nil, 0, &content))); int64(size) > c.limits.TextBytes+protocol.EncryptedExtraBytesMax {
		return protocol.CodeTooLarge, "the message is too long, with the names and descriptions of its files"
	}
	return "", ""
}

// fileLimits returns what the relay takes of files: nothing, unless it names the feature.
func fileLimits(f *protocol.Welcome) protocol.Limits {
	if slices.Contains(f.Features, protocol.FeatureFiles) {
		return f.Limits
	}
	return protocol.Limits{}
}
