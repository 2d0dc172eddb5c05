package protocol

import (
	"strconv"
	"unicode/utf8"
)

// object writes one JSON object, member by member. Members whose value is
// empty are left out by the opt methods.
type object struct {
	b    []byte
	some bool
}

func begin(dst []byte) object { return object{b: append(dst, '{')} }

// frame begins an object with the frame's type.
func frame(dst []byte, typ string) object {
	return object{b: append(append(append(dst, `{"type":"`...), typ...), '"'), some: true}
}

func (o *object) end() []byte { return append(o.b, '}') }

func (o *object) name(name string) {
	if o.some {
		o.b = append(o.b, ',')
	}
	o.some = true
	o.b = append(append(append(o.b, '"'), name...), `":`...)
}

func (o *object) str(name, v string) {
	o.name(name)
	o.b = appendString(o.b, v)
}

func (o *object) optStr(name, v string) {
	if v != "" {
		o.str(name, v)
	}
}

func (o *object) int(name string, v int64) {
	o.name(name)
	o.b = strconv.AppendInt(o.b, v, 10)
}

func (o *object) bool(name string, v bool) {
	o.name(name)
	o.b = strconv.AppendBool(o.b, v)
}

func (o *object) time(name string, t Time) {
	o.name(name)
	o.b = append(t.append(append(o.b, '"')), '"')
}

func (o *object) optTime(name string, t Time) {
	if t != 0 {
		o.time(name, t)
	}
}

func (o *object) strs(name string, vs []string) {
	o.list(name, len(vs), func(dst []byte, i int) []byte { return appendString(dst, vs[i]) })
}

// list writes an array of n elements, each by element.
func (o *object) list(name string, n int, element func(dst []byte, i int) []byte) {
	o.name(name)
	o.b = append(o.b, '[')
	for i := range n {
		if i > 0 {
			o.b = append(o.b, ',')
		}
		o.b = element(o.b, i)
	}
	o.b = append(o.b, ']')
}

// raw writes a value by its own Append.
func (o *object) raw(name string, appendTo func([]byte) []byte) {
	o.name(name)
	o.b = appendTo(o.b)
}

const hexDigits = "0123456789abcdef"

// appendString appends s as a JSON string. What is not UTF-8 becomes U+FFFD.
func appendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// Append appends the user's JSON to dst.
func (u User) Append(dst []byte) []byte {
	o := begin(dst)
	o.str("id", u.ID)
	o.str("name", u.Name)
	o.str("role", string(u.Role))
	return o.end()
}

// Append appends the message's JSON to dst; of a tombstone only what a
// tombstone has.
func (m *Message) Append(dst []byte) []byte {
	o := begin(dst)
	o.str("room", m.Room)
	o.str("id", m.ID)
	o.int("seq", m.Seq)
	o.int("rev", m.Rev)
	o.raw("sender", m.Sender.Append)
	o.time("created_at", m.CreatedAt)
	if m.Deleted() {
		o.time("deleted_at", m.DeletedAt)
		return o.end()
	}
	o.optStr("sent_at", m.SentAt)
	o.content(m.Text, m.Encrypted)
	o.optStr("reply_to", m.ReplyTo)
	o.optTime("edited_at", m.EditedAt)
	if m.Pinned {
		o.bool("pinned", true)
	}
	if len(m.Reactions) > 0 {
		o.raw("reactions", m.appendReactions)
	}
	if len(m.Mine) > 0 {
		o.strs("mine", m.Mine)
	}
	return o.end()
}

func (m *Message) appendReactions(dst []byte) []byte {
	o := begin(dst)
	for _, r := range m.Reactions {
		// The emoji is a name here, and may need escapes.
		if o.some {
			o.b = append(o.b, ',')
		}
		o.some = true
		o.b = append(appendString(o.b, r.Emoji), ':')
		v := begin(o.b)
		v.int("count", r.Count)
		v.strs("users", r.Users)
		o.b = v.end()
	}
	return o.end()
}

// content writes either the text or what stands in its place.
func (o *object) content(text string, e *Encrypted) {
	if e == nil {
		o.str("text", text)
		return
	}
	o.name("encrypted")
	v := begin(o.b)
	v.str("alg", e.Alg)
	v.str("kid", e.Kid)
	v.str("iv", e.IV)
	v.str("ct", e.CT)
	o.b = v.end()
}

// Append appends the page's JSON to dst.
func (p *Page) Append(dst []byte) []byte {
	return p.append(dst, len(p.Messages), func(dst []byte, i int) []byte { return p.Messages[i].Append(dst) })
}

// AppendEncoded is Append with messages, each the JSON of one, in place of
// p.Messages.
func (p *Page) AppendEncoded(dst []byte, messages [][]byte) []byte {
	return p.append(dst, len(messages), func(dst []byte, i int) []byte { return append(dst, messages[i]...) })
}

func (p *Page) append(dst []byte, messages int, message func(dst []byte, i int) []byte) []byte {
	o := begin(dst)
	o.list("messages", messages, message)
	o.str("epoch", p.Epoch)
	o.int("head", p.Head)
	o.bool("more", p.More)
	if p.MoreBefore != nil {
		o.bool("more_before", *p.MoreBefore)
	}
	if p.MoreAfter != nil {
		o.bool("more_after", *p.MoreAfter)
	}
	return o.end()
}

// Append appends the problem document's JSON to dst.
func (p *Problem) Append(dst []byte) []byte {
	o := begin(dst)
	o.str("type", "about:blank")
	o.str("title", p.Title)
	o.int("status", int64(p.Status))
	o.str("code", string(p.Code))
	o.optStr("detail", p.Detail)
	o.optStr("why", string(p.Why))
	o.optTime("until", p.Until)
	if len(p.Supported) > 0 {
		o.strs("supported", p.Supported)
	}
	return o.end()
}
