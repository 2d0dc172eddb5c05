package protocol

import (
	"bytes"
	"unicode/utf8"
)

// Mention marks a part of a message's text that names a user, or everybody in the room.
type Mention struct {
	At, Len int64  // the part, in bytes of the text
	User    string // the user's id
	All     bool   // all users, in place of User
}

func (m *Mention) fields(c *codec) {
	for c.walk() {
		c.int("at", &m.At, must)
		c.int("len", &m.Len, must)
		c.str("user", &m.User, opt)
		c.bool("all", &m.All, opt)
	}
}

// mentionsField describes the mentions in a text, absent if there are none. It must follow the text.
func mentionsField(c *codec, text *string, all *[]Mention) {
	c.list("mentions", len(*all), opt, func(i int) {
		if i == len(*all) {
			*all = append(*all, Mention{At: -1}) // without a position it is refused
		}
		(*all)[i].fields(c)
	})
	if c.phase == limits && c.has>>(c.at-1)&1 != 0 {
		c.refuse(c.checkMentions(*all, *text))
	}
}

// checkMentions returns the code and the reason of the mentions' refusal; both are empty if they are valid.
func checkMentions(mentions []Mention, text string) (Code, string) {
	if len(mentions) > MentionsMax {
		return CodeBadRequest, "there are too many mentions"
	}
	for _, m := range mentions {
		switch {
		case m.All == (m.User != ""):
			return CodeBadRequest, "a mention must have either user or all"
		case !m.All && !ValidUser(m.User):
			return CodeBadRequest, "a mention has no valid id of a user"
		}
	}
	if !MentionsFit(mentions, text) {
		return CodeBadRequest, "mentions must be parts of the text, ascending, apart from each other and on whole characters"
	}
	return "", ""
}

// within reports whether a position in a text is inside a character.
func within(text string, at int64) bool {
	return at < int64(len(text)) && !utf8.RuneStart(text[at])
}

// FrameMentions reports whether an encoded message, or a frame with one, has mentions. Inside a string the quotes would
// be escaped.
func FrameMentions(encoded []byte) bool { return bytes.Contains(encoded, []byte(`"mentions":[`)) }

// MentionsAll reports whether one of the mentions names everybody.
func MentionsAll(mentions []Mention) bool {
	for i := range mentions {
		if mentions[i].All {
			return true
		}
	}
	return false
}

// MentionsUser reports whether one of the mentions names the user, or everybody.
func MentionsUser(mentions []Mention, user string) bool {
	for i := range mentions {
		if mentions[i].All || mentions[i].User == user {
			return true
		}
	}
	return false
}

// CleanMentions cleans a text as [CleanText] does, and moves the mentions accordingly. It drops a mention whose text
// was removed.
func CleanMentions(text string, mentions []Mention) (string, []Mention) {
	clean := CleanText(text)
	if clean == text {
		return text, mentions
	}
	var moved []Mention
	for _, m := range mentions {
		at := int64(len(CleanText(text[:m.At])))
		if m.At, m.Len = at, int64(len(CleanText(text[:m.At+m.Len])))-at; m.Len > 0 {
			moved = append(moved, m)
		}
	}
	return clean, moved
}

// MentionsFit reports whether mentions are parts of a text between characters, ascending and without overlap.
func MentionsFit(mentions []Mention, text string) bool {
	end := int64(0)
	for _, m := range mentions {
		if m.At < end || m.Len < 1 || m.At > int64(len(text))-m.Len {
			return false
		}
		if end = m.At + m.Len; within(text, m.At) || within(text, end) {
			return false
		}
	}
	return true
}
