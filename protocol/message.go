package protocol

// Role decides which actions a user may do in a room.
type Role string

// The roles of version 1, the least first.
const (
	RoleParticipant Role = "participant"
	RoleModerator   Role = "moderator"
	RoleOrganizer   Role = "organizer"
)

// Valid reports whether r is one of version 1's roles.
func (r Role) Valid() bool { return r.rank() > 0 }

// AtLeast reports whether r is the role least or one above it. An unknown role is below all roles.
func (r Role) AtLeast(least Role) bool { return r.rank() >= least.rank() }

// MayModerate reports whether a user in role r may moderate users in the role other, which must be lower.
func (r Role) MayModerate(other Role) bool { return r.AtLeast(RoleModerator) && !other.AtLeast(r) }

func (r Role) rank() int {
	switch r {
	case RoleParticipant:
		return 1
	case RoleModerator:
		return 2
	case RoleOrganizer:
		return 3
	}
	return 0
}

// User is a user in a room.
type User struct {
	ID   string // the token's sub
	Name string // the display name; not unique
	Role Role
	// Picture is an https URL, and Title a text, from the user's token. Only few frames and documents have them.
	Picture, Title string
}

// A profile selects the fields of a user in addition to id, name and role.
type profile uint8

const (
	nameOnly     profile = iota
	withPicture          // the fields of a sender
	wholeProfile         // with the title, too
)

func (u *User) fields(c *codec, has profile) {
	for c.walk() {
		c.str("id", &u.ID, must)
		c.str("name", &u.Name, must)
		c.str("role", (*string)(&u.Role), must)
		if has >= withPicture {
			c.str("picture", &u.Picture, opt)
		}
		if has == wholeProfile {
			c.str("title", &u.Title, opt)
		}
	}
}

// userField describes a field that holds a user.
func userField(c *codec, name string, u *User, has profile) {
	if c.enter(name) {
		u.fields(c, has)
	}
}

// authorField describes a user without the role.
func authorField(c *codec, name string, u *User) {
	if c.enter(name) {
		for c.walk() {
			c.str("id", &u.ID, must)
			c.str("name", &u.Name, must)
			if c.phase == reading {
				c.str("role", (*string)(&u.Role), must)
			}
		}
	}
}

// Message is the state of a message at a revision. The zero value of an optional field means that it is absent.
type Message struct {
	Room      string
	ID        string // a UUID in canonical lower case, made by the sending client
	Seq       int64  // the rev at its creation: its place in the room
	Rev       int64  // the rev of its last change
	Sender    User
	CreatedAt Time   // the relay's clock, strictly increasing with Seq
	SentAt    string // the sender's clock in the sender's form (RFC 3339); never used for the order
	Text      string
	Encrypted *Encrypted // in place of Text
	Mentions  []Mention  // in Text
	Files     []File
	AutoText  bool // Text is AutoText of the files
	ReplyTo   string
	EditedAt  Time
	DeletedAt Time // set: the message is a tombstone without content
	Pinned    bool
	Reactions []Reaction
	Mine      []string // REST only: the requesting user's own emoji
}

func (m *Message) fields(c *codec) {
	for c.walk() {
		c.str("room", &m.Room, must)
		c.str("id", &m.ID, must)
		c.int("seq", &m.Seq, must)
		c.int("rev", &m.Rev, must)
		userField(c, "sender", &m.Sender, withPicture)
		c.time("created_at", &m.CreatedAt, must)
		c.time("deleted_at", &m.DeletedAt, opt)
		if c.phase == writing && m.Deleted() {
			continue
		}
		c.str("sent_at", &m.SentAt, opt)
		contentFields(c, &m.Text, &m.Encrypted, false)
		mentionsField(c, &m.Text, &m.Mentions)
		filesField(c, "files", &m.Files)
		c.bool("auto_text", &m.AutoText, opt)
		c.str("reply_to", &m.ReplyTo, opt)
		c.time("edited_at", &m.EditedAt, opt)
		c.bool("pinned", &m.Pinned, opt)
		reactionsField(c, "reactions", &m.Reactions)
		c.stringList("mine", &m.Mine, opt)
		c.want(m.ID != "" && m.Seq > 0 && m.Rev >= m.Seq)
	}
}

// Append appends the message's JSON to dst. A tombstone has no content.
func (m *Message) Append(dst []byte) []byte { c := codec{out: dst}; m.fields(&c); return c.out }

// Deleted reports whether the message is a tombstone.
func (m *Message) Deleted() bool { return m.DeletedAt != 0 }

// The bytes that Size counts for the names and numbers in the JSON of a message, a reaction, a mention and a file.
const (
	messageFrameBytes  = 192
	reactionFrameBytes = 32
	mentionFrameBytes  = 32
	fileFrameBytes     = 128
)

// Size returns the approximate size of the message's JSON, without Mine. It is at least half of the exact size.
func (m *Message) Size() int {
	n := messageFrameBytes + len(m.Room) + len(m.ID) + len(m.Sender.ID) + len(m.Sender.Name) + len(m.Sender.Picture) + len(m.SentAt) + len(m.ReplyTo)
	n += len(m.Text)
	for i := range len(m.Text) {
		if c := m.Text[i]; c < ' ' || c == '"' || c == '\\' {
			n++ // the character is escaped
		}
	}
	if e := m.Encrypted; e != nil {
		n += len(e.Alg) + len(e.Kid) + len(e.IV) + len(e.CT)
	}
	for i := range m.Mentions {
		n += mentionFrameBytes + len(m.Mentions[i].User)
	}
	for i := range m.Files {
		n += fileFrameBytes + len(m.Files[i].Name) + len(m.Files[i].Type) + len(m.Files[i].Alt)
	}
	for i := range m.Reactions {
		n += reactionFrameBytes + len(m.Reactions[i].Emoji)
		for _, user := range m.Reactions[i].Users {
			n += len(user) + len(`"",`)
		}
	}
	return n
}

// Encrypted is an end-to-end encrypted text, which the relay cannot read.
type Encrypted struct {
	Alg string // "A256GCM"
	Kid string // the key's id
	IV  string // base64url of 12 bytes
	CT  string // base64url of the ciphertext
}

func (e *Encrypted) fields(c *codec) {
	for c.walk() {
		c.str("alg", &e.Alg, must)
		c.str("kid", &e.Kid, must)
		c.str("iv", &e.IV, must)
		c.str("ct", &e.CT, must)
	}
}

// contentFields describes the text or its encrypted form. Files may replace both.
func contentFields(c *codec, text *string, e **Encrypted, files bool) {
	if c.phase == limits && (c.has>>c.at&3 == 0 && !files || c.has>>c.at&3 == 3) {
		c.refuse(CodeBadRequest, "either text or encrypted is needed")
	}
	if *e == nil || c.phase != writing {
		c.str("text", text, c.phase == writing && !files)
	}
	t := c.turn("encrypted", opt, *e == nil)
	if t == reading {
		*e = new(Encrypted)
	}
	if c.into("encrypted", t) {
		c.exact = true
		(*e).fields(c)
		c.exact = false
	} else if t == limits {
		c.refuse(c.checkEncrypted(*e, c.textBytes))
	}
}

// Reaction is one emoji on a message. Users names at most [ReactionUsersMax] users, Count counts all.
type Reaction struct {
	Emoji string
	Count int64
	Users []string
}

func (r *Reaction) fields(c *codec) {
	for c.walk() {
		c.int("count", &r.Count, must)
		c.stringList("users", &r.Users, must)
	}
}

// reactionsField describes an object of reactions by their emoji, absent if it is empty.
func reactionsField(c *codec, name string, all *[]Reaction) {
	switch c.turn(name, opt, len(*all) == 0) {
	case writing:
		c.key(name)
		c.series("{}", len(*all), func(i int) {
			c.out = append(appendString(c.out, (*all)[i].Emoji), ':')
			c.inside = false
			(*all)[i].fields(c)
		})
	case reading:
		ok := c.in.peek() == '{'
		c.in.object(func(emoji []byte) {
			r := Reaction{Emoji: string(emoji)}
			if c.begin(true) {
				r.fields(c)
			}
			*all = append(*all, r)
		})
		c.took(ok)
	}
}
