package server

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"errors"
	"time"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/hub"
)

// linkTo holds the file variant that a link opens, and its user.
type linkTo struct {
	room, id string
	user     string
	role     protocol.Role
	made     time.Time
	expires  time.Time
}

// links seals the content of links, so that clients can neither forge a link nor read its owner.
type links struct{ aead cipher.AEAD }

func newLinks(key [32]byte) *links {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // the key has a valid size
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return &links{aead}
}

// sealedLink is the content of a link. It is bound to the room and the file in the path.
type sealedLink struct {
	User    string        `json:"u"`
	Role    protocol.Role `json:"r"`
	Made    int64         `json:"m"`
	Expires int64         `json:"e"`
}

func (l *links) seal(to linkTo) (string, error) {
	content, err := json.Marshal(sealedLink{to.user, to.role, to.made.UnixMicro(), to.expires.UnixMicro()})
	if err != nil {
		return "", err
	}
	nonce := make([]byte, l.aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", err
	}
	return base64.RawURLEncoding.EncodeToString(l.aead.Seal(nonce, nonce, content, bound(to.room, to.id))), nil
}

func bound(room, id string) []byte { return []byte(room + "/" + id) }

var errLink = errors.New("the link is not valid")

// open returns the content of a link to a file.
func (l *links) open(room, id, sealed string) (to linkTo, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(sealed)
	if err != nil || len(raw) < l.aead.NonceSize() {
		return to, errLink
	}
	nonce := raw[:l.aead.NonceSize()]
	content, err := l.aead.Open(nil, nonce, raw[len(nonce):], bound(room, id))
	if err != nil {
		return to, errLink
	}
	var s sealedLink
	if err := json.Unmarshal(content, &s); err != nil {
		return to, errLink
	}
	return linkTo{room: room, id: id, user: s.User, role: s.Role, made: time.UnixMicro(s.Made), expires: time.UnixMicro(s.Expires)}, nil
}

// identity returns the link's user with the grants of the link.
func (to *linkTo) identity() hub.Identity {
	return hub.Identity{User: protocol.User{ID: to.user, Role: to.role}, Expires: to.expires, IssuedAt: to.made, Grants: linkGrants{to.room, to.role}}
}

// linkGrants open one room.
type linkGrants struct {
	room string
	role protocol.Role
}

// Role implements rules.Grants.
func (g linkGrants) Role(room string) (protocol.Role, bool) { return g.role, room == g.room }

// Highest implements rules.Grants.
func (g linkGrants) Highest() protocol.Role { return g.role }

// Everywhere implements hub.Grants.
func (g linkGrants) Everywhere() protocol.Role { return "" }

// Entries implements hub.Grants.
func (g linkGrants) Entries() []bus.Grant { return []bus.Grant{{Pattern: g.room, Role: g.role}} }

// Same implements hub.Grants.
func (g linkGrants) Same(other hub.Grants) bool { return g == other }
