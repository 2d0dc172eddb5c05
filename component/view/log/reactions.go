package log

import (
	"slices"
	"strings"

	"hallway/component/view/text"
	"hallway/protocol"
)

const (
	// reactorsNamedMax bounds the users that a reaction names.
	reactorsNamedMax = 10
	// reactorsKnownMax bounds the cached names, and reactionsMax the messages with cached reactions.
	reactorsKnownMax = 5000
	reactionsMax     = 1000
)

// reaction is one emoji on a message.
type reaction struct {
	emoji string
	count int
	mine  bool
	names []string // the known names of other users
}

func (r *reaction) equal(other *reaction) bool {
	return r.emoji == other.emoji && r.count == other.count && r.mine == other.mine && slices.Equal(r.names, other.names)
}

// reactionSet holds all reactions to a message. Rows are compared with ==, so equal sets must be the same
// pointer.
type reactionSet struct{ all []reaction }

// reactions makes sets of reactions. It caches them, because each frame needs them. The relay sends the ids of
// users. Their names come from their messages.
type reactions struct {
	names  map[string]string
	learnt int // the number of learnt names
	made   map[string]madeReactions
}

// madeReactions is a set with everything that it was made from.
type madeReactions struct {
	of     *protocol.Message
	me     string
	learnt int
	set    *reactionSet
}

// learn caches the name of a user.
func (m *reactions) learn(userID, name string) {
	if userID == "" || name == "" || m.names[userID] == name {
		return
	}
	if m.names == nil || len(m.names) >= reactorsKnownMax {
		m.names = make(map[string]string)
	}
	m.names[userID] = name
	m.learnt++
}

// to returns the reactions to a message, or nil.
func (m *reactions) to(message *protocol.Message, me string) *reactionSet {
	if len(message.Reactions) == 0 || message.Deleted() {
		return nil
	}
	was := m.made[message.ID]
	if was.of == message && was.me == me && was.learnt == m.learnt {
		return was.set
	}
	set := &reactionSet{all: make([]reaction, len(message.Reactions))}
	for i, r := range message.Reactions {
		set.all[i] = m.reaction(&r, message.Mine, me)
	}
	same := func(a, b reaction) bool { return a.equal(&b) }
	if was.set != nil && slices.EqualFunc(was.set.all, set.all, same) {
		set = was.set
	}
	if m.made == nil || len(m.made) >= reactionsMax {
		m.made = make(map[string]madeReactions)
	}
	m.made[message.ID] = madeReactions{message, me, m.learnt, set}
	return set
}

func (m *reactions) reaction(r *protocol.Reaction, mine []string, me string) reaction {
	made := reaction{
		emoji: r.Emoji, count: int(r.Count),
		mine: slices.Contains(mine, r.Emoji) || me != "" && slices.Contains(r.Users, me),
	}
	for _, id := range r.Users {
		if name := m.names[id]; id != me && name != "" && len(made.names) < reactorsNamedMax {
			made.names = append(made.names, name)
		}
	}
	return made
}

// reactors names the users of a reaction: first "You", then the known names, then the number of
// others.
func reactors(t *text.Texts, r *reaction) string {
	var people []string
	if r.mine {
		people = append(people, t.Say(text.You))
	}
	people = append(people, r.names...)
	if others := r.count - len(people); others > 0 {
		people = append(people, t.Count(text.Others, others))
	}
	if len(people) < 2 {
		return strings.Join(people, "")
	}
	last := len(people) - 1
	return strings.Join(people[:last], t.Say(text.Comma)) + t.Say(text.And) + people[last]
}

// reactionName returns the accessible name of a reaction.
func reactionName(t *text.Texts, r *reaction) string {
	return t.With(text.ReactedBy, r.emoji+" "+t.Number(r.count), reactors(t, r))
}

// mine reports whether an emoji is among the user's own reactions.
func (s *reactionSet) mine(emoji string) bool {
	return s != nil && slices.ContainsFunc(s.all, func(r reaction) bool { return r.emoji == emoji && r.mine })
}
