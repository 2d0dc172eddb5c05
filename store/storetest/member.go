package storetest

import (
	"context"
	"strings"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
)

func everyRoom(string) bool { return true }

func testMembers(h *harness) {
	h.commit(send("lobby", 1, "from outside"))
	h.equal("who only sends is no member", len(h.members(h, "lobby")), 0)
	h.equal("in no room", len(h.members(h, "none")), 0)

	joined := protocol.TimeOf(h.now)
	h.commit(by(bob, open("lobby")), open("lobby"), open("stage"))
	h.now = h.now.Add(time.Hour)
	renamed := bob
	renamed.Name, renamed.Role = "Robert", protocol.RoleModerator
	out := h.commit(by(renamed, open("lobby")), open("lobby"))
	h.equal("no rev is taken", out[1].Head, int64(1))
	want := []rules.MemberEntry{{User: ada, JoinedAt: joined}, {User: renamed, JoinedAt: joined}}
	h.equal("members", h.members(h, "lobby"), want)
	h.reopen()
	h.equal("members later", h.members(h, "lobby"), want)
	h.equal("elsewhere", h.members(h, "stage"), want[:1])
}

func testRead(h *harness) {
	read := func(u protocol.User, seq int64) rules.Op {
		return rules.Op{Room: "lobby", Sender: u, Do: rules.Read{Seq: seq}}
	}
	h.equal("in no room", h.commit(read(ada, 1))[0].Code, protocol.CodeNotFound)
	h.fill("lobby", 5)
	h.commit(open("lobby"))
	var got []int64
	for _, out := range h.commit(read(ada, 2), read(ada, 1), read(ada, 4), read(ada, -1), read(bob, 3), read(ada, 99), open("lobby"), by(bob, open("lobby"))) {
		if out.New || out.Code != "" || out.Head != 5 {
			h.Errorf("%+v", out)
		}
		got = append(got, out.Read)
	}
	h.equal("markers", got, []int64{2, 2, 4, 4, 0, 5, 5, 0})
	h.commit(edit("lobby", 1, "edited"), read(ada, 6))
	h.reopen()
	h.equal("by members", h.members(h, "lobby")[0].Read, int64(6))
	h.equal("when joined anew", h.commit(open("lobby"))[0].Read, int64(6))
}

func testRooms(h *harness) {
	h.equal("none", len(h.rooms(h, ada.ID, everyRoom)), 0)
	if _, ok, err := h.store.Room(context.Background(), "lobby", ada.ID); ok || err != nil {
		h.Errorf("a room that nobody made: %t, %v", ok, err)
	}
	h.commit(by(bob, open("stage")), open("empty"), open("lobby"), by(bob, open("lobby")))
	h.fill("lobby", 4)
	h.commit(by(bob, send("lobby", 5, "Bob's")), send("lobby", 6, "Ada's"), react("lobby", 6, bob.ID, "👍", true),
		rules.Op{Room: "lobby", Sender: bob, Do: rules.Read{Seq: 2}}, remove("lobby", 3), edit("lobby", 1, "changed, yet read"))
	rooms := h.rooms(h, bob.ID, everyRoom)
	if len(rooms) != 3 {
		h.Fatalf("rooms: %+v", rooms)
	}
	h.equal("empty", rooms[0].Last == nil && rooms[0].Unread == 0 && rooms[0].Head == 0, true)
	lobby := rooms[1]
	h.equal("unread by Bob", lobby.Unread, int64(2)) // the fourth, Ada's last
	h.equal("read by Bob", lobby.Read, int64(2))
	h.equal("members", lobby.Members, int64(2))
	h.equal("last", lobby.Last.ID, id(6))
	h.equal("Bob's own on it", lobby.Last.Mine, []string{"👍"})
	h.equal("unread by Ada", h.rooms(h, ada.ID, everyRoom)[1].Unread, int64(1))
	h.equal("unread by one who never came", h.rooms(h, "u_7", everyRoom)[1].Unread, int64(5))
	some := h.rooms(h, ada.ID, func(room string) bool { return strings.Contains(room, "t") })
	h.equal("those that open", len(some), 2)
	h.equal("the first of them", some[0].Name, "empty")
}

func testConfigure(h *harness) {
	configure := rules.Op{Room: "lobby", Sender: ada, Do: rules.Configure{Title: "The <lobby>", Settings: `{"a":1}`}}
	out := h.commit(configure, configure)
	h.equal("makes the room", out[0].Epoch != "" && out[0].Head == 0 && !out[0].New, true)
	room := h.rooms(h, ada.ID, everyRoom)[0]
	h.equal("title", room.Title, "The <lobby>")
	h.equal("settings", room.Settings, `{"a":1}`)
	h.equal("made at", room.CreatedAt, protocol.TimeOf(h.now))
	h.equal("members", room.Members, int64(0))
	configure.Do = rules.Configure{}
	h.commit(send("lobby", 1, "hi"), configure)
	h.reopen()
	h.equal("taken away", h.rooms(h, ada.ID, everyRoom)[0].Title, "")
}

func testDrop(h *harness) {
	drop := rules.Op{Room: "lobby", Sender: ada, Do: rules.Drop{}}
	h.equal("no room", h.commit(drop)[0].Code, protocol.CodeNotFound)
	h.fill("stage", 3)
	h.fill("lobby", 100)
	h.commit(open("lobby"), react("lobby", 1, ada.ID, "👍", true), pin("lobby", 2, true), edit("lobby", 3, "found nowhere"))
	h.page("lobby", rules.Query{Kind: rules.QuerySearch, Words: "found", Limit: 5})
	h.equal("dropped", h.commit(drop)[0], outcome{})
	nothing := func() {
		h.Helper()
		for _, kind := range kinds {
			page := h.page("lobby", rules.Query{Kind: kind, Limit: 5, Words: "found"})
			h.equal("page", len(page.Messages) == 0 && page.Head == 0 && page.Epoch == "", true)
		}
		h.equal("members", len(h.members(h, "lobby")), 0)
		h.equal("the others", len(h.rooms(h, ada.ID, everyRoom)), 1)
	}
	nothing()
	h.reopen()
	nothing()
	h.settle(h.store)
	nothing()

	// In one batch: dropped, made again, dropped, made again.
	out := h.commit(open("lobby"), send("lobby", 1, "again"), drop, send("lobby", 1, "and again"), send("lobby", 2, "found"))
	h.equal("begins anew", out[4].Message.Seq, int64(2))
	h.equal("another life", out[0].Epoch != out[4].Epoch, true)
	h.equal("nobody has joined", h.rooms(h, ada.ID, everyRoom)[0].Members, int64(0))
	h.equal("found", len(h.page("lobby", rules.Query{Kind: rules.QuerySearch, Words: "again", Limit: 5}).Messages), 1)
	h.reopen()
	h.everyPage("lobby", 2)
}
