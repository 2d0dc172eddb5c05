package protocol

// Content is what an end-to-end encrypted message says. A relay never sees it.
type Content struct {
	Text     string
	Mentions []Mention
	Files    []SealedFile
}

// SealedFile is a file that its sender has encrypted before the upload.
type SealedFile struct {
	File        // as it was before
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

func (m *Content) fields(c *codec) {
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
}

// Append appends the content's JSON to dst.
func (m *Content) Append(dst []byte) []byte { c := codec{out: dst}; m.fields(&c); return c.out }

// DecodeContent decodes a content.
func DecodeContent(data []byte) (m Content, err error) {
	c := read(data)
	m.fields(&c)
	return m, c.broken("content")
}
