package rules

import (
	"encoding/json"

	"hallway/protocol"
)

// audit adds an entry for an act of the op's sender about a user, a message, or neither.
func (s *Set) audit(op *Op, act, user, message string, d details) {
	s.Audit = append(s.Audit, AuditRow{Room: op.Room, AuditEntry: protocol.AuditEntry{
		At: s.Now, By: op.Sender, Act: act, User: user, ID: message, Details: d.object(),
	}})
}

// details are the encoded members of a JSON object.
type details []byte

func (d details) member(name string, value []byte) details {
	separator := byte(',')
	if len(d) == 0 {
		separator = '{'
	}
	d = append(d, separator)
	d = append(d, quote(name)...)
	d = append(d, ':')
	return append(d, value...)
}

// text adds a text, unless it is empty.
func (d details) text(name, text string) details {
	if text == "" {
		return d
	}
	return d.member(name, quote(text))
}

// time adds a time, unless it is 0.
func (d details) time(name string, t protocol.Time) details {
	if t == 0 {
		return d
	}
	return d.text(name, t.String())
}

// object returns the JSON object, or "" if it has no members.
func (d details) object() string {
	if len(d) == 0 {
		return ""
	}
	return string(d) + "}"
}

func quote(text string) []byte {
	quoted, _ := json.Marshal(text) // never fails with a string
	return quoted
}

// quotes returns texts as a JSON list.
func quotes(texts []string) []byte {
	list := []byte{'['}
	for i, text := range texts {
		if i > 0 {
			list = append(list, ',')
		}
		list = append(list, quote(text)...)
	}
	return append(list, ']')
}

// object returns a room's settings as a JSON object.
func object(settings string) []byte {
	if settings == "" {
		settings = "{}"
	}
	return []byte(settings)
}
