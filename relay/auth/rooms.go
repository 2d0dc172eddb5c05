package auth

import (
	"encoding/json"
	"slices"
	"strings"

	"hallway/protocol"
	"hallway/relay/bus"
	"hallway/relay/hub"
	"hallway/relay/rules"
)

// Rooms are the rooms that a token opens, each with a role. The first entry that matches counts. They are the
// [hub.Grants] of a token.
type Rooms []Room

var _ hub.Grants = Rooms(nil)

// Room is one entry of [Rooms].
type Room struct {
	// Pattern is a room's name, in which * stands for any characters and ? for one.
	Pattern string
	Role    protocol.Role
}

// Role returns the role in a room; ok is false if no entry matches.
func (r Rooms) Role(room string) (role protocol.Role, ok bool) {
	for _, e := range r {
		if protocol.MatchRoom(e.Pattern, room) {
			return e.Role, true
		}
	}
	return "", false
}

// Highest returns the highest role of any entry; without an entry, the participant's.
func (r Rooms) Highest() protocol.Role {
	highest := protocol.RoleParticipant
	for _, e := range r {
		if !highest.AtLeast(e.Role) {
			highest = e.Role
		}
	}
	return highest
}

// Everywhere returns the role of the first entry with the pattern *; "" if there is none.
func (r Rooms) Everywhere() protocol.Role {
	for _, e := range r {
		if e.Pattern == "*" {
			return e.Role
		}
	}
	return ""
}

// Entries returns the entries in the form that relays exchange; see [RoomsOf].
func (r Rooms) Entries() []bus.Grant {
	entries := make([]bus.Grant, len(r))
	for i, e := range r {
		entries[i] = bus.Grant(e)
	}
	return entries
}

// RoomsOf returns the rooms of entries that another relay sent.
func RoomsOf(entries []bus.Grant) hub.Grants {
	r := make(Rooms, len(entries))
	for i, e := range entries {
		r[i] = Room(e)
	}
	return r
}

// Same reports whether the other grants have the same entries.
func (r Rooms) Same(other hub.Grants) bool {
	o, ok := other.(Rooms)
	return ok && slices.Equal(r, o)
}

// Spans returns the ranges of the names that the token may open, ascending and disjoint.
func (r Rooms) Spans() []rules.Span {
	all := make([]rules.Span, 0, len(r))
	for _, e := range r {
		span := rules.SpanOf(e.Pattern)
		if at := strings.IndexAny(e.Pattern, "*?"); at >= 0 {
			span = rules.Span{From: e.Pattern[:at], To: e.Pattern[:at] + "\x7f"} // all characters of names are lower
		}
		all = append(all, span)
	}
	slices.SortFunc(all, func(a, b rules.Span) int { return strings.Compare(a.From, b.From) })
	apart := all[:0]
	for _, span := range all {
		if n := len(apart); n > 0 && span.From < apart[n-1].To {
			apart[n-1].To = max(apart[n-1].To, span.To)
			continue
		}
		apart = append(apart, span)
	}
	return apart
}

// MarshalJSON returns the entry as a token holds it.
func (r Room) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]string{"room": r.Pattern, "role": string(r.Role)})
}
