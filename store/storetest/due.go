package storetest

import (
	"reflect"
	"time"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
	"hallway/relay/rules"
)

func testSealed(h *harness) {
	d := devicetest.New(ada.ID)
	plain := h.commit(open("lobby"), send("lobby", 1, "plain"))[1]
	h.commit(sealedRoom)
	h.taken("a device", register(d))
	h.equal("a plain text that was stored before", h.commit(send("lobby", 1, "plain"))[0].Message, plain.Message)
	h.refused("a plain text", send("lobby", 2, "secret"), protocol.CodeForbidden, protocol.WhyEncrypted)
	h.refused("a plain edit", edit("lobby", 1, "secret"), protocol.CodeForbidden, protocol.WhyEncrypted)
	h.refused("a key before the first turn", sealed(ada, 2, "1.AAAAAAAAAAAAAAAAAAAAAA"), protocol.CodeUnavailable, protocol.WhyStaleKey)
	first := d.Turn("lobby", 1, nil)
	h.taken("a turn", turn(ada, d, first))
	message := sealed(ada, 2, first.Kid)
	stored := h.taken("a message", message)
	change := rules.Op{Room: "lobby", Sender: ada, Do: rules.Edit{ID: id(2), Encrypted: devicetest.Sealed(first.Kid)}}
	h.taken("an edit", change)
	second := d.Turn("lobby", 2, &first)
	h.taken("a turn", turn(ada, d, second))
	if again := h.taken("a message that was stored before the turn", message); again.Result.(rules.Stored).New || again.Head != stored.Head+1 {
		h.Fatalf("stored again: %+v", again)
	}
	h.taken("an edit that was stored before the turn", change)
	h.refused("the key before", sealed(ada, 3, first.Kid), protocol.CodeUnavailable, protocol.WhyStaleKey)
	h.refused("an edit with the key before", rules.Op{Room: "lobby", Sender: ada, Do: rules.Edit{ID: id(2), Encrypted: devicetest.Sealed(first.Kid)}},
		protocol.CodeUnavailable, protocol.WhyStaleKey)
	h.refused("with another id of the key", sealed(ada, 3, "2.AAAAAAAAAAAAAAAAAAAAAA"), protocol.CodeUnavailable, protocol.WhyStaleKey)
	h.taken("the message with the new key", sealed(ada, 3, second.Kid))
	described := with(sealed(ada, 4, second.Kid), func(do *rules.Send) { do.Files = []protocol.Attachment{{ID: id(9), Alt: "a plan"}} })
	h.refused("a plain text for a file", described, protocol.CodeForbidden, protocol.WhyEncrypted)
	padded := with(sealed(ada, 4, second.Kid), func(do *rules.Send) { do.Encrypted.CT = devicetest.Random(256) + "==" })
	h.refused("a ciphertext with padding", padded, protocol.CodeBadRequest, "")
	// A batch has the same result as its ops one after another.
	third := d.Turn("lobby", 3, &second)
	outcomes := h.commit(sealed(ada, 5, second.Kid), turn(ada, d, third), sealed(ada, 6, second.Kid), sealed(ada, 7, third.Kid))
	for i, stale := range []bool{false, false, true, false} {
		if got := outcomes[i].Why == protocol.WhyStaleKey; got != stale || outcomes[i].Code != "" != stale {
			h.Errorf("op %d of a batch: %+v", i, outcomes[i].Refusal)
		}
	}
	h.page("lobby", rules.Query{Limit: 10})
}

func testDue(h *harness) {
	d, his := devicetest.New(ada.ID), devicetest.New(bob.ID)
	h.commit(open("lobby"), sealedRoom)
	h.taken("a device", register(d))
	h.taken("a device", register(his))
	h.opened(bob, his)
	last := d.Turn("lobby", 1, nil)
	due := func(what string, out ...string) {
		h.Helper()
		locked := h.opened(ada, d)
		if !locked.Due || len(locked.Out)+len(out) > 0 && !reflect.DeepEqual(locked.Out, out) {
			h.Fatalf("after %s: %+v, due should be %v", what, locked, out)
		}
	}
	notDue := func(what string) {
		h.Helper()
		if locked := h.opened(ada, d); locked.Due {
			h.Fatalf("after %s a turn is due: %+v", what, locked)
		}
	}
	next := func(out ...string) {
		h.Helper()
		last = d.Turn("lobby", last.N+1, &last, out...)
		h.taken("a turn", turn(ada, d, last, his))
		notDue("a turn")
	}
	h.taken("a ban before the first turn", moderate(protocol.ActBan, "u_7", 0))
	h.taken("a turn", turn(ada, d, last, his))
	notDue("the first turn")
	if out := h.taken("a removal", moderate(protocol.ActRemove, bob.ID, 0)); !out.DueNow || !reflect.DeepEqual(out.Due, []string{bob.ID}) {
		h.Fatalf("a removal makes due %v %v", out.DueNow, out.Due)
	}
	due("a removal", bob.ID)
	h.equal("the devices in the room", h.devices(), []string{d.ID})
	h.equal("the record of a device that was in it", h.devices(his.ID), []string{his.ID})
	last = d.Turn("lobby", last.N+1, &last)
	if out := h.taken("a turn that does not leave the user out", turn(ada, d, last)); !out.DueNow {
		h.Fatalf("the turn is not due any more: %+v", out)
	}
	due("that turn", bob.ID)
	next(bob.ID)
	h.taken("a ban", moderate(protocol.ActBan, bob.ID, 0))
	due("a ban", bob.ID)
	h.taken("its end", moderate(protocol.ActUnban, bob.ID, 0))
	notDue("the end of a ban")
	h.taken("a mute", moderate(protocol.ActMute, bob.ID, 0))
	notDue("a mute")
}

// testDueInTime shows that a turn becomes due with the first message after its time, and only then.
func testDueInTime(h *harness) {
	d := devicetest.New(ada.ID)
	h.commit(open("lobby"), sealedRoom)
	h.taken("a device", register(d))
	h.opened(ada, d)
	last := d.Turn("lobby", 1, nil)
	h.taken("a turn", turn(ada, d, last))
	h.now = h.now.Add(rules.TurnEvery - time.Second)
	if out := h.taken("a message", sealed(ada, 1, last.Kid)); out.DueNow {
		h.Fatalf("a turn is due before its time")
	}
	h.now = h.now.Add(2 * time.Second)
	if locked := h.opened(ada, d); locked.Due {
		h.Fatalf("a turn is due without traffic")
	}
	if out := h.taken("a message", sealed(ada, 2, last.Kid)); !out.DueNow || len(out.Due) > 0 {
		h.Fatalf("after its time: %v %v", out.DueNow, out.Due)
	}
	if locked := h.opened(ada, d); !locked.Due || len(locked.Out) > 0 {
		h.Fatalf("after its time: %+v", locked)
	}
	if out := h.taken("a message", sealed(ada, 3, last.Kid)); out.DueNow {
		h.Fatalf("the same is due twice")
	}
	h.taken("the next turn", turn(ada, d, d.Turn("lobby", 2, &last)))
	if locked := h.opened(ada, d); locked.Due {
		h.Fatalf("after that turn: %+v", locked)
	}
}

func testDueEverywhere(h *harness) {
	d, his, another := devicetest.New(ada.ID), devicetest.New(bob.ID), devicetest.New(bob.ID)
	h.commit(open("lobby"), sealedRoom, open("plain"))
	for _, one := range []devicetest.Device{d, his, another} {
		h.taken("a device", register(one))
	}
	h.opened(bob, his)
	h.opened(bob, another)
	h.taken("a member of a plain room", by(bob, open("plain")))
	first := d.Turn("lobby", 1, nil)
	h.taken("a turn", turn(ada, d, first, his, another))
	done := h.taken("a device that goes", rules.Op{Sender: bob, Do: rules.Unregister{ID: another.ID}}).Result.(rules.Unregistered)
	if len(done.Due) != 1 || done.Due[0].Room != "lobby" {
		h.Fatalf("due in %+v", done)
	}
	if locked := h.opened(ada, d); !locked.Due || len(locked.Out) > 0 {
		h.Fatalf("after the end of a device: %+v", locked)
	}
	h.equal("the record of a deleted device", h.devices(another.ID), []string{another.ID})
	second := d.Turn("lobby", 2, &first)
	if made := h.taken("a turn", turn(ada, d, second, his, another)).Result.(rules.Turned); len(made.Wraps) != 1 {
		h.Fatalf("a deleted device gets a wrap: %+v", made)
	}
	revoked := h.taken("a revocation", revoke(bob.ID, true)).Result.(rules.Revoked)
	if len(revoked.Due) != 1 || revoked.Due[0].Room != "lobby" {
		h.Fatalf("due in %+v", revoked)
	}
	if locked := h.opened(ada, d); !locked.Due || !reflect.DeepEqual(locked.Out, []string{bob.ID}) {
		h.Fatalf("after a revocation: %+v", locked)
	}
	h.equal("the devices in the room", h.devices(), []string{d.ID})
	h.refused("an end of another's device by the organizer of another room", by(oz, rules.Op{Do: rules.Unregister{ID: his.ID, Grants: grants{protocol.RoleOrganizer, "plain"}}}),
		protocol.CodeForbidden, "")
	h.taken("an end of another's device", rules.Op{Sender: ada, Do: rules.Unregister{ID: his.ID, Grants: grants{protocol.RoleOrganizer, "lobby"}}})
}

func testForgottenDevices(h *harness) {
	d, his := devicetest.New(ada.ID), devicetest.New(bob.ID)
	h.commit(open("lobby"), sealedRoom)
	h.taken("a device", register(d))
	h.taken("a device", register(his))
	h.opened(bob, his)
	h.taken("a turn", turn(ada, d, d.Turn("lobby", 1, nil), his))
	h.taken("a removal", moderate(protocol.ActRemove, bob.ID, 0))
	h.taken("an erasure", rules.Op{Do: rules.Forget{User: bob.ID, Pseudonym: "erased-x"}})
	if locked := h.opened(ada, d); !locked.Due || len(locked.Out) > 0 {
		h.Fatalf("the user is still named: %+v", locked)
	}
	h.equal("the device", h.devices(his.ID), []string(nil))
	h.taken("a device of a user of that id", register(his))
}

func testDroppedKeys(h *harness) {
	d := devicetest.New(ada.ID)
	h.commit(open("lobby"), sealedRoom)
	h.taken("a device", register(d))
	h.taken("a turn", turn(ada, d, d.Turn("lobby", 5, nil)))
	h.taken("the room's end", rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}})
	h.commit(open("lobby"))
	if locked := h.opened(ada, d); locked != nil {
		h.Fatalf("the room made anew is encrypted: %+v", locked)
	}
	h.commit(sealedRoom)
	h.taken("its first turn", turn(ada, d, d.Turn("lobby", 1, nil)))
	numbers, _ := h.turns(0, 50)
	h.equal("its turns", numbers, []int64{1})
}
