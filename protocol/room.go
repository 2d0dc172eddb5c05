package protocol

import (
	"errors"
	"strings"
	"unicode"
)

// Room is a room as a user sees it from outside, over REST.
type Room struct {
	Name    string
	Title   string   // for people; plain text
	Head    int64    // the room's rev
	Unread  int64    // messages of others, not deleted, after the user's read marker
	Members int64    // users that have joined and were not removed
	Role    Role     // the user's role in the room
	Last    *Message // the newest; nil: there is none

	// Of one room alone, not in a list:

	Epoch     string
	CreatedAt Time
	Settings  string // a JSON object, given back to the byte; "" is {}
}

// Append appends the room's JSON to dst, as an entry of a list of rooms.
func (r *Room) Append(dst []byte) []byte {
	o := begin(dst)
	r.entry(&o)
	return o.end()
}

// AppendWhole is Append with all that is told of one room alone.
func (r *Room) AppendWhole(dst []byte) []byte {
	o := begin(dst)
	r.entry(&o)
	o.str("epoch", r.Epoch)
	o.time("created_at", r.CreatedAt)
	o.raw("settings", func(dst []byte) []byte { return appendObject(dst, r.Settings) })
	return o.end()
}

func (r *Room) entry(o *object) {
	o.str("room", r.Name)
	o.optStr("title", r.Title)
	o.int("head", r.Head)
	o.int("unread", r.Unread)
	o.int("members", r.Members)
	o.str("role", string(r.Role))
	if r.Last != nil {
		o.raw("last_message", r.Last.Append)
	}
}

// AppendRooms appends the JSON of a list of rooms to dst; more tells whether others
// come behind them, nil: nobody has asked for a part.
func AppendRooms(dst []byte, rooms []Room, more *bool) []byte {
	return appendList(dst, "rooms", more, len(rooms), func(dst []byte, i int) []byte { return rooms[i].Append(dst) })
}

// RoomMember is a user that has joined a room, over REST.
type RoomMember struct {
	User     User // as at the last join
	UserOnly bool // the rest is not told
	Read     int64
	Online   bool // is in the room now
	JoinedAt Time // the first time
}

// Append appends the member's JSON to dst.
func (m *RoomMember) Append(dst []byte) []byte {
	o := begin(dst)
	o.raw("user", m.User.Append)
	if !m.UserOnly {
		o.int("read", m.Read)
		o.bool("online", m.Online)
		o.time("joined_at", m.JoinedAt)
	}
	return o.end()
}

// AppendMembers appends the JSON of a list of members to dst, as AppendRooms does.
func AppendMembers(dst []byte, members []RoomMember, more *bool) []byte {
	return appendList(dst, "members", more, len(members), func(dst []byte, i int) []byte { return members[i].Append(dst) })
}

// appendList appends an object with a list of n elements and, unless it is nil, more.
func appendList(dst []byte, name string, more *bool, n int, element func(dst []byte, i int) []byte) []byte {
	o := begin(dst)
	o.list(name, n, element)
	if more != nil {
		o.bool("more", *more)
	}
	return o.end()
}

// Configure is the body of a room's PUT. It is all of what it sets: what is
// absent is none afterwards.
type Configure struct {
	Title    string // for people; plain text
	Settings string // a JSON object as it was written; "": none
}

// DecodeConfigure decodes and checks the body of a room's PUT. The error is a
// *[FrameError].
func DecodeConfigure(data []byte) (c Configure, err error) {
	s := scanner{data: data}
	if s.peek() != '{' {
		return c, notProtocol("is no JSON object")
	}
	wrong := ""
	s.object(func(name string) {
		ok := true
		switch {
		case name != "title" && name != "settings":
			s.skip()
		case s.word("null"):
		case name == "title":
			c.Title, ok = s.text()
		default:
			ok = s.peek() == '{'
			start := s.pos
			s.skip()
			c.Settings = string(s.data[start:s.pos])
		}
		if !ok {
			wrong = name
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
