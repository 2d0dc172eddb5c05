package storetest

import (
	"context"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

func testRevocations(h *harness) {
	h.equal("oneself", h.commit(revoke(ada.ID, true))[0].Code, protocol.CodeForbidden)
	out := h.commit(revoke(bob.ID, true), revoke("u_3", true), revoke("u_4", false))
	h.equal("since when", out[0].New && out[0].At == protocol.TimeOf(h.now), true)
	h.equal("who was not", out[2].New, false)
	h.now = h.now.Add(time.Second)
	out = h.commit(revoke(bob.ID, true), revoke("u_3", false))
	h.equal("anew, and lifted", out[0].New && out[1].New, true)
	h.reopen()
	got, err := h.store.Revocations(context.Background())
	if err != nil {
		h.Fatal(err)
	}
	h.equal("revoked", got, map[string]protocol.Time{bob.ID: protocol.TimeOf(h.now)})
	_, _, audit := h.pair.moderation(h, "", "", 0, 50)
	h.equal("audited under no room", len(audit), 4)
}

// testDropModerated shows that sanctions and reports of a dropped room do not apply to the new room of that name.
func testDropModerated(h *harness) {
	h.commit(by(bob, send("lobby", 1, "x")), moderate(protocol.ActBan, bob.ID, 0), by(moe, report(1)), adjust(3600, true),
		moderate(protocol.ActClear, bob.ID, 0), rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}})
	out := h.commit(by(bob, open("lobby")), by(bob, send("lobby", 1, "free")), by(bob, send("lobby", 2, "again")))
	for _, o := range out {
		h.equal("free", o.Code, protocol.Code(""))
	}
	h.equal("no report", out[0].Reports, int64(0))
	h.settle(h.store)
	h.equal("cleared anew", len(h.commit(moderate(protocol.ActClear, bob.ID, 0))[0].Messages), 2)
	h.pair.moderation(h, "lobby", "", 0, 50)
}
