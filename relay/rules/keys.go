package rules

import (
	"errors"
	"slices"

	"hallway/protocol"
)

// Parts splits a batch into parts. A store carries them out one after another in one transaction: it loads the rows
// that the part's Keys name, calls [Set.Do] for each op and saves the Changes. A clear, an Erase, a Forget and a See
// each form a part, because the store has to search for their rows. So do ops about keys and devices, because the
// [Vault] reads and writes at once.
func Parts(ops []Op) (parts [][]Op, err error) {
	from := 0
	cut := func(to int) {
		if from < to {
			parts = append(parts, ops[from:to])
		}
		from = to
	}
	for i := range ops {
		if ops[i].Do == nil {
			return nil, errors.New("an op does nothing")
		}
		if ops[i].alone() {
			cut(i)
			cut(i + 1)
		}
	}
	cut(len(ops))
	return parts, nil
}

func (op *Op) alone() bool {
	switch do := op.Do.(type) {
	case Erase, Forget, See, Revoke, Register, Unregister, MakeTurn, HandOn, Want:
		return true
	case Open:
		return do.Device != ""
	case Moderate:
		return do.Act == protocol.ActClear
	}
	return false
}

// Keys name the rows that the ops of a part may touch. A named row need not exist, and may be named twice.
type Keys struct {
	Rooms      []RoomKeys
	Users      []string // ranks and revocations
	NextReport bool     // the number of the next report is needed
	See        *SeeKey  // the memberships of a user, and the user's rank
	Uploaders  []string // users whose files' bytes are needed, with the bytes of all files
}

// A SeeKey names the memberships of a user in rooms with a greater key.
type SeeKey struct {
	User  string
	After int64
}

// RoomKeys name a room, and rows of it.
type RoomKeys struct {
	Name      string
	Settings  bool     // title and settings are needed
	Standings []string // users
	Members   []string // users
	Messages  []string // ids
	Sent      []string // ids of sends: most of these messages do not exist
	Seqs      []int64  // messages by their seq
	Reports   []ReportKey
	Files     []string // ids
	FileBytes bool     // the bytes of the room's files are needed

	reactions []reactionKey
	erase     Erase
}

// A ReportKey names a report by its number, or, if that is 0, a user's open report of a message.
type ReportKey struct {
	N        int64
	ID, User string
}

type reactionKey struct {
	id, user, emoji string
	takes           bool // the op takes the reaction back
}

// KeysOf returns the keys of a part.
func KeysOf(ops []Op) *Keys {
	k := &Keys{}
	places := make(map[string]int)
	for i := range ops {
		places[ops[i].Room] = -1 // not seen yet
	}
	k.Rooms = make([]RoomKeys, 0, len(places))
	for i := range ops {
		op := &ops[i]
		switch do := op.Do.(type) {
		case Revoke:
			k.Users = append(k.Users, do.User)
			continue
		case Forget, Register, Unregister:
			continue
		case See:
			k.Users, k.See = append(k.Users, op.Sender.ID), &SeeKey{User: op.Sender.ID, After: do.After}
			continue
		}
		at := places[op.Room]
		if at < 0 {
			at = len(k.Rooms)
			places[op.Room] = at
			k.Rooms = append(k.Rooms, RoomKeys{Name: op.Room})
		}
		switch op.Do.(type) {
		case Report:
			k.NextReport = true
		case Upload:
			k.Uploaders = append(k.Uploaders, op.Sender.ID)
		}
		k.Rooms[at].add(op)
	}
	return k
}

// add adds the keys of an op in the room.
func (k *RoomKeys) add(op *Op) {
	sender := op.Sender.ID
	if n := len(k.Standings); n == 0 || k.Standings[n-1] != sender {
		k.Standings = append(k.Standings, sender)
	}
	if send, sends := op.Do.(Send); sends {
		k.Sent = append(k.Sent, send.ID)
		for _, a := range send.Files {
			k.Files = append(k.Files, a.ID)
		}
	} else if id := op.ID(); id != "" {
		k.Messages = append(k.Messages, id)
	}
	switch do := op.Do.(type) {
	case Open, Read:
		k.Members = append(k.Members, sender)
	case React:
		k.reactions = append(k.reactions, reactionKey{id: do.ID, user: sender, emoji: do.Emoji, takes: !do.On})
	case Configure, Adjust:
		k.Settings = true
	case Upload:
		k.Files, k.FileBytes = append(k.Files, do.File.ID), true
	case Moderate:
		k.Standings, k.Members = append(k.Standings, do.User), append(k.Members, do.User)
	case Report:
		k.Reports = append(k.Reports, ReportKey{ID: do.ID, User: sender})
	case Resolve:
		k.Reports = append(k.Reports, ReportKey{N: do.N})
	case Erase:
		k.Seqs, k.erase = do.Seqs, do
	}
}

// A ReactionKey names the rows of a user's reactions to a message.
type ReactionKey struct {
	Message *Message
	User    string
}

// An UnnamedKey names users who have reacted to a message with an emoji: those who follow the users in the summary, in
// the order of their reactions.
type UnnamedKey struct {
	Message *Message
	Emoji   string
	Users   int // the needed number
}

// Reactions returns the keys of reactions, once the messages are loaded.
func (k *RoomKeys) Reactions(r *Room) (rows []ReactionKey, unnamed []UnnamedKey) {
	if k.erase.User != "" {
		return k.erase.reactions(r)
	}
	type place struct{ id, emoji string }
	takers := make(map[place]int)
	named := make(map[place]bool)
	for _, one := range k.reactions {
		m := r.messages[one.id]
		if m == nil || m.made {
			continue
		}
		rows = append(rows, ReactionKey{m, one.user})
		if at := m.emoji(one.emoji); one.takes && at >= 0 && int64(len(m.Reactions[at].Users)) < m.Reactions[at].Count {
			p := place{one.id, one.emoji}
			takers[p]++
			named[p] = named[p] || slices.Contains(m.Reactions[at].Users, one.user)
		}
	}
	for p, n := range takers {
		if named[p] {
			unnamed = append(unnamed, UnnamedKey{r.messages[p.id], p.emoji, n})
		}
	}
	return rows, unnamed
}

func (e *Erase) reactions(r *Room) (rows []ReactionKey, unnamed []UnnamedKey) {
	for _, m := range r.messages {
		if m.Sender.ID == e.User || len(m.Reactions) == 0 {
			continue
		}
		rows = append(rows, ReactionKey{m, e.User}, ReactionKey{m, e.Pseudonym})
		for _, summary := range m.Reactions {
			if int64(len(summary.Users)) < summary.Count {
				unnamed = append(unnamed, UnnamedKey{m, summary.Emoji, 1})
			}
		}
	}
	return rows, unnamed
}
