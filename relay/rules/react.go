package rules

import (
	"slices"
	"strconv"

	"hallway/protocol"
)

// react adds or removes a user's reaction, both its row and its place in the message's summary. It reports whether
// anything changed.
func react(s *Set, m *Message, user, emoji string, on bool) (changed bool) {
	row := m.reactions[reactor{user, emoji}]
	if has := row != nil && row.Rev > 0; has == on {
		return false
	}
	at := m.emoji(emoji)
	m.Reactions = slices.Clone(m.Reactions) // outcomes share the slice
	if on {
		next := Reaction{User: user, Emoji: emoji, Rev: m.room.Head + 1, Brought: at < 0, changed: true}
		if row != nil {
			next.Brought = row.Brought
		}
		m.AddReaction(next)
		addReaction(s, m, at, user, emoji)
		return true
	}
	last := m.Reactions[at].Count == 1
	switch {
	case last: // the emoji is removed, with the row of the user who brought it
		for key := range m.reactions {
			if key.emoji == emoji {
				delete(m.reactions, key)
			}
		}
		m.emptied = append(m.emptied, emoji)
	case row.Brought:
		kept := *row
		kept.Rev, kept.changed = 0, true
		m.AddReaction(kept)
	default:
		m.reactions[reactor{user, emoji}] = nil
	}
	m.takeReaction(at, user)
	return true
}

func addReaction(s *Set, m *Message, at int, user, emoji string) {
	if at < 0 {
		at = len(m.Reactions)
		m.Reactions = append(m.Reactions, protocol.Reaction{Emoji: emoji})
	}
	summary := &m.Reactions[at]
	if summary.Count++; len(summary.Users) < s.ReactionUsers {
		summary.Users = append(slices.Clip(summary.Users), user)
	} else {
		m.AddUnnamed(emoji, append(m.unnamed[emoji], user))
	}
}

// takeReaction removes a user from a summary, and adds the next user instead.
func (m *Message) takeReaction(at int, user string) {
	summary := &m.Reactions[at]
	if summary.Count--; summary.Count == 0 {
		if m.Reactions = slices.Delete(m.Reactions, at, at+1); len(m.Reactions) == 0 {
			m.Reactions = nil
		}
		return
	}
	is := func(other string) bool { return other == user }
	unnamed := m.unnamed[summary.Emoji]
	named := slices.Index(summary.Users, user)
	if named < 0 {
		m.AddUnnamed(summary.Emoji, slices.DeleteFunc(slices.Clone(unnamed), is))
		return
	}
	summary.Users = slices.DeleteFunc(slices.Clone(summary.Users), is)
	if int64(len(summary.Users)) < summary.Count && len(unnamed) > 0 {
		summary.Users = append(summary.Users, unnamed[0])
		m.unnamed[summary.Emoji] = unnamed[1:]
	}
}

// emoji returns the index of the emoji's summary, or -1.
func (m *Message) emoji(emoji string) int {
	return slices.IndexFunc(m.Reactions, func(r protocol.Reaction) bool { return r.Emoji == emoji })
}

// tooMany refuses a reaction if the message, or the user, has too many different emoji; otherwise its Code is "".
func (m *Message) tooMany(user, emoji string) Outcome {
	if m.emoji(emoji) >= 0 {
		return Outcome{}
	}
	reason := ""
	if len(m.Reactions) >= protocol.ReactionsMax {
		reason = "the message has too many different reactions"
	} else if m.firstUses(user) >= protocol.ReactionsNewMax {
		reason = "a user brings at most " + strconv.Itoa(protocol.ReactionsNewMax) + " new reactions to a message"
	}
	if reason == "" {
		return Outcome{}
	}
	return Outcome{Refusal: Refusal{Code: protocol.CodeConflict, Why: protocol.WhyReactions, Reason: reason}}
}

// firstUses returns the number of the message's emoji that the user was the first to use.
func (m *Message) firstUses(user string) (n int) {
	for key, row := range m.reactions {
		if row != nil && row.Brought && key.user == user {
			n++
		}
	}
	return n
}

// disown gives the user's reactions and mentions to the pseudonym, and reports whether the message changed. If the
// pseudonym has the same reaction, because an erasure was interrupted and the user came back, it removes the user's.
func disown(s *Set, m *Message, user, pseudonym string) (shown bool) {
	for _, summary := range slices.Clone(m.Reactions) {
		emoji := summary.Emoji
		row := m.reactions[reactor{user, emoji}]
		if row == nil {
			continue
		}
		if m.reactions[reactor{pseudonym, emoji}] != nil {
			shown = react(s, m, user, emoji, false) || shown
			continue
		}
		renamed := *row
		renamed.User, renamed.changed = pseudonym, true
		m.AddReaction(renamed)
		if at := slices.Index(summary.Users, user); at >= 0 {
			m.Reactions = slices.Clone(m.Reactions)
			users := slices.Clone(summary.Users)
			users[at] = pseudonym
			m.Reactions[m.emoji(emoji)].Users, shown = users, true
		}
	}
	for key := range m.reactions {
		if key.user == user {
			m.reactions[key] = nil
			s.list(m)
		}
	}
	if renameMentions(m, user, pseudonym) {
		shown = true
	}
	if shown {
		update(s, m)
	}
	return shown
}
