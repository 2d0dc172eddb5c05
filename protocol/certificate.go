package protocol

import (
	"strconv"
	"strings"
)

// DeviceClaims holds the claims of a device's certificate (a JWT). They are not verified yet.
type DeviceClaims struct {
	Type, Alg       string // in the header
	Subject, Name   string
	Role            Role
	Rooms           []RoomClaim
	Issued, Expires int64  // Unix seconds; 0: missing
	JKT             string // in the claim cnf: the thumbprint of the device's key
}

// RoomClaim is an entry of the claim rooms.
type RoomClaim struct {
	Room string // a pattern: see [MatchRoom]
	Role Role
}

// ReadDeviceClaims reads a certificate's claims; ok is false if it is not a JWT with a valid sub and roles, has a claim
// of the wrong kind, or needs an extension (RFC 7515, section 4.1.11).
func ReadDeviceClaims(token string) (d DeviceClaims, ok bool) {
	first, _, _ := strings.Cut(token, ".")
	header, err := base64URL(first)
	payload, ok := jwtPayload(token)
	if err != nil || !ok {
		return d, false
	}
	extends := false
	h := read(header)
	for h.walk() {
		h.str("typ", &d.Type, must)
		h.str("alg", &d.Alg, must)
		h.array("crit", 0, opt, func(int) {
			extends = true
			h.in.skip()
		})
	}
	var issued, expires string
	c := read(payload)
	for c.walk() {
		c.str("sub", &d.Subject, must)
		c.str("name", &d.Name, opt)
		c.str("role", (*string)(&d.Role), opt)
		c.number("iat", &issued)
		c.number("exp", &expires)
		roomClaims(&c, &d.Rooms)
		if c.enter("cnf") {
			for c.walk() {
				c.str("jkt", &d.JKT, must)
			}
		}
	}
	if d.Role == "" {
		d.Role = RoleParticipant
	}
	ok = !extends && h.broken("header") == nil && c.broken("certificate") == nil && ValidUser(d.Subject) && d.Role.Valid()
	for i := range d.Rooms {
		if d.Rooms[i].Role == "" {
			d.Rooms[i].Role = d.Role
		}
		ok = ok && d.Rooms[i].Role.Valid()
	}
	d.Issued, d.Expires = unixClaim(issued), unixClaim(expires)
	return d, ok
}

// roomClaims describes the claim rooms: a list of patterns, and of objects with a role.
func roomClaims(c *codec, rooms *[]RoomClaim) {
	c.array("rooms", 0, opt, func(int) {
		var r RoomClaim
		if c.in.peek() == '"' {
			pattern, ok := c.in.text()
			if r.Room = string(pattern); !ok {
				c.wrong()
			}
		} else if c.begin(true) {
			for c.walk() {
				c.str("room", &r.Room, must)
				c.str("role", (*string)(&r.Role), opt)
			}
		}
		*rooms = append(*rooms, r)
	})
}

// unixClaim reads a time of a JWT, in whole seconds; 0 if it is not a time.
func unixClaim(number string) int64 {
	n, err := strconv.ParseFloat(number, 64)
	if err != nil || n <= 0 || n >= integerMax || len(number) > literalBytesMax {
		return 0
	}
	return int64(n)
}

// MatchRoom reports whether a pattern, in which * stands for any characters and ? for one, matches a whole name. It
// backtracks only to the last *, so the time is at most the product of both lengths. Names of rooms are ASCII: a byte
// is a character.
func MatchRoom(pattern, name string) bool {
	p, n := 0, 0
	star, from := -1, 0 // the last *, and the end of its match
	for n < len(name) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, n
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == name[n]):
			p++
			n++
		case star >= 0:
			from++
			p, n = star+1, from
		default:
			return false
		}
	}
	for p < len(pattern) && pattern[p] == '*' {
		p++
	}
	return p == len(pattern)
}
