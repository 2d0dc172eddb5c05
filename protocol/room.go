package protocol

import (
	"errors"
	"strings"
	"unicode"
)

// Room is a room in a user's list of rooms, over REST.
type Room struct {
	Name    string
	Title   string // for people; plain text
	Head    int64  // the room's rev
	Unread  int64  // others' messages after the user's read marker, without tombstones
	Members int64  // the number of members
	// Mentions counts the unread messages that mention the user or everybody.
	Mentions int64
	Role     Role     // the user's role in the room
	Last     *Message // the newest message; nil: the room is empty

	// Only for a single room, not in a list:

	Epoch     string
	CreatedAt Time
	Settings  string // a JSON object, returned byte for byte; "" is {}
}

func (r *Room) fields(c *codec) {
	for c.walk() {
		r.entry(c)
	}
}

func (r *Room) entry(c *codec) {
	c.str("room", &r.Name, must)
	c.str("title", &r.Title, opt)
	c.int("head", &r.Head, must)
	c.int("unread", &r.Unread, must)
	c.int("mentions", &r.Mentions, opt)
	c.int("members", &r.Members, must)
	c.str("role", (*string)(&r.Role), must)
	if r.Last != nil && c.enter("last_message") {
		r.Last.fields(c)
	}
}

// Append appends the room's JSON to dst, as an entry of a list of rooms.
func (r *Room) Append(dst []byte) []byte { c := codec{out: dst}; r.fields(&c); return c.out }

// AppendWhole is Append with the fields for a single room.
func (r *Room) AppendWhole(dst []byte) []byte {
	c := codec{out: dst}
	for c.walk() {
		r.entry(&c)
		c.str("epoch", &r.Epoch, must)
		c.time("created_at", &r.CreatedAt, must)
		c.raw("settings", &r.Settings)
	}
	return c.out
}

// AppendRooms appends the JSON of a list of rooms to dst. more reports whether others follow; nil: the request asked
// for the whole list.
func AppendRooms(dst []byte, rooms []Room, more *bool) []byte {
	return appendList(dst, "rooms", more, len(rooms), func(dst []byte, i int) []byte { return rooms[i].Append(dst) })
}

// RoomMember is a member of a room, over REST.
type RoomMember struct {
	User     User // as at the last join
	UserOnly bool // the other fields are left out
	Read     int64
	Online   bool // is in the room now
	JoinedAt Time // when the user first joined
}

func (m *RoomMember) fields(c *codec) {
	for c.walk() {
		userField(c, "user", &m.User, wholeProfile)
		if !m.UserOnly {
			c.int("read", &m.Read, must)
			c.bool("online", &m.Online, must)
			c.time("joined_at", &m.JoinedAt, must)
		}
	}
}

// Append appends the member's JSON to dst.
func (m *RoomMember) Append(dst []byte) []byte { c := codec{out: dst}; m.fields(&c); return c.out }

// AppendMembers appends the JSON of a list of members to dst, as AppendRooms does.
func AppendMembers(dst []byte, members []RoomMember, more *bool) []byte {
	return appendList(dst, "members", more, len(members), func(dst []byte, i int) []byte { return members[i].Append(dst) })
}

// AppendUsers appends the JSON of a list of users, with their pictures and titles, to dst; more reports that others
// follow.
func AppendUsers(dst []byte, users []User, more bool) []byte {
	return appendList(dst, "users", &more, len(users), func(dst []byte, i int) []byte {
		c := codec{out: dst}
		users[i].fields(&c, wholeProfile)
		return c.out
	})
}

// appendList appends an object with a list of n elements and, unless it is nil, more.
func appendList(dst []byte, name string, more *bool, n int, element func(dst []byte, i int) []byte) []byte {
	c := codec{out: dst}
	for c.walk() {
		c.array(name, n, must, func(i int) { c.out = element(c.out, i) })
		c.maybeBool("more", &more)
	}
	return c.out
}

// Configure is the body of a room's PUT. It replaces all values of the room; a missing one becomes empty.
type Configure struct {
	Title    string // for people; plain text
	Settings string // a JSON object as it was written; "": none
}

// DecodeConfigure decodes and checks the body of a room's PUT. The error is a
// *[FrameError].
func DecodeConfigure(data []byte) (c Configure, err error) {
	s := scanner{data: data}
	if s.peek() != '{' {
		return c, notProtocol("is not a JSON object")
	}
	wrong := ""
	s.object(func(key []byte) {
		ok := true
		switch name := string(key); {
		case name != "title" && name != "settings":
			s.skip()
		case s.word("null"):
		case name == "title":
			var title []byte
			title, ok = s.text()
			c.Title = string(title)
		default:
			ok = s.peek() == '{'
			start := s.pos
			s.skip()
			c.Settings = string(s.data[start:s.pos])
		}
		if !ok {
			wrong = string(key)
		}
	})
	s.end()
	refuse := func(code Code, reason string) error { return &FrameError{Code: code, Reason: reason} }
	switch {
	case errors.Is(s.err, errSyntax):
		return c, notProtocol(s.err.Error())
	case s.err != nil:
		return c, refuse(CodeBadRequest, "the body "+s.err.Error())
	case wrong != "":
		return c, refuse(CodeBadRequest, wrong+" is of the wrong kind")
	case len(c.Title) > TitleBytesMax:
		return c, refuse(CodeTooLarge, "the title is too long")
	case len(c.Settings) > SettingsBytesMax:
		return c, refuse(CodeTooLarge, "the settings are too long")
	case strings.ContainsFunc(c.Title, unicode.IsControl):
		return c, refuse(CodeBadRequest, "the title has control characters")
	}
	if Blank(c.Title) {
		c.Title = ""
	}
	if _, err := ReadSettings(c.Settings); err != nil {
		return c, refuse(CodeBadRequest, "settings: "+err.Error())
	}
	return c, nil
}
