package rules

import (
	"slices"

	"hallway/protocol"
)

// mentionsAll reports whether the op is a text that mentions everybody.
func (op *Op) mentionsAll() bool {
	switch do := op.Do.(type) {
	case Send:
		return protocol.MentionsAll(do.Mentions)
	case Edit:
		return protocol.MentionsAll(do.Mentions)
	}
	return false
}

// Mentioned returns the users in a message's mentions, each once; "" stands for everybody.
func Mentioned(m *protocol.Message) (users []string) {
	for i := range m.Mentions {
		if user := m.Mentions[i].User; !slices.Contains(users, user) {
			users = append(users, user)
		}
	}
	return users
}

// MentionsBefore reports whether the message had mentions when it was loaded.
func (m *Message) MentionsBefore() bool { return len(m.had) > 0 }

// noteMentions notes that the message's mentions may have changed since it was loaded.
func (m *Message) noteMentions() {
	if !m.mentions && len(m.had)+len(m.Mentions) > 0 {
		m.mentions = true
		m.room.mentions = append(m.room.mentions, m)
	}
}

// unreadMentions counts others' messages above the read marker that mention the user or everybody.
func unreadMentions(s *Set, r *Room, user string, read int64) (n int64) {
	if s.Mentions != nil && !r.made {
		n = s.Mentions(r, user, read)
	}
	one := func(mentions []protocol.Mention) int64 {
		if protocol.MentionsUser(mentions, user) {
			return 1
		}
		return 0
	}
	for _, m := range r.mentions {
		if m.Seq > read && m.Sender.ID != user {
			n += one(m.Mentions) - one(m.had)
		}
	}
	return min(max(n, 0), UnreadMax)
}

// renameMentions replaces the user by the pseudonym in a message's mentions, and reports whether it replaced any.
func renameMentions(m *Message, user, pseudonym string) bool {
	of := func(mention protocol.Mention) bool { return mention.User == user }
	if !slices.ContainsFunc(m.Mentions, of) {
		return false
	}
	m.Mentions = slices.Clone(m.Mentions) // outcomes share the slice
	for i := range m.Mentions {
		if of(m.Mentions[i]) {
			m.Mentions[i].User = pseudonym
		}
	}
	return true
}
