package e2ee

import (
	"encoding/binary"
	"errors"

	"hallway/protocol"
)

// Place identifies a message. The encryption binds the content to it.
type Place struct {
	Room    string
	ID      string // the message's id
	Sender  string // the user's id
	Kid     string
	ReplyTo string
	SentAt  string // as in the frame
}

// AAD returns the additional data of a message's encryption.
func (p *Place) AAD() []byte {
	return T("message", p.Room, p.ID, p.Sender, p.Kid, p.ReplyTo, p.SentAt)
}

// ContentBytes returns the bytes that a device signs to send a content at the place of aad.
func ContentBytes(aad []byte, device string, content []byte) []byte {
	return append(aad[:len(aad):len(aad)], T("content", device, string(content))...)
}

// The parts of a plaintext, in bytes.
const (
	idBytes     = 16 // the device's id
	sigBytes    = 64 // the device's signature
	blockBytes  = 256
	headerBytes = 3 // the header of a content
	tagBytes    = 16
)

// The first byte of a content, and the first byte of the padding after it.
const (
	contentVersion = 1
	paddingBegin   = 0x80
)

// EditMax is the highest edit number: a content has two bytes for it. A client makes no edit beyond it.
const EditMax = 1<<16 - 1

var (
	errContent   = errors.New("e2ee: not a content")
	errPlaintext = errors.New("e2ee: not a plaintext")
)

// AppendContent appends a content to dst: the edit number (0: the original) and the JSON of c.
func AppendContent(dst []byte, edit int64, c *protocol.Content) []byte {
	dst = binary.BigEndian.AppendUint16(append(dst, contentVersion), uint16(edit))
	return c.Append(dst)
}

// ReadContent decodes the output of AppendContent.
func ReadContent(b []byte) (edit int64, c protocol.Content, err error) {
	if len(b) < headerBytes || b[0] != contentVersion {
		return 0, c, errContent
	}
	c, err = protocol.DecodeContent(b[headerBytes:])
	return int64(binary.BigEndian.Uint16(b[1:])), c, err
}

// Plaintext returns the plaintext of a message. The device's id has 16 bytes and the
// signature 64.
func Plaintext(device, sig, content []byte) []byte {
	b := make([]byte, plaintextSize(len(content)))
	n := copy(b, device)
	n += copy(b[n:], sig)
	n += copy(b[n:], content)
	b[n] = paddingBegin
	return b
}

// ReadPlaintext returns the parts of a plaintext.
func ReadPlaintext(b []byte) (device, sig, content []byte, err error) {
	end := len(b) - 1
	for end >= 0 && b[end] == 0 {
		end--
	}
	if len(b)%blockBytes != 0 || end < idBytes+sigBytes || b[end] != paddingBegin || plaintextSize(end-idBytes-sigBytes) != len(b) {
		return nil, nil, nil, errPlaintext
	}
	return b[:idBytes], b[idBytes : idBytes+sigBytes], b[idBytes+sigBytes : end], nil
}

// plaintextSize returns the size of the plaintext of a content, in bytes.
func plaintextSize(content int) int {
	return (idBytes + sigBytes + content + 1 + blockBytes - 1) / blockBytes * blockBytes
}

// SealedSize returns the size of the ciphertext of a content, both in bytes. A relay accepts at most its limit text_bytes plus
// [protocol.EncryptedExtraBytesMax].
func SealedSize(content int) int { return plaintextSize(content) + tagBytes }
