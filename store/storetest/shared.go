package storetest

import (
	"context"
	"fmt"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

// sharedTests are tests of a store that several relays may write.
var sharedTests = []test{
	{"HeadsGrowWithWhatRelaysKeep", testHeads},
	{"MarksMoveForward", testMarks},
	{"OneHolderHasALease", testLease},
}

// head reads the head of the lobby, and the version of the state of all rooms that relays keep in memory.
func (h *harness) head() (rules.Head, int64) {
	h.Helper()
	heads, err := h.store.(rules.Shared).Heads(context.Background(), []string{"none", "lobby"})
	if err != nil || len(heads.Rooms) != 2 {
		h.Fatalf("Heads: %+v, %v", heads, err)
	}
	h.equal("the head of no room", heads.Rooms[0], rules.Head{Room: "none"})
	return heads.Rooms[1], heads.Revocations
}

func testHeads(h *harness) {
	h.commit(open("lobby"), send("lobby", 1, "one"))
	before, everywhere := h.head()
	h.equal("the head", before, rules.Head{Room: "lobby", Epoch: h.page("lobby", rules.Query{Limit: 1}).Epoch, Head: 1, Rules: before.Rules})
	for _, c := range []struct {
		op                rules.Op
		rules, everywhere bool
	}{
		{send("lobby", 2, "two"), false, false},
		{adjust(5, false), true, false},
		{moderate(protocol.ActMute, bob.ID, 0), true, false},
		{moderate(protocol.ActBan, bob.ID, 0), true, true},
		{moderate(protocol.ActUnban, bob.ID, 0), true, true},
		{revoke(bob.ID, true), false, true},
		{configure(`{"a":1}`), true, false},
	} {
		h.commit(c.op)
		now, version := h.head()
		if grown := now.Rules > before.Rules; grown != c.rules {
			h.Errorf("after %T the rules of the room have changed: %v", c.op.Do, grown)
		}
		if grown := version > everywhere; grown != c.everywhere {
			h.Errorf("after %T what is kept of all rooms has changed: %v", c.op.Do, grown)
		}
		before, everywhere = now, version
	}
	ruling, err := h.store.(rules.Shared).Ruling(context.Background(), "lobby")
	if err != nil || len(ruling.Mutes) != 1 || ruling.Mutes[0].User.ID != bob.ID {
		h.Fatalf("Ruling: %+v, %v", ruling, err)
	}
	h.equal("the version of the rules", ruling.Version, before.Rules)
	h.equal("the oldest message", ruling.Below, int64(1))
}

func testMarks(h *harness) {
	h.commit(open("lobby"), send("lobby", 1, "one"), send("lobby", 2, "two"))
	epoch := h.page("lobby", rules.Query{Limit: 1}).Epoch
	for _, c := range []struct {
		mark         rules.ReadMark
		read, stored int64
	}{
		{rules.ReadMark{Room: "lobby", Epoch: epoch, User: ada.ID, Seq: 1}, 1, 1},
		{rules.ReadMark{Room: "lobby", Epoch: "another", User: ada.ID, Seq: 2}, 1, 0},
		{rules.ReadMark{Room: "lobby", Epoch: epoch, User: "stranger", Seq: 2}, 1, 0},
		{rules.ReadMark{Room: "lobby", Epoch: epoch, User: ada.ID, Seq: 9}, 2, 2},
		{rules.ReadMark{Room: "lobby", Epoch: epoch, User: ada.ID, Seq: 1}, 2, 2},
	} {
		stored, err := h.store.(rules.Shared).MarkRead(context.Background(), []rules.ReadMark{c.mark, c.mark})
		if err != nil {
			h.Fatalf("MarkRead: %v", err)
		}
		h.equal(fmt.Sprintf("stored for %+v", c.mark), stored, []int64{c.stored, c.stored})
		members, err := h.store.Members(context.Background(), "lobby", rules.Part{})
		if err != nil || len(members) != 1 || members[0].Read != c.read {
			h.Errorf("after %+v the members are %+v, %v; read should be %d", c.mark, members, err, c.read)
		}
	}
}

func testLease(h *harness) {
	lease := func(holder string, d time.Duration) bool {
		held, err := h.store.(rules.Shared).Lease(context.Background(), "sweep", holder, d)
		if err != nil {
			h.Fatalf("Lease: %v", err)
		}
		return held
	}
	h.equal("the first holder has it", lease("one", time.Hour), true)
	h.equal("another has it", lease("two", time.Hour), false)
	h.equal("the holder keeps it", lease("one", 0), true)
	h.equal("another gets it after its time", lease("two", time.Hour), true)
}
