package storetest

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
	"hallway/relay/rules"
)

// vaultTests are tests of end-to-end encrypted rooms.
var vaultTests = []test{
	{"Devices", testDevices},
	{"DevicesOfAUser", testDevicesOfAUser},
	{"DevicesOfARoom", testDevicesOfARoom},
	{"Turns", testTurns},
	{"Wraps", testWraps},
	{"NewChapter", testNewChapter},
	{"SealedRoomTakesNothingPlain", testSealed},
	{"TurnIsDue", testDue},
	{"TurnIsDueInTime", testDueInTime},
	{"TurnIsDueEverywhere", testDueEverywhere},
	{"ForgottenDevices", testForgottenDevices},
	{"DroppedKeys", testDroppedKeys},
}

// alike replaces epochs and turns of an outcome by the model's.
func (p *pair) alike(out *rules.Outcome) {
	rooms := func(due []rules.DueRoom) {
		for i := range due {
			due[i].Epoch = p.epochs[due[i].Epoch]
		}
	}
	switch r := out.Result.(type) {
	case rules.Revoked:
		rooms(r.Due)
	case rules.Unregistered:
		rooms(r.Due)
	case rules.Forgotten:
		rooms(r.Due)
	}
}

var sealedRoom = configure(`{"e2ee":1}`)

func register(d devicetest.Device) rules.Op {
	return rules.Op{Sender: protocol.User{ID: d.User}, Do: rules.Register{Device: d.Device}}
}

func enter(u protocol.User, d devicetest.Device) rules.Op {
	return rules.Op{Room: "lobby", Sender: u, Do: rules.Open{Device: d.ID}}
}

func turn(u protocol.User, d devicetest.Device, t protocol.Turn, to ...devicetest.Device) rules.Op {
	do := rules.MakeTurn{Turn: t, Device: d.ID}
	for _, one := range to {
		do.Wraps = append(do.Wraps, devicetest.Wrap(one.ID))
	}
	return rules.Op{Room: "lobby", Sender: u, Do: do}
}

func handOn(u protocol.User, d devicetest.Device, n int64, to ...string) rules.Op {
	do := rules.HandOn{N: n, Device: d.ID}
	for _, one := range to {
		do.Wraps = append(do.Wraps, devicetest.Wrap(one))
	}
	return rules.Op{Room: "lobby", Sender: u, Do: do}
}

func want(u protocol.User, d devicetest.Device, n int64) rules.Op {
	return rules.Op{Room: "lobby", Sender: u, Do: rules.Want{N: n, Device: d.ID}}
}

func sealed(u protocol.User, n int, kid string) rules.Op {
	return by(u, rules.Op{Room: "lobby", Do: rules.Send{Send: protocol.Send{Room: "lobby", ID: id(n), Encrypted: devicetest.Sealed(kid)}}})
}

// one carries out an op as its own batch.
func (h *harness) one(op rules.Op) rules.Outcome {
	h.Helper()
	return h.pair.commit(h, h.now, []rules.Op{op})[0]
}

// refused carries out an op that must be refused.
func (h *harness) refused(what string, op rules.Op, code protocol.Code, why protocol.Why) {
	h.Helper()
	if out := h.one(op); out.Code != code || out.Why != why {
		h.Fatalf("%s: %+v, not %s %s", what, out.Refusal, code, why)
	}
}

// taken carries out an op that must not be refused.
func (h *harness) taken(what string, op rules.Op) rules.Outcome {
	h.Helper()
	out := h.one(op)
	if out.Code != "" {
		h.Fatalf("%s is refused: %+v", what, out.Refusal)
	}
	return out
}

// opened returns the state of the lobby's encryption for a device.
func (h *harness) opened(u protocol.User, d devicetest.Device) *rules.Locked {
	h.Helper()
	return h.taken("an open", enter(u, d)).Result.(rules.Opened).Locked
}

// devices lists devices of the lobby, and compares them with the model's.
func (h *harness) devices(ids ...string) (found []string) {
	h.Helper()
	all, err := h.store.Devices(context.Background(), "lobby", ids)
	theirs, _ := h.model.Devices(context.Background(), "lobby", ids)
	if err != nil || len(all) != len(theirs) || len(all) > 0 && !reflect.DeepEqual(all, theirs) {
		h.Fatalf("Devices: %+v, %v, want %+v", all, err, theirs)
	}
	for _, d := range all {
		found = append(found, d.ID)
	}
	return found
}

// turns lists the numbers of turns of the lobby, and compares the turns with the model's.
func (h *harness) turns(before int64, limit int) (numbers []int64, more bool) {
	h.Helper()
	all, more, err := h.store.Turns(context.Background(), "lobby", before, limit)
	theirs, theirMore, _ := h.model.Turns(context.Background(), "lobby", before, limit)
	if err != nil || more != theirMore || len(all) != len(theirs) || len(all) > 0 && !reflect.DeepEqual(all, theirs) {
		h.Fatalf("Turns: %+v, %v, want %+v", all, err, theirs)
	}
	for i := range all {
		numbers = append(numbers, all[i].N)
	}
	return numbers, more
}

func testDevices(h *harness) {
	d := devicetest.New(ada.ID)
	h.taken("a device", register(d))
	h.taken("the device again", register(d))
	h.refused("another user's device", by(bob, register(d)), protocol.CodeConflict, "")
	foreign := devicetest.New(bob.ID)
	h.refused("a sig for another user", by(ada, register(foreign)), protocol.CodeForbidden, "")
	changed := d
	changed.Box = foreign.Box
	h.refused("another box", register(changed), protocol.CodeForbidden, "")
	changed = devicetest.New(ada.ID)
	changed.Box.X = devicetest.Random(32)
	changed.Sig = changed.Signature([]byte("anything"))
	h.refused("no point of the curve", register(changed), protocol.CodeBadRequest, "")
	d.Cert = "a.later.one"
	h.taken("a renewed certificate", register(d))
	h.reopen()
	h.refused("another's device to delete", rules.Op{Sender: bob, Do: rules.Unregister{ID: d.ID}}, protocol.CodeForbidden, "")
	h.taken("an end", rules.Op{Sender: ada, Do: rules.Unregister{ID: d.ID}})
	h.refused("a second end", rules.Op{Sender: ada, Do: rules.Unregister{ID: d.ID}}, protocol.CodeNotFound, "")
	h.refused("a deleted device", register(d), protocol.CodeForbidden, "")
}

func testDevicesOfAUser(h *harness) {
	for range protocol.UserDevicesMax {
		h.taken("a device", register(devicetest.New(ada.ID)))
	}
	last := devicetest.New(ada.ID)
	h.refused("one more", register(last), protocol.CodeConflict, "")
	h.taken("another user's", register(devicetest.New(bob.ID)))
	h.now = h.now.Add(rules.DeviceTime + time.Second)
	h.taken("one more, when the others have not come for long", register(last))
}

func testDevicesOfARoom(h *harness) {
	h.commit(open("lobby"), sealedRoom)
	var ops []rules.Op
	for i := range protocol.RoomDevicesMax {
		u := protocol.User{ID: fmt.Sprint("u", i/protocol.UserDevicesMax), Role: protocol.RoleParticipant}
		d := devicetest.New(u.ID)
		ops = append(ops, register(d), enter(u, d))
	}
	for _, out := range h.commit(ops...) {
		if out.Code != "" {
			h.Fatalf("a device is refused: %+v", out.Refusal)
		}
	}
	d := devicetest.New(bob.ID)
	h.taken("a device", register(d))
	h.refused("one more in the room", enter(bob, d), protocol.CodeConflict, "")
	h.taken("its user without it", by(bob, open("lobby")))
}

func testTurns(h *harness) {
	d, other := devicetest.New(ada.ID), devicetest.New(bob.ID)
	first := d.Turn("lobby", 1, nil)
	h.commit(open("lobby"))
	h.taken("a device", register(d))
	h.taken("a device", register(other))
	h.refused("a turn in a plain room", turn(ada, d, first), protocol.CodeConflict, "")
	h.commit(sealedRoom)
	h.refused("the setting taken back", configure(``), protocol.CodeConflict, "")
	h.refused("the setting taken back", configure(`{"e2ee":null}`), protocol.CodeConflict, "")
	h.commit(adjust(0, false), configure(`{"e2ee":1,"title":"x"}`))
	if locked := h.opened(ada, d); locked == nil || locked.Turn != nil || !locked.Due {
		h.Fatalf("before the first turn: %+v", locked)
	}
	h.refused("no such device", turn(ada, devicetest.New(ada.ID), first), protocol.CodeForbidden, "")
	h.refused("another's device", turn(ada, other, first), protocol.CodeForbidden, "")
	h.refused("a turn by another device", turn(bob, other, first), protocol.CodeForbidden, "")
	h.taken("the first turn", turn(ada, d, first, other))
	h.refused("the same turn", turn(ada, d, first), protocol.CodeConflict, "")
	second := d.Turn("lobby", 3, &first) // numbers may be skipped
	h.taken("the next turn", turn(ada, d, second))
	h.refused("a turn far above", turn(ada, d, d.Turn("lobby", second.N+1<<20+1, &second)), protocol.CodeBadRequest, "")
	h.refused("a lower turn", turn(ada, d, d.Turn("lobby", 2, &first)), protocol.CodeConflict, "")
	h.reopen()
	locked := h.opened(ada, d)
	if locked.Turn == nil || locked.Turn.Kid != second.Kid || locked.Wrap != nil || !locked.Holds || locked.Due {
		h.Fatalf("for the maker of the turn: %+v", locked)
	}
	numbers, more := h.turns(0, 50)
	h.equal("all turns", numbers, []int64{1, 3})
	h.equal("more", more, false)
	numbers, more = h.turns(0, 1)
	h.equal("the newest turn", numbers, []int64{3})
	h.equal("more", more, true)
	numbers, _ = h.turns(3, 50)
	h.equal("turns before 3", numbers, []int64{1})
	entries, err := h.store.Audit(context.Background(), "lobby", 0, 10)
	if err != nil || entries[0].Act != "turn" || entries[0].By.ID != ada.ID {
		h.Fatalf("the audit has %+v, %v", entries, err)
	}
}

func testWraps(h *harness) {
	d, late := devicetest.New(ada.ID), devicetest.New(bob.ID)
	cy := protocol.User{ID: "u_3", Role: protocol.RoleParticipant}
	third, stranger := devicetest.New(cy.ID), devicetest.New("u_4")
	h.commit(open("lobby"), sealedRoom)
	for _, one := range []devicetest.Device{d, late, third, stranger} {
		h.taken("a device", register(one))
	}
	h.opened(ada, d)
	h.opened(bob, late)
	h.opened(cy, third)
	first := d.Turn("lobby", 1, nil)
	h.taken("a turn", turn(ada, d, first, d, stranger))
	h.refused("a wrap from a device without the secret", handOn(bob, late, 1, third.ID), protocol.CodeForbidden, "")
	h.refused("a want of a later turn", want(bob, late, 2), protocol.CodeNotFound, "")
	if wanted := h.taken("a want", want(bob, late, 1)).Result.(rules.Wanted); wanted.Wrap != nil {
		h.Fatalf("a wrap that nobody has sent: %+v", wanted)
	}
	done := h.taken("wraps", handOn(ada, d, 1, late.ID, stranger.ID, devicetest.Random(16))).Result.(rules.HandedOn)
	if len(done.Wraps) != 1 || done.Wraps[0].To != late.ID {
		h.Fatalf("wraps for devices outside of the room are handed on: %+v", done)
	}
	h.reopen()
	locked := h.opened(bob, late)
	if locked.Wrap == nil || *locked.Wrap != done.Wraps[0] || !locked.Holds {
		h.Fatalf("for a device with a wrap: %+v", locked)
	}
	h.taken("a wrap from a device that has one", handOn(bob, late, 1, third.ID))
	again := h.taken("another wrap", handOn(ada, d, 1, late.ID, late.ID)).Result.(rules.HandedOn)
	if locked := h.opened(bob, late); *locked.Wrap != again.Wraps[1] {
		h.Fatalf("the last wrap does not count: %+v", locked)
	}
	second := d.Turn("lobby", 2, &first, cy.ID)
	made := h.taken("a turn without a user", turn(ada, d, second, late, third)).Result.(rules.Turned)
	if len(made.Wraps) != 1 || made.Wraps[0].To != late.ID {
		h.Fatalf("a user who is out gets a wrap: %+v", made)
	}
	if done := h.taken("wraps", handOn(bob, late, 2, third.ID)).Result.(rules.HandedOn); len(done.Wraps) > 0 {
		h.Fatalf("a user who is out gets a wrap later: %+v", done)
	}
	h.refused("a want of a user who is out", want(cy, third, 2), protocol.CodeForbidden, "")
}

func testNewChapter(h *harness) {
	d, late := devicetest.New(ada.ID), devicetest.New(bob.ID)
	h.commit(open("lobby"), sealedRoom)
	h.taken("a device", register(d))
	h.taken("a device", register(late))
	h.opened(bob, late)
	first := d.Turn("lobby", 1, nil)
	second := d.Turn("lobby", 2, &first)
	third := d.Turn("lobby", 3, nil) // without a link
	h.taken("a turn", turn(ada, d, first))
	h.taken("a turn", turn(ada, d, second, late))
	h.taken("a wrap of a turn before, which a link leads to", handOn(bob, late, 1, d.ID))
	h.taken("a turn", turn(ada, d, third, late))
	other := devicetest.New(ada.ID)
	h.taken("a device", register(other))
	h.taken("a wrap", handOn(ada, d, 3, other.ID))
	h.refused("a wrap of a turn of the chapter before", handOn(ada, other, 2, d.ID), protocol.CodeForbidden, "")
	h.refused("a wrap of no turn", handOn(ada, d, 4, other.ID), protocol.CodeForbidden, "")
}
