// Package storetest is the one suite that every [hub.Store] must pass. It knows
// the contract only: what hub.Store and docs/PROTOCOL.md promise.
package storetest

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
)

// Open opens the database that belongs to dir, an empty folder of the test at
// first. Opened again after Close, it must be the same database. Open ends the
// test where it fails.
type Open func(t *testing.T, dir string) hub.Store

// Run runs the suite.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		test func(*harness)
	}{
		{"OpenMakesRoom", testOpenMakesRoom},
		{"SendTakesNextRev", testSendTakesNextRev},
		{"ContentIsKeptToTheByte", testContent},
		{"CreatedAtIncreasesWhateverTheClock", testCreatedAt},
		{"ResendFindsStored", testResend},
		{"FindOnlyChangesNothing", testFindOnly},
		{"SameIDTwiceInABatch", testSameIDInBatch},
		{"ConflictLeavesTheRestOfTheBatch", testConflict},
		{"EveryPage", testEveryPage},
		{"LargestPage", testLargestPage},
		{"BadQuery", testBadQuery},
		{"UnknownOp", testUnknownOp},
		{"PagesAreSnapshots", testSnapshots},
		{"Reopen", testReopen},
		{"Close", testClose},
		{"Model", testModel},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &harness{T: t, open: open, dir: t.TempDir(), now: start}
			h.store = open(t, h.dir)
			t.Cleanup(func() { _ = h.store.Close() })
			c.test(h)
		})
	}
}

var start = time.Date(2026, 11, 23, 9, 15, 4, 123456000, time.UTC)

// harness is one test's database and clock.
type harness struct {
	*testing.T
	open  Open
	dir   string
	store hub.Store
	now   time.Time
}

// reopen closes the store and opens the same database again.
func (h *harness) reopen() {
	h.Helper()
	if err := h.store.Close(); err != nil {
		h.Fatalf("Close: %v", err)
	}
	h.store = h.open(h.T, h.dir)
}

// commit carries out ops, which must not fail as a whole.
func (h *harness) commit(ops ...hub.Op) []hub.Outcome {
	h.Helper()
	outcomes, err := h.store.Commit(h.now, ops)
	if err != nil {
		h.Fatalf("Commit: %v", err)
	}
	if len(outcomes) != len(ops) {
		h.Fatalf("Commit of %d ops has %d outcomes", len(ops), len(outcomes))
	}
	return outcomes
}

func (h *harness) page(room string, q hub.Query) protocol.Page {
	h.Helper()
	page, err := h.store.Page(context.Background(), room, ada.ID, q)
	if err != nil {
		h.Fatalf("Page(%v): %v", q, err)
	}
	return page
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
