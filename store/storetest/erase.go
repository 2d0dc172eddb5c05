package storetest

import (
	"fmt"
	"slices"
	"sync/atomic"

	"pgregory.net/rapid"

	"hallway/protocol"
	"hallway/relay/hub"
)

// erase takes a user out of some messages of the lobby.
func erase(user, pseudonym string, seqs ...int64) hub.Op {
	return hub.Op{Kind: hub.OpErase, Room: "lobby", User: user, Erase: &hub.Erasure{Pseudonym: pseudonym, Seqs: seqs}}
}

func testErase(h *harness) {
	h.commit(send("lobby", 1, "Ada's"), by(bob, send("lobby", 2, "Bob's")), by(bob, send("lobby", 3, "Bob's")),
		by(bob, remove("lobby", 3)), react("lobby", 1, bob.ID, "👍", true), react("lobby", 1, ada.ID, "👍", true),
		react("lobby", 2, bob.ID, "👍", true))
	out := h.commit(erase(bob.ID, "erased-1", 1, 2, 3, 99))[0]
	h.equal("changed", len(out.Messages), 3)
	nobody := protocol.User{ID: "erased-1", Role: protocol.RoleParticipant}
	h.equal("his reaction", out.Messages[0].Reactions[0].Users, []string{"erased-1", ada.ID})
	h.equal("his message", out.Messages[1].Deleted() && out.Messages[1].Sender == nobody, true)
	h.equal("his tombstone", out.Messages[2].Deleted() && out.Messages[2].Sender == nobody, true)
	h.equal("again", len(h.commit(erase(bob.ID, "erased-1", 1, 2, 3))[0].Messages), 0)
	// He came back meanwhile.
	h.commit(react("lobby", 1, bob.ID, "👍", true), react("lobby", 1, bob.ID, "🎉", true))
	out = h.commit(erase(bob.ID, "erased-1", 1))[0]
	h.equal("one a user", out.Messages[0].Reactions[0].Count, int64(2))
	h.equal("the other", out.Messages[0].Reactions[1].Users, []string{"erased-1"})

	h.commit(moderate(protocol.ActMute, bob.ID, 0), report(1), revoke(bob.ID, true))
	rest := erase(bob.ID, "erased-1")
	rest.Room = ""
	h.commit(rest, by(bob, open("lobby"))) // no mute in the same batch either
	h.reopen()
	h.everyPage("lobby", 50)
	sanctions, reports, audit := h.pair.moderation(h, "lobby", "", 0, 10)
	h.equal("his mute", len(sanctions), 0)
	h.equal("his report", reports[0].By == protocol.User{ID: "erased-1"} && reports[0].Reason == "", true)
	h.equal("the audit of his report", audit[0].By.ID == "erased-1" && audit[0].Details == "", true)
	h.equal("the audit of his mute", audit[1].User == "erased-1" && audit[1].Details == "", true)
}

// pseudonyms are drawn so far: none stands for two users.
var pseudonyms atomic.Int64

func drawErase(t *rapid.T, op *hub.Op) {
	op.Note = ""
	op.Erase = &hub.Erasure{Pseudonym: "erased-" + op.User}
	if rapid.IntRange(0, 2).Draw(t, "the rest") == 0 {
		op.Room, op.Erase.Pseudonym = "", fmt.Sprint("erased-", pseudonyms.Add(1))
		return
	}
	op.Erase.Seqs = slices.Compact(slices.Sorted(slices.Values(rapid.SliceOfN(rapid.Int64Range(1, 12), 1, 12).Draw(t, "seqs"))))
}

// erase is what [hub.OpErase] does in a room.
func (r *modelRoom) erase(now protocol.Time, op hub.Op) (out hub.Outcome) {
	for _, m := range r.messages {
		if !slices.Contains(op.Erase.Seqs, m.Seq) {
			continue
		}
		switch {
		case m.Sender.ID == op.User:
			deleted := m.DeletedAt
			m.bury(now)
			if deleted != 0 {
				m.DeletedAt = deleted
			}
			m.Sender = protocol.User{ID: op.Erase.Pseudonym, Role: protocol.RoleParticipant}
			m.madeAs = protocol.Send{}
		case !m.disown(op.User, op.Erase.Pseudonym):
			continue
		}
		r.head++
		m.Rev = r.head
		out.Messages = append(out.Messages, m.view(""))
	}
	out.New = len(out.Messages) > 0
	return out
}

// disown reports whether the message shows it.
func (m *modelMessage) disown(user, pseudonym string) (shown bool) {
	for _, r := range slices.Clone(m.reactions) {
		at := slices.Index(r.users, user)
		switch {
		case at < 0:
		case slices.Contains(r.users, pseudonym):
			m.react(user, r.emoji, false)
			shown = true
		default:
			r.users[at] = pseudonym
			shown = shown || at < protocol.ReactionUsersMax
		}
	}
	for i := range m.reactions {
		if r := &m.reactions[i]; r.by == user {
			r.by = pseudonym
		}
	}
	return shown
}

// eraseRest is what [hub.OpErase] does without a room.
func (m *Model) eraseRest(now protocol.Time, op hub.Op) {
	user, pseudonym := op.User, op.Erase.Pseudonym
	delete(m.revoked, user)
	delete(m.ranks, user)
	for _, r := range m.rooms {
		r.members = slices.DeleteFunc(r.members, func(x hub.Member) bool { return x.User.ID == user })
		r.sanctions = slices.DeleteFunc(r.sanctions, func(s modelSanction) bool { return s.User.ID == user })
		for i := range r.sanctions {
			anonymous(&r.sanctions[i].By, user, pseudonym)
		}
		for i := range r.reports {
			if e := &r.reports[i]; anonymous(&e.By, user, pseudonym) {
				e.Reason = ""
			}
			if e := &r.reports[i]; e.ClosedBy == user {
				e.ClosedBy = pseudonym
			}
		}
	}
	for _, entries := range m.audit {
		for i := range entries {
			e := &entries[i]
			if e.User == user || e.By.ID == user && e.Act == "report" {
				e.Details = ""
			}
			if anonymous(&e.By, user, pseudonym); e.User == user {
				e.User = pseudonym
			}
		}
	}
	m.note(now, hub.Op{}, "erase", pseudonym, "")
}

// anonymous reports whether u was the user.
func anonymous(u *protocol.User, user, pseudonym string) bool {
	if u.ID != user {
		return false
	}
	u.ID, u.Name = pseudonym, ""
	return true
}
