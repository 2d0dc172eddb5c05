// Package storetest is the suite that every store of the relay must pass: [rules.Store] with [rules.Directory],
// [rules.Moderation] and [rules.Locks], and if a store implements them, [rules.Files] and [rules.Shared]. It carries
// out every op on a store of package memory, too, and compares the answers.
//
// Start with [Run]. A new test is a function that takes a harness, listed in Run or in the list of its subject
// (moderationTests, rankTests, fileTests, vaultTests, sharedTests); a new op belongs in drawOp (property.go), too. The
// package must not know how a store works: it relies only on the interfaces and on docs/PROTOCOL.md.
package storetest

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/memory"
)

// Store is the database that a relay needs.
type Store interface {
	rules.Store
	rules.Directory
	rules.Moderation
	rules.Locks
}

// Kind is a kind of store.
type Kind struct {
	// Open opens the database in dir, which is an empty folder of the test at first. After a Close, it opens the same
	// database again. It ends the test after an error.
	Open func(t *testing.T, dir string) Store
	// Settle waits until a search finds all committed messages. Otherwise that takes up to two seconds.
	Settle func(Store)
	// Shared reports that the stores implement rules.Shared.
	Shared bool
	// Lasting reports that slow mode outlasts a Close: the store keeps the times of the last sends.
	Lasting bool
	// Files reports that the stores implement rules.Files.
	Files bool
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
	tests = slices.Concat(tests, moderationTests, rankTests, mentionTests, profileTests, vaultTests)
	if kind.Files {
		tests = append(tests, fileTests...)
	}
	if kind.Shared {
		tests = append(tests, sharedTests...)
	}
	for _, c := range tests {
		t.Run(c.name, func(t *testing.T) {
			h := &harness{T: t, kind: kind, dir: t.TempDir(), now: start}
			h.pair = pair{shared: kind.Shared, store: kind.Open(t, h.dir), settle: kind.Settle, model: memory.New(memory.Options{}), epochs: make(map[string]string)}
			t.Cleanup(func() { _ = h.store.Close() })
			c.run(h)
		})
	}
}

var start = time.Date(2026, 11, 23, 9, 15, 4, 123456000, time.UTC)

// harness is one test's database, with a model and a clock.
type harness struct {
	*testing.T
	pair
	kind Kind
	dir  string
	now  time.Time

	blobs int // the number of file keys so far, in a property
}

// reopen closes the store and opens the same database again.
func (h *harness) reopen() {
	h.Helper()
	if err := h.store.Close(); err != nil {
		h.Fatalf("Close: %v", err)
	}
	h.store = h.kind.Open(h.T, h.dir)
	if !h.kind.Lasting {
		h.model.Reopen()
	}
}

// commit carries out ops. It fails the test if the batch fails, and compares the outcomes with the model's.
func (h *harness) commit(ops ...rules.Op) []outcome {
	h.Helper()
	outcomes := make([]outcome, len(ops))
	for i, out := range h.pair.commit(h, h.now, ops) {
		outcomes[i] = flat(out)
	}
	return outcomes
}

// outcome holds the fields of an outcome and of its result.
type outcome struct {
	rules.Refusal
	Epoch    string
	Head     int64
	Void     bool
	New      bool
	Message  protocol.Message
	Read     int64
	Settings protocol.RoomSettings
	Sanction *protocol.Sanction
	Reports  int64
	Mentions int64
	User     protocol.User
	Messages []protocol.Message
	More     bool
	Report   *protocol.ReportEntry
	At       protocol.Time
	Ranked   bool
	Next     int64
}

func flat(out rules.Outcome) outcome {
	o := outcome{Refusal: out.Refusal, Epoch: out.Epoch, Head: out.Head, Void: out.Void}
	switch r := out.Result.(type) {
	case rules.Opened:
		o.Read, o.Settings, o.Sanction, o.Reports, o.Mentions = r.Read, r.Settings, r.Mute, r.Reports, r.Mentions
	case rules.Stored:
		o.Message, o.New = r.Message, r.New
	case rules.Marked:
		o.Read = r.Read
	case rules.Configured:
		o.Settings, o.New = r.Settings, r.New
	case rules.Moderated:
		o.User, o.New, o.Sanction, o.Messages, o.More = r.User, r.New, r.Sanction, r.Messages, r.More
	case rules.Reported:
		o.Report, o.New, o.Reports = &r.Report, r.New, r.Open
	case rules.Revoked:
		o.New, o.At = r.New, r.At
	case rules.Erased:
		o.Messages = r.Messages
	case rules.Seen:
		o.New, o.Ranked, o.More, o.Next = r.New, r.Ranked, r.More, r.Next
	}
	return o
}

// page compares Ada's page with the model's, and returns it.
func (h *harness) page(room string, q rules.Query) protocol.Page {
	h.Helper()
	return h.pair.page(h, room, ada.ID, q)
}

// stored returns the present message with the n-th id, without a user's own reactions.
func (h *harness) stored(room string, n int) protocol.Message {
	h.Helper()
	page := h.pair.page(h, room, "", rules.Query{Kind: rules.QueryAround, ID: id(n), Limit: 1})
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

// id returns the n-th message id.
func id(n int) string { return fmt.Sprintf("0199a1c4-7f3e-7c21-9f6a-%012x", n) }

func open(room string) rules.Op { return rules.Op{Room: room, Sender: ada, Do: rules.Open{}} }

func send(room string, n int, text string) rules.Op {
	return rules.Op{Room: room, Sender: ada, Do: rules.Send{Send: protocol.Send{Room: room, ID: id(n), Text: text, SentAt: "2026-11-23T09:15:01.002Z"}}}
}

func edit(room string, n int, text string) rules.Op {
	return rules.Op{Room: room, Sender: ada, Do: rules.Edit{ID: id(n), Text: text}}
}

func remove(room string, n int) rules.Op {
	return rules.Op{Room: room, Sender: ada, Do: rules.Delete{ID: id(n)}}
}

func react(room string, n int, user, emoji string, on bool) rules.Op {
	return rules.Op{Room: room, Sender: protocol.User{ID: user}, Do: rules.React{ID: id(n), Emoji: emoji, On: on}}
}

func pin(room string, n int, on bool) rules.Op {
	return rules.Op{Room: room, Sender: ada, Do: rules.Pin{ID: id(n), On: on}}
}

// with returns a copy of the op with a changed action.
func with[A rules.Action](op rules.Op, change func(*A)) rules.Op {
	do := op.Do.(A)
	change(&do)
	op.Do = do
	return op
}

// find returns a send that only looks for its message.
func find(op rules.Op) rules.Op {
	return with(op, func(do *rules.Send) { do.FindOnly = true })
}

// again returns the next part of a clear.
func again(op rules.Op) rules.Op {
	return with(op, func(do *rules.Moderate) { do.Again = true })
}

// ofAnyUser returns a deletion that may concern any user's message.
func ofAnyUser(op rules.Op) rules.Op {
	return with(op, func(do *rules.Delete) { do.Any = true })
}

// by returns the op with another sender.
func by(u protocol.User, op rules.Op) rules.Op {
	op.Sender = u
	return op
}

// fill sends n messages with the ids 1 … n.
func (h *harness) fill(room string, n int) []protocol.Message {
	h.Helper()
	ops := make([]rules.Op, n)
	for i := range ops {
		ops[i] = send(room, i+1, fmt.Sprint("message ", i+1))
	}
	messages := make([]protocol.Message, n)
	for i, out := range h.commit(ops...) {
		messages[i] = out.Message
	}
	return messages
}
