package storetest

import (
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

func testEdit(h *harness) {
	h.fill("lobby", 2)
	h.now = h.now.Add(time.Minute)
	out := h.commit(edit("lobby", 1, "edited"), edit("lobby", 1, "edited"))
	m := out[0].Message
	if !out[0].New || m.Seq != 1 || m.Rev != 3 || out[0].Head != 3 || m.Text != "edited" || m.EditedAt != protocol.TimeOf(h.now) {
		h.Errorf("edited: %+v", out[0])
	}
	h.equal("to the same content", out[1], outcome{Message: m, Epoch: out[0].Epoch, Head: 3})
	h.equal("as stored", h.stored("lobby", 1), m)

	secret := edit("lobby", 1, "")
	secret = with(secret, func(do *rules.Edit) {
		do.Encrypted = &protocol.Encrypted{Alg: "A256GCM", Kid: "k", IV: "AAECAwQFBgcICQoL", CT: "_-8"}
	})
	out = h.commit(secret, secret, edit("lobby", 1, "open again"))
	if m := out[0].Message; !out[0].New || m.Text != "" || m.Encrypted == nil || m.Rev != 4 {
		h.Errorf("to an encrypted text: %+v", out[0])
	}
	h.equal("to the same encrypted text", out[1].New, false)
	if m := out[2].Message; m.Encrypted != nil || m.Rev != 5 {
		h.Errorf("and back: %+v", m)
	}

	h.now = start.Add(-time.Hour) // the clock was set back
	m = h.commit(edit("lobby", 2, "in the past"))[0].Message
	h.equal("edited_at", m.EditedAt, m.CreatedAt)
	m = h.commit(remove("lobby", 2))[0].Message
	h.equal("deleted_at", m.DeletedAt, m.CreatedAt)
}

func testDelete(h *harness) {
	op := send("lobby", 1, "to be deleted")
	op = with(op, func(do *rules.Send) { do.ReplyTo = id(9) })
	sent := h.commit(by(bob, op), send("lobby", 2, "stays"))[0].Message
	h.commit(by(bob, edit("lobby", 1, "edited")), pin("lobby", 1, true),
		react("lobby", 1, ada.ID, "👍", true), react("lobby", 1, bob.ID, "👎", true))
	h.now = h.now.Add(time.Minute)
	moderated := ofAnyUser(remove("lobby", 1))
	out := h.commit(moderated, moderated, by(bob, remove("lobby", 1)))
	want := protocol.Message{
		Room: "lobby", ID: id(1), Seq: 1, Rev: 7, Sender: sent.Sender, CreatedAt: sent.CreatedAt, DeletedAt: protocol.TimeOf(h.now),
	}
	h.equal("tombstone", out[0], outcome{Message: want, New: true, Epoch: out[0].Epoch, Head: 7})
	for _, again := range out[1:] {
		h.equal("deleted again", again, outcome{Message: want, Epoch: out[0].Epoch, Head: 7})
	}
	h.reopen()
	h.equal("as stored", h.stored("lobby", 1), want)
	if page := h.page("lobby", rules.Query{Kind: rules.QueryPinned, Limit: 5}); len(page.Messages) != 0 {
		h.Errorf("pinned: %+v", page.Messages)
	}
	mine := h.pair.page(h, "lobby", bob.ID, rules.Query{Limit: 5})
	if m := mine.Messages[0]; m.Mine != nil {
		h.Errorf("reactions are left: %+v", m)
	}
}

func testResendAfterChanges(h *harness) {
	original := send("lobby", 1, "first words")
	h.commit(original, edit("lobby", 1, "second words"))
	out := h.commit(original, send("lobby", 1, "second words"))
	if out[0].Code != "" || out[0].New || out[0].Message.Text != "second words" {
		h.Errorf("the original after an edit: %+v", out[0])
	}
	h.equal("what it was edited to", out[1].Code, protocol.CodeConflict)
	h.commit(remove("lobby", 1))
	out = h.commit(original, send("lobby", 1, ""))
	if out[0].Code != "" || !out[0].Message.Deleted() || out[0].Message.Text != "" {
		h.Errorf("the original after its deletion: %+v", out[0])
	}
	h.equal("the tombstone's content", out[1].Code, protocol.CodeConflict)
}

func testRefusals(h *harness) {
	everything := func(n int) []rules.Op {
		return []rules.Op{
			edit("lobby", n, "x"), remove("lobby", n), react("lobby", n, bob.ID, "👍", true), react("lobby", n, bob.ID, "👍", false),
			pin("lobby", n, true), pin("lobby", n, false),
		}
	}
	codes := func(what string, ops []rules.Op, want ...protocol.Code) {
		h.Helper()
		var got []protocol.Code
		for _, out := range h.commit(ops...) {
			got = append(got, out.Code)
		}
		h.equal(what, got, want)
	}
	const none, gone, forbidden, conflict = protocol.Code(""), protocol.CodeNotFound, protocol.CodeForbidden, protocol.CodeConflict
	codes("in no room", everything(1), gone, gone, gone, gone, gone, gone)
	h.equal("the room", h.page("lobby", rules.Query{Limit: 1}), protocol.Page{})

	h.fill("lobby", 2)
	codes("no such message", everything(9), gone, gone, gone, gone, gone, gone)
	others := everything(1)
	for i := range others {
		others[i].Sender = bob
	}
	codes("of another", others, forbidden, forbidden, none, none, none, none)
	codes("edit of another", others[:1], forbidden)

	h.commit(remove("lobby", 2))
	codes("a tombstone", everything(2), conflict, none, conflict, conflict, conflict, conflict)
	codes("a tombstone of another", []rules.Op{by(bob, edit("lobby", 2, "x")), by(bob, remove("lobby", 2))}, forbidden, forbidden)
}

func testPin(h *harness) {
	h.fill("lobby", 5)
	out := h.commit(pin("lobby", 1, false), pin("lobby", 2, true), by(bob, pin("lobby", 2, true)), pin("lobby", 4, true))
	h.equal("unpinned what is not pinned", out[0].New, false)
	h.equal("pinned", out[1].New && out[1].Message.Pinned && out[1].Message.Rev == 6, true)
	h.equal("pinned twice", out[2].New, false)
	ids := func(q rules.Query) (ids []string) {
		q.Kind = rules.QueryPinned
		for _, m := range h.page("lobby", q).Messages {
			ids = append(ids, m.ID)
		}
		return ids
	}
	h.equal("pinned, the newest first", ids(rules.Query{Limit: 5}), []string{id(4), id(2)})
	h.equal("a page of them", ids(rules.Query{Limit: 1}), []string{id(4)})
	h.equal("the next", ids(rules.Query{Limit: 1, At: 4}), []string{id(2)})
	out = h.commit(pin("lobby", 4, false), edit("lobby", 2, "edited"))
	h.equal("unpinned", out[0].New && !out[0].Message.Pinned && out[0].Message.Rev == 8, true)
	h.equal("an edit leaves the pin", out[1].Message.Pinned, true)
	h.equal("what is left", ids(rules.Query{Limit: 5}), []string{id(2)})
}
