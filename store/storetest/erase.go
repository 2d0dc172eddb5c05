package storetest

import (
	"sync/atomic"

	"hallway/protocol"
	"hallway/relay/rules"
)

// erase removes a user from some messages of the lobby.
func erase(user, pseudonym string, seqs ...int64) rules.Op {
	return rules.Op{Room: "lobby", Do: rules.Erase{User: user, Pseudonym: pseudonym, Seqs: seqs}}
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
	// Bob came back meanwhile.
	h.commit(react("lobby", 1, bob.ID, "👍", true), react("lobby", 1, bob.ID, "🎉", true))
	out = h.commit(erase(bob.ID, "erased-1", 1))[0]
	h.equal("one a user", out.Messages[0].Reactions[0].Count, int64(2))
	h.equal("the other", out.Messages[0].Reactions[1].Users, []string{"erased-1"})

	h.commit(moderate(protocol.ActMute, bob.ID, 0), report(1), revoke(bob.ID, true))
	rest := rules.Op{Do: rules.Forget{User: bob.ID, Pseudonym: "erased-1"}}
	h.commit(rest, by(bob, open("lobby"))) // not even with the mute in the same batch
	h.reopen()
	h.everyPage("lobby", 50)
	sanctions, reports, audit := h.pair.moderation(h, "lobby", "", 0, 10)
	h.equal("his mute", len(sanctions), 0)
	h.equal("his report", reports[0].By == protocol.User{ID: "erased-1"} && reports[0].Reason == "", true)
	h.equal("the audit of his report", audit[0].By.ID == "erased-1" && audit[0].Details == "", true)
	h.equal("the audit of his mute", audit[1].User == "erased-1" && audit[1].Details == "", true)

	// The erasure also forgets the time of the user's last send.
	h.commit(adjust(30, false), by(bob, send("lobby", 4, "Bob's")))
	h.equal("slow mode", h.commit(by(bob, send("lobby", 5, "Bob's")))[0].Why, protocol.WhySlowMode)
	rest.Do = rules.Forget{User: bob.ID, Pseudonym: "erased-2"}
	h.equal("another, who has his id", h.commit(rest, by(bob, send("lobby", 5, "Bob's")))[1].Why, protocol.Why(""))
}

// pseudonyms counts the drawn pseudonyms, so that each stands for one user.
var pseudonyms atomic.Int64
