package protocol

import "slices"

// Content is the content of an end-to-end encrypted message. A relay never sees it.
type Content struct {
	Text     string
	Mentions []Mention
	Files    []SealedFile
}

// SealedFile is a file that its sender has encrypted before the upload.
type SealedFile struct {
	File        // as it was before the encryption
	Key  string // base64url of 32 bytes
	IV   string // base64url of 12 bytes
}

func (f *SealedFile) fields(c *codec) {
	for c.walk() {
		f.File.members(c)
		c.str("key", &f.Key, must)
		c.str("iv", &f.IV, must)
	}
}

// Fits reports whether a content can be shown: its mentions lie in its text, and its files are different, complete, and
// have valid names.
func (m *Content) Fits() bool {
	if !MentionsFit(m.Mentions, m.Text) || len(m.Files) > MessageFilesMax {
		return false
	}
	for i := range m.Files {
		if !m.Files[i].fits() || slices.ContainsFunc(m.Files[:i], func(other SealedFile) bool { return other.ID == m.Files[i].ID }) {
			return false
		}
	}
	return true
}

func (f *SealedFile) fits() bool {
	return ValidID(f.ID) && ValidFileName(f.Name) && len(f.Type) <= typeBytesMax && len(f.Alt) <= AltBytesMax &&
		f.Size >= 0 && f.Width >= 0 && f.Height >= 0 && isBase64(f.Key, fileKeyBytes) && isBase64(f.IV, fileIVBytes)
}

// The sizes of a file's key and initialisation vector, in bytes.
const (
	fileKeyBytes = 32
	fileIVBytes  = 12
	// FileTagBytes is the number of bytes that encryption adds to a file.
	FileTagBytes = 16
)

func (m *Content) fields(c *codec) {
	c.loose = true
	for c.walk() {
		c.str("text", &m.Text, opt)
		mentionsField(c, &m.Text, &m.Mentions)
		c.list("files", len(m.Files), opt, func(i int) {
			if i == len(m.Files) {
				m.Files = append(m.Files, SealedFile{})
			}
			m.Files[i].fields(c)
		})
	}
	c.loose = false
}

// Append appends the content's JSON to dst.
func (m *Content) Append(dst []byte) []byte { c := codec{out: dst}; m.fields(&c); return c.out }

// DecodeContent decodes a content.
func DecodeContent(data []byte) (m Content, err error) {
	c := read(data)
	m.fields(&c)
	return m, c.broken("content")
}
