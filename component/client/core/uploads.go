package core

import (
	"slices"

	"hallway/component/client"
	"hallway/e2ee"
	"hallway/protocol"
)

// attach attaches a file if files can be sent. An encrypted chat takes only files that the shell has encrypted. An unencrypted
// chat in an encrypted room takes no files.
func (c *Client) attach(f client.Attachment) {
	if !c.uploads.Takes() || c.lock == nil && c.encrypted {
		c.step.Emit(client.Refused{Code: protocol.CodeForbidden, Reason: "files cannot be sent here", ID: f.ID, Of: "files"})
		c.step.Emit(client.ForgetFile{ID: f.ID})
		return
	}
	c.uploads.Attach(f)
}

// sealedFile returns the key and the name of a shown file, or nil if the file is not encrypted.
func (c *Client) sealedFile(id string) *protocol.SealedFile {
	if f := c.uploads.Attached(id); f != nil {
		return f.Sealed()
	}
	if f := c.outbox.Files.Attached(id); f != nil {
		return f.Sealed()
	}
	return c.timeline.SealedFile(id)
}

// checkSealed returns the reason for refusing a message in an encrypted chat, or "" if the relay will accept its sealed form.
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

// fileLimits returns the relay's limits of files, or zero limits if the relay does not support files.
func fileLimits(f *protocol.Welcome) protocol.Limits {
	if slices.Contains(f.Features, protocol.FeatureFiles) {
		return f.Limits
	}
	return protocol.Limits{}
}
