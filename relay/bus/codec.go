package bus

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	"hallway/protocol"
)

const (
	// version is the version of the format.
	version = 1
	// headBytes is the length of the fields at the beginning of every message.
	headBytes = 10
	// epochBytesMax bounds a room's epoch.
	epochBytesMax = 64
	// nameBytesMax bounds a user's display name.
	nameBytesMax = 256
	// roleBytesMax bounds a user's role.
	roleBytesMax = 32
	// patternBytesMax bounds a pattern of rooms in a token.
	patternBytesMax = 16 << 10
)

// kind is a kind of news in the format.
type kind byte

// The kinds of news. The numbers are part of the format.
const (
	kindChanges kind = 1 + iota
	kindTyping
	kindMoved
	kindSnapshot
	kindHeartbeat
	kindSpent
	kindRevoked
	kindAsked
	kindTold
	kindActed
	kindGranted
	kindPurged
	kindCalled
	kindLevelled
)

func (*Changes) kind() kind   { return kindChanges }
func (*Typing) kind() kind    { return kindTyping }
func (*Moved) kind() kind     { return kindMoved }
func (*Snapshot) kind() kind  { return kindSnapshot }
func (*Heartbeat) kind() kind { return kindHeartbeat }
func (*Spent) kind() kind     { return kindSpent }
func (*Revoked) kind() kind   { return kindRevoked }
func (*Asked) kind() kind     { return kindAsked }
func (*Told) kind() kind      { return kindTold }
func (*Acted) kind() kind     { return kindActed }
func (*Granted) kind() kind   { return kindGranted }
func (*Purged) kind() kind    { return kindPurged }
func (*Called) kind() kind    { return kindCalled }
func (*Levelled) kind() kind  { return kindLevelled }

// makers holds a constructor of empty news for each kind.
var makers = [...]func() News{
	kindChanges:   func() News { return &Changes{} },
	kindTyping:    func() News { return &Typing{} },
	kindMoved:     func() News { return &Moved{} },
	kindSnapshot:  func() News { return &Snapshot{} },
	kindHeartbeat: func() News { return &Heartbeat{} },
	kindSpent:     func() News { return &Spent{} },
	kindRevoked:   func() News { return &Revoked{} },
	kindAsked:     func() News { return &Asked{} },
	kindTold:      func() News { return &Told{} },
	kindActed:     func() News { return &Acted{} },
	kindGranted:   func() News { return &Granted{} },
	kindPurged:    func() News { return &Purged{} },
	kindCalled:    func() News { return &Called{} },
	kindLevelled:  func() News { return &Levelled{} },
}

// make returns empty news of a kind; nil if the kind is unknown.
func (k kind) make() News {
	if k == 0 || int(k) >= len(makers) {
		return nil
	}
	return makers[k]()
}

var (
	// ErrMalformed is the error of an invalid message.
	ErrMalformed = errors.New("bus: malformed message")
	// ErrUnknown is the error of a message of another version or an unknown kind with a valid head.
	ErrUnknown = errors.New("bus: unknown version or kind")
)

// Encode returns the message that carries news of a relay. The news must fit: see [Split].
func Encode(from RelayID, news News) []byte {
	c := codec{version: version}
	if changes, ok := news.(*Changes); ok {
		c.data = make([]byte, 0, changes.bytes())
	}
	c.data = append(c.data, version, byte(news.kind()))
	c.data = binary.BigEndian.AppendUint64(c.data, uint64(from))
	news.fields(&c)
	return c.data
}

// Decode decodes a message; the news' frames are slices of it. Changes of another version have no frames.
func Decode(message []byte) (from RelayID, news News, err error) {
	if len(message) < headBytes || len(message) > MessageBytesMax || message[0] == 0 {
		return 0, nil, ErrMalformed
	}
	from = RelayID(binary.BigEndian.Uint64(message[2:]))
	c := codec{reading: true, version: message[0], data: message[headBytes:]}
	known := kind(message[1])
	news = known.make()
	if news == nil || c.version != version && known != kindChanges {
		return from, nil, ErrUnknown
	}
	news.fields(&c)
	if c.bad || c.version == version && len(c.data) > 0 {
		return from, nil, fmt.Errorf("%w of kind %d", ErrMalformed, known)
	}
	return from, news, nil
}

// codec writes fields to data, or reads them from it. After the first error it is bad, and reads zeros.
type codec struct {
	data    []byte
	version byte
	reading bool
	bad     bool
}

// check marks the codec as bad if right is false.
func (c *codec) check(right bool) {
	if c.reading && !right {
		c.bad, c.data = true, nil
	}
}

// take returns the next n bytes; nil if there are fewer.
func (c *codec) take(n uint64) []byte {
	if c.bad || n > uint64(len(c.data)) {
		c.check(false)
		return nil
	}
	taken := c.data[:n:n]
	c.data = c.data[n:]
	return taken
}

// fixed encodes a number in 8 bytes.
func (c *codec) fixed(v *uint64) {
	if !c.reading {
		c.data = binary.BigEndian.AppendUint64(c.data, *v)
		return
	}
	if b := c.take(8); b != nil {
		*v = binary.BigEndian.Uint64(b)
	}
}

// number encodes a number from 0 to most, a small one in few bytes.
func (c *codec) number(v *int64, most int64) {
	if !c.reading {
		c.data = binary.AppendUvarint(c.data, uint64(*v))
		return
	}
	u, n := binary.Uvarint(c.data)
	// Only the shortest encoding of a number is valid.
	c.check(n > 0 && u <= uint64(most) && (n == 1 || c.data[n-1] != 0))
	if !c.bad {
		*v, c.data = int64(u), c.data[n:]
	}
}

// short encodes a text of at most 255 bytes.
func (c *codec) short(s *string) {
	if !c.reading {
		c.data = append(c.data, byte(len(*s)))
		c.data = append(c.data, *s...)
		return
	}
	if n := c.take(1); n != nil {
		*s = string(c.take(uint64(n[0])))
	}
}

// text encodes a text of at most so many bytes.
func (c *codec) text(s *string, most int64) {
	n := int64(len(*s))
	c.number(&n, most)
	if !c.reading {
		c.data = append(c.data, *s...)
		return
	}
	*s = string(c.take(uint64(n)))
}

// bytes encodes a byte slice.
func (c *codec) bytes(b *[]byte) {
	n := int64(len(*b))
	c.number(&n, MessageBytesMax)
	if !c.reading {
		c.data = append(c.data, *b...)
		return
	}
	*b = c.take(uint64(n))
}

// yes encodes a bool.
func (c *codec) yes(v *bool) {
	var n int64
	if *v {
		n = 1
	}
	c.number(&n, 1)
	*v = n == 1
}

// room encodes the name of a room.
func (c *codec) room(name *string) {
	c.short(name)
	c.check(protocol.ValidRoom(*name))
}

// user encodes the id of a user.
func (c *codec) user(id *string) {
	c.text(id, protocol.UserBytesMax)
	c.check(protocol.ValidUser(*id))
}

// list reads or writes a list. Each entry takes at least so many bytes, so a message cannot claim a longer list than it
// has bytes for.
func list[T any](c *codec, entries *[]T, least int, entry func(*T)) {
	n := int64(len(*entries))
	c.number(&n, int64(len(c.data)/least))
	if c.reading && n > 0 {
		*entries = make([]T, n)
	}
	for i := range *entries {
		if c.bad {
			return
		}
		entry(&(*entries)[i])
	}
}

func (n *Changes) fields(c *codec) {
	c.room(&n.Room)
	c.short(&n.Epoch)
	last := uint64(n.Last)
	c.fixed(&last)
	c.check(len(n.Epoch) <= epochBytesMax && last <= math.MaxInt64)
	if c.reading { // published news may be read concurrently
		n.Last = int64(last)
	}
	if c.version != version {
		return
	}
	c.number(&n.First, math.MaxInt64)
	c.number(&n.Rules, math.MaxInt64)
	before := n.First - 1
	list(c, &n.Frames, 2, func(f *Frame) {
		gap := f.Rev - before - 1
		c.number(&gap, math.MaxInt64-max(before, 0)-1)
		if before += 1 + gap; c.reading {
			f.Rev = before
		}
		c.bytes(&f.Data)
		c.check(len(f.Data) > 0)
	})
	c.check((n.First > 0) == (len(n.Frames) > 0) && n.First <= n.Last && before <= n.Last)
}

func (n *Typing) fields(c *codec) {
	c.room(&n.Room)
	c.user(&n.User.ID)
	c.text(&n.User.Name, nameBytesMax)
	c.text((*string)(&n.User.Role), roleBytesMax)
}

func (n *Moved) fields(c *codec) {
	c.room(&n.Room)
	list(c, &n.Came, 2, c.user)
	list(c, &n.Left, 2, c.user)
}

// part encodes the number of a message's part and of all parts.
func (c *codec) part(round, part, parts *int64) {
	c.number(round, math.MaxInt64)
	c.number(part, partsMax-1)
	c.number(parts, partsMax)
	c.check(*part < *parts)
}

func (n *Snapshot) fields(c *codec) {
	c.fixed((*uint64)(&n.Relay))
	c.room(&n.Room)
	c.part(&n.Round, &n.Part, &n.Parts)
	list(c, &n.Users, 2, c.user)
}

func (n *Heartbeat) fields(c *codec) {
	c.part(&n.Round, &n.Part, &n.Parts)
	c.yes(&n.Leaving)
	list(c, &n.Rooms, 10, func(d *Digest) {
		c.room(&d.Room)
		c.number(&d.Users, math.MaxInt32)
		c.fixed(&d.Sum)
	})
}

func (n *Spent) fields(c *codec) {
	list(c, &n.Users, 3, func(s *Spending) {
		c.user(&s.User)
		c.number(&s.Messages, math.MaxInt32)
		c.number(&s.Conns, math.MaxInt32)
	})
}

func (n *Told) fields(c *codec) {
	c.room(&n.Room)
	c.short(&n.Epoch)
	c.text(&n.User, protocol.UserBytesMax)
	c.bytes(&n.Frame)
	c.check(len(n.Epoch) <= epochBytesMax && (n.User == "" || protocol.ValidUser(n.User)) && len(n.Frame) > 0)
}

func (n *Acted) fields(c *codec) {
	c.room(&n.Room)
	c.text((*string)(&n.UpTo), roleBytesMax)
	c.bytes(&n.Frame)
	c.check(len(n.Frame) > 0)
}

func (n *Revoked) fields(c *codec) {
	c.user(&n.User)
	c.number(&n.At, math.MaxInt64)
	c.yes(&n.Erased)
}

func (n *Granted) fields(c *codec) {
	c.user(&n.User)
	list(c, &n.Grants, 2, func(g *Grant) {
		c.text(&g.Pattern, patternBytesMax)
		c.text((*string)(&g.Role), roleBytesMax)
	})
}

func (n *Purged) fields(c *codec) {
	c.room(&n.Room)
	c.short(&n.Epoch)
	c.number(&n.Below, math.MaxInt64)
	c.check(len(n.Epoch) <= epochBytesMax)
}

func (n *Called) fields(c *codec) { c.number(&n.Round, math.MaxInt64) }

func (n *Levelled) fields(c *codec) {
	c.fixed((*uint64)(&n.Relay))
	c.number(&n.Round, math.MaxInt64)
}

func (n *Asked) fields(c *codec) {
	c.fixed((*uint64)(&n.Relay))
	c.room(&n.Room)
}
