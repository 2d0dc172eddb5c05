// Package storetest is the one suite that every store of the relay must pass:
// [hub.Store] with [hub.Directory] and [hub.Moderation]. It knows the contract only, what these
// and docs/PROTOCOL.md promise; [Model] is that contract as a program.
package storetest

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Store is what a relay keeps its rooms in.
type Store interface {
	hub.Store
	hub.Directory
	hub.Moderation
}

// Kind is a kind of store.
type Kind struct {
	// Open opens the database that belongs to dir, an empty folder of the test at
	// first. Opened again after Close, it must be the same database. Open ends the
	// test where it fails.
	Open func(t *testing.T, dir string) Store
	// Settle waits until a search finds all that has been committed. By itself
	// that takes up to two seconds.
	Settle func(Store)
	// Unmoderated is a store that has none of the ops from hub.OpAdjust on, and
	// heeds no settings.
	Unmoderated bool
}

type test struct {
	name string
	run  func(*harness)
}

// Run runs the suite.
func Run(t *testing.T, kind Kind) {
	tests := []test{
		{"OpenMakesRoom", testOpenMakesRoom},
		{"SendTakesNextRev", testSendTakesNextRev},
		{"ContentIsKeptToTheByte", testContent},
		{"CreatedAtIncreasesWhateverTheClock", testCreatedAt},
		{"ResendFindsStored", testResend},
		{"FindOnlyChangesNothing", testFindOnly},
		{"SameIDTwiceInABatch", testSameIDInBatch},
		{"ConflictLeavesTheRestOfTheBatch", testConflict},
		{"UnknownOp", testUnknownOp},
		{"Edit", testEdit},
		{"DeleteLeavesATombstone", testDelete},
		{"ResendAfterChanges", testResendAfterChanges},
		{"ChangesAreRefusedInOrder", testRefusals},
		{"React", testReact},
		{"ReactionsOfMany", testManyReactions},
		{"NewReactions", testNewReactions},
		{"Pin", testPin},
		{"MembersJoin", testMembers},
		{"ReadMarkers", testRead},
		{"Rooms", testRooms},
		{"Configure", testConfigure},
		{"Drop", testDrop},
		{"EveryPage", testEveryPage},
		{"EveryPageOfAChangedRoom", testChangedPages},
		{"LargestPage", testLargestPage},
		{"PagesAreBoundedByBytes", testPagesAreBoundedByBytes},
		{"AroundAMessage", testAroundMessage},
		{"BadQuery", testBadQuery},
		{"Search", testSearch},
		{"SearchInEveryLanguage", testLanguages},
		{"SearchFollowsChanges", testSearchChanges},
		{"SearchPages", testSearchPages},
		{"SearchOfHostileWords", testHostileSearch},
		{"PagesAreSnapshots", testSnapshots},
		{"Reopen", testReopen},
		{"Close", testClose},
		{"Model", testModel},
	}
	if !kind.Unmoderated {
		tests = append(append(tests, moderationTests...), rankTests...)
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			h := &harness{T: t, kind: kind, dir: t.TempDir(), now: start}
			h.pair = pair{store: kind.Open(t, h.dir), settle: kind.Settle, model: NewModel(), epochs: make(map[string]string)}
			t.Cleanup(func() { _ = h.store.Close() })
			c.run(h)
		})
	}
}

var start = time.Date(2026, 11, 23, 9, 15, 4, 123456000, time.UTC)

// harness is one test's database, beside a model, and its clock.
type harness struct {
	*testing.T
	pair
	kind Kind
	dir  string
	now  time.Time
}

// reopen closes the store and opens the same database again.
func (h *harness) reopen() {
	h.Helper()
	if err := h.store.Close(); err != nil {
		h.Fatalf("Close: %v", err)
	}
	h.store = h.kind.Open(h.T, h.dir)
	h.model.Reopen()
}

// commit carries out ops, which must not fail as a whole, as the model does.
func (h *harness) commit(ops ...hub.Op) []hub.Outcome {
	h.Helper()
	return h.pair.commit(h, h.now, ops)
}

// page is Ada's, and the model's.
func (h *harness) page(room string, q hub.Query) protocol.Page {
	h.Helper()
	return h.pair.page(h, room, ada.ID, q)
}

// stored is the message with the n-th id as it is now, for nobody.
func (h *harness) stored(room string, n int) protocol.Message {
	h.Helper()
	page := h.pair.page(h, room, "", hub.Query{Kind: hub.QueryAround, ID: id(n), Limit: 1})
	if len(page.Messages) != 1 {
		h.Fatalf("message %d is not there", n)
	}
	return page.Messages[0]
}

func (h *harness) equal(what string, got, want any) {
	h.Helper()
	if !reflect.DeepEqual(got, want) {
		h.Fatalf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}

var (
	ada = protocol.User{ID: "u_1", Name: "Ada", Role: protocol.RoleOrganizer}
	bob = protocol.User{ID: "u_2", Name: "Bob", Role: protocol.RoleParticipant}
)

// id is the n-th message id.
func id(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }

func open(room string) hub.Op { return hub.Op{Kind: hub.OpOpen, Room: room, Sender: ada} }

func send(room string, n int, text string) hub.Op {
	return hub.Op{
		Kind: hub.OpSend, Room: room, Sender: ada,
		Send: protocol.Send{Room: room, ID: id(n), Text: text, SentAt: "2026-11-23T09:15:01.002Z"},
	}
}

func edit(room string, n int, text string) hub.Op {
	return hub.Op{Kind: hub.OpEdit, Room: room, Sender: ada, ID: id(n), Text: text}
}

func remove(room string, n int) hub.Op {
	return hub.Op{Kind: hub.OpDelete, Room: room, Sender: ada, ID: id(n)}
}

func react(room string, n int, user, emoji string, on bool) hub.Op {
	return hub.Op{Kind: hub.OpReact, Room: room, Sender: protocol.User{ID: user}, ID: id(n), Emoji: emoji, On: on}
}

func pin(room string, n int, on bool) hub.Op {
	return hub.Op{Kind: hub.OpPin, Room: room, Sender: ada, ID: id(n), On: on}
}

// by is op of another sender.
func by(u protocol.User, op hub.Op) hub.Op {
	op.Sender = u
	return op
}

// fill sends n messages with the ids 1 … n.
func (h *harness) fill(room string, n int) []protocol.Message {
	h.Helper()
	ops := make([]hub.Op, n)
	for i := range ops {
		ops[i] = send(room, i+1, fmt.Sprint("message ", i+1))
	}
	messages := make([]protocol.Message, n)
	for i, out := range h.commit(ops...) {
		messages[i] = out.Message
	}
	return messages
}
