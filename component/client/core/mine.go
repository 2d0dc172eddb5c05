package core

import (
	"slices"

	"hallway/protocol"
)

// ownRecentMax is how many of the user's own reactions are remembered: more than
// can come while a page is on its way.
const ownRecentMax = 128

// ownReactions tells which reactions on a message are the user's own. A page of
// history says so. A live change names the first users of a reaction only; where
// that leaves it open, it is as it was before, but for the change's own cause.
type ownReactions struct {
	me     string
	recent []ownReaction // as they came live
}

type ownReaction struct {
	id    string
	rev   int64
	cause protocol.Cause
}

// note remembers a change that the user has caused, on whatever device.
func (o *ownReactions) note(m *protocol.Message, cause *protocol.Cause) {
	if cause == nil || cause.By != o.me {
		return
	}
	if len(o.recent) >= ownRecentMax {
		o.recent = slices.Delete(o.recent, 0, ownRecentMax/2)
	}
	o.recent = append(o.recent, ownReaction{id: m.ID, rev: m.Rev, cause: *cause})
}

// of is the user's own emoji on m, where known are those that were at rev since,
// and what the user has caused after it.
func (o *ownReactions) of(m *protocol.Message, known []string, since int64) []string {
	var mine []string
	for _, r := range m.Reactions {
		own := slices.Contains(r.Users, o.me)
		if !own && int64(len(r.Users)) < r.Count {
			own = slices.Contains(known, r.Emoji)
			for _, later := range o.recent {
				if later.id == m.ID && later.rev >= since && later.rev <= m.Rev && later.cause.Emoji == r.Emoji {
					own = later.cause.On
				}
			}
		}
		if own {
			mine = append(mine, r.Emoji)
		}
	}
	return mine
}

// newer is the state to show of a message that is shown as old and has now come
// as m: whole, from history, or live. Old stays as it is where m tells nothing
// new.
func (o *ownReactions) newer(old, m *protocol.Message, whole bool) *protocol.Message {
	switch {
	case m.Rev > old.Rev:
		return m
	case m.Rev == old.Rev:
		if !slices.Equal(m.Mine, old.Mine) {
			return m
		}
	case whole:
		// Overtaken by a live change, which could not tell all of Mine.
		if mine := o.of(old, m.Mine, m.Rev+1); !slices.Equal(mine, old.Mine) {
			known := *old
			known.Mine = mine
			return &known
		}
	}
	return old
}

// readMine makes Mine of what history has brought right, also from a relay that
// leaves it out.
func (o *ownReactions) readMine(messages []protocol.Message) {
	for i := range messages {
		m := &messages[i]
		m.Mine = o.of(m, m.Mine, m.Rev+1)
	}
}

// known is the newest state of a message that this chat has, nil where it has
// none.
func (c *Client) known(id string) *protocol.Message {
	if m := c.timeline.byID[id]; m != nil {
		return m
	}
	if m := c.timeline.aside[id]; m != nil {
		return m
	}
	if m := find(c.pinned.list, id); m != nil {
		return m
	}
	if c.search.found != nil {
		return find(c.search.found.Messages, id)
	}
	return nil
}

func find(messages []*protocol.Message, id string) *protocol.Message {
	if i := indexOf(messages, id); i >= 0 {
		return messages[i]
	}
	return nil
}

func indexOf(messages []*protocol.Message, id string) int {
	return slices.IndexFunc(messages, func(m *protocol.Message) bool { return m.ID == id })
}

// unsure reports whether there may be own reactions that Mine of m does not tell, if
// m was not known before it came live.
func unsure(m *protocol.Message) bool {
	return slices.ContainsFunc(m.Reactions, func(r protocol.Reaction) bool {
		return int64(len(r.Users)) < r.Count && !slices.Contains(m.Mine, r.Emoji)
	})
}

// liveMine makes Mine of a live change right, unless it is guessed.
func (c *Client) liveMine(m *protocol.Message, cause *protocol.Cause) (guessed bool) {
	c.timeline.own.note(m, cause)
	m.Mine = nil
	if len(m.Reactions) == 0 {
		return false
	}
	var before []string
	since, known := int64(0), c.known(m.ID)
	if known != nil {
		before, since = known.Mine, known.Rev
		if cause == nil || known.Rev < m.Rev {
			since++
		}
	}
	m.Mine = c.timeline.own.of(m, before, since)
	return known == nil && unsure(m)
}
