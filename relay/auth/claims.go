package auth

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
)

// The bounds of a token.
const (
	// TokenBytesMax bounds a token.
	TokenBytesMax = 8192
	// SubBytesMax bounds the claim sub, in bytes of UTF-8.
	SubBytesMax = 128
	// NameBytesMax bounds the claim name, in bytes of UTF-8; a longer name is cut.
	NameBytesMax = 256
	// RoomEntriesMax bounds the entries of the claim rooms.
	RoomEntriesMax = 256
)

// Claims are the claims of a token about its user.
type Claims struct {
	Sub  string // the user's id
	Name string // the user's display name; may be empty
	// Picture is an https URL, and Title a display text; both may be empty.
	Picture, Title string
	Role           protocol.Role
	Rooms          Rooms
	// IssuedAt is the time when the token was issued; zero if unknown.
	IssuedAt time.Time
}

// check returns an error for a claim that is out of bounds.
func (c *Claims) check() error {
	switch {
	case c.Sub == "":
		return errors.New("the claim sub is missing: it names the user")
	case strings.ContainsRune(c.Sub, utf8.RuneError):
		// The replaced half may have distinguished two users.
		return errors.New("the claim sub has half a character")
	case !plain(c.Sub, SubBytesMax):
		return fmt.Errorf("the claim sub must be at most %d bytes without control characters", SubBytesMax)
	case !c.Role.Valid():
		return errors.New("the claim role is not participant, moderator or organizer")
	case len(c.Rooms) > RoomEntriesMax:
		return fmt.Errorf("the claim rooms has more than %d entries", RoomEntriesMax)
	}
	for _, e := range c.Rooms {
		if e.Pattern == "" || !plain(e.Pattern, protocol.RoomBytesMax) {
			return fmt.Errorf("an entry of the claim rooms must be 1 to %d bytes without control characters", protocol.RoomBytesMax)
		}
		if !e.Role.Valid() {
			return errors.New("a role in the claim rooms is not participant, moderator or organizer")
		}
	}
	return nil
}

// plain reports whether s is UTF-8 of at most bytesMax bytes without control characters.
func plain(s string, bytesMax int) bool {
	return len(s) <= bytesMax && utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// readClaims returns the claims that Hallway needs, and ignores the others. Names of claims are case-sensitive (RFC 7519).
func readClaims(m jwt.MapClaims) (Claims, error) {
	c := Claims{Role: protocol.RoleParticipant}
	var ok bool
	if v := m["sub"]; v != nil {
		if c.Sub, ok = v.(string); !ok {
			return c, errors.New("the claim sub is not a string")
		}
	}
	if v := m["name"]; v != nil {
		if c.Name, ok = v.(string); !ok {
			return c, errors.New("the claim name is not a string")
		}
		c.Name = protocol.CleanName(c.Name, NameBytesMax)
	}
	c.Picture, c.Title = readPicture(m["picture"]), readTitle(m["title"])
	if v := m["role"]; v != nil {
		role, ok := v.(string)
		if !ok {
			return c, errors.New("the claim role is not a string")
		}
		c.Role = protocol.Role(role)
	}
	if v := m["rooms"]; v != nil {
		entries, ok := v.([]any)
		if !ok {
			return c, errors.New(`the claim rooms is not a list like ["lobby"]`)
		}
		c.Rooms = make(Rooms, 0, min(len(entries), RoomEntriesMax+1))
		for _, v := range entries {
			e, err := readRoom(v, c.Role)
			if err != nil {
				return c, err
			}
			c.Rooms = append(c.Rooms, e)
		}
	}
	return c, c.check()
}

// readPicture returns the URL of a picture. It ignores every other value, because a name is enough to chat.
func readPicture(v any) string {
	s, _ := v.(string)
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "https" || u.Host == "" || u.User != nil || !plain(s, protocol.PictureBytesMax) {
		return ""
	}
	return s
}

// readTitle returns a title, or "" if the value is not a text or is too long.
func readTitle(v any) string {
	s, _ := v.(string)
	if len(s) > protocol.UserTitleBytesMax {
		return ""
	}
	return protocol.CleanName(s, protocol.UserTitleBytesMax)
}

// readRoom reads an entry of rooms: a string, which has the token's role, or an object, which may name another role.
func readRoom(v any, role protocol.Role) (Room, error) {
	switch v := v.(type) {
	case string:
		return Room{v, role}, nil
	case map[string]any:
		pattern, ok := v["room"].(string)
		if !ok {
			return Room{}, errors.New("an entry of the claim rooms names no room")
		}
		if r := v["role"]; r != nil {
			own, ok := r.(string)
			if !ok {
				return Room{}, errors.New("a role in the claim rooms is not a string")
			}
			role = protocol.Role(own)
		}
		return Room{pattern, role}, nil
	}
	return Room{}, errors.New("an entry of the claim rooms is neither a string nor an object")
}
