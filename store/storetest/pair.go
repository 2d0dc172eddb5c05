package storetest

import (
	"context"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"time"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/store/memory"
)

// pair is a store with its model: it does the same to both, and compares their answers.
type pair struct {
	shared bool // the store counts the versions of rooms' rules, as the model does
	store  Store
	settle func(Store) // waits until a search finds all committed messages
	model  *memory.Store
	epochs map[string]string // the model's epochs, by the store's, which are random
}

// testingT is a test or one round of a property.
type testingT interface {
	Helper()
	Fatalf(format string, args ...any)
}

// commit carries out ops. It fails the test if the batch fails.
func (p *pair) commit(t testingT, now time.Time, ops []rules.Op) []rules.Outcome {
	t.Helper()
	outcomes, err := p.store.Commit(now, ops)
	if err != nil {
		t.Fatalf("Commit: %v", err)
	}
	want, err := p.model.Commit(now, ops)
	if err != nil {
		t.Fatalf("the model: %v", err)
	}
	if len(outcomes) != len(ops) {
		t.Fatalf("Commit of %d ops has %d outcomes", len(ops), len(outcomes))
	}
	for i, got := range outcomes {
		if (got.Reason != "") != (want[i].Code != "") {
			t.Fatalf("op %d: code %q with reason %q", i, got.Code, got.Reason)
		}
		got.Reason = want[i].Reason // the text is free
		got.Epoch = p.epoch(got.Epoch, want[i].Epoch)
		if seen, ok := want[i].Result.(rules.Seen); ok { // the keys differ between stores
			if s, ok := got.Result.(rules.Seen); ok && (s.Next == 0) == (seen.Next == 0) {
				s.Next = seen.Next
				got.Result = s
			}
		}
		if opened, ok := got.Result.(rules.Opened); ok && !p.shared {
			if theirs, ok := want[i].Result.(rules.Opened); ok {
				opened.Ruled = theirs.Ruled
				got.Result = opened
			}
		}
		p.alike(&got)
		if !reflect.DeepEqual(got, want[i]) {
			t.Fatalf("op %d of %+v:\n got %+v\nwant %+v", i, ops, got, want[i])
		}
	}
	return outcomes
}

// epoch returns the model's epoch for a store's epoch. A new one must be new in both.
func (p *pair) epoch(got, want string) string {
	if known, ok := p.epochs[got]; ok || got == "" {
		return known
	}
	for _, known := range p.epochs {
		if known == want {
			return "another than before: " + got
		}
	}
	p.epochs[got] = want
	return want
}

// page reads a page.
func (p *pair) page(t testingT, room, user string, q rules.Query) protocol.Page {
	t.Helper()
	if q.Kind == rules.QuerySearch {
		p.settle(p.store)
	}
	page, err := p.store.Page(context.Background(), room, user, q)
	if err != nil {
		t.Fatalf("Page(%+v): %v", q, err)
	}
	want, err := p.model.Page(context.Background(), room, user, q)
	if err != nil {
		t.Fatalf("the model: %v", err)
	}
	got := page
	got.Epoch = p.epoch(got.Epoch, want.Epoch)
	if len(got.Messages) == 0 && len(want.Messages) == 0 {
		got.Messages, want.Messages = nil, nil // nil equals empty
	}
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("room %s, page %+v of %q:\n got %+v\nwant %+v", room, q, user, got, want)
	}
	return page
}

// rooms lists the rooms that opens accepts, and reads each alone.
func (p *pair) rooms(t testingT, user string, opens func(string) bool) []rules.RoomEntry {
	t.Helper()
	ctx := context.Background()
	names := p.roomNames(t, rules.Span{}, opens)
	rooms, err := p.store.Rooms(ctx, user, append([]string{"nobody's", "0"}, names...))
	if err != nil {
		t.Fatalf("Rooms: %v", err)
	}
	want, _ := p.model.Rooms(ctx, user, names)
	if len(rooms) != len(want) {
		t.Fatalf("rooms of %q:\n got %+v\nwant %+v", user, rooms, want)
	}
	for i, got := range rooms {
		one, ok, err := p.store.Room(ctx, got.Name, user)
		if err != nil || !ok || !reflect.DeepEqual(one, got) {
			t.Fatalf("room %s by itself (%t, %v):\n got %+v\nwant %+v", got.Name, ok, err, one, got)
		}
		got.Epoch = p.epoch(got.Epoch, want[i].Epoch)
		if !reflect.DeepEqual(got, want[i]) {
			t.Fatalf("room of %q:\n got %+v\nwant %+v", user, got, want[i])
		}
	}
	for i, name := range names {
		p.roomNames(t, rules.Span{From: name}, opens)
		p.roomNames(t, rules.Span{From: name + "\x00"}, opens)
		p.roomNames(t, rules.Span{To: name}, opens)
		p.roomNames(t, rules.SpanOf(name), opens)
		p.roomNames(t, rules.Span{From: names[i/2], To: name[:len(name)/2] + "\x7f"}, opens)
	}
	return rooms
}

// roomNames lists the names in a span that opens accepts, and reads the first ones alone.
func (p *pair) roomNames(t testingT, span rules.Span, opens func(string) bool) []string {
	t.Helper()
	ctx := context.Background()
	names, err := p.store.RoomNames(ctx, span, math.MaxInt32)
	want, _ := p.model.RoomNames(ctx, span, math.MaxInt32)
	if err != nil || !slices.Equal(names, want) {
		t.Fatalf("names in %q: %q, %v, want %q", span, names, err, want)
	}
	for limit := 1; limit <= min(2, len(want)); limit++ {
		if first, err := p.store.RoomNames(ctx, span, limit); err != nil || !slices.Equal(first, want[:limit]) {
			t.Fatalf("the first %d names in %q: %q, %v, want %q", limit, span, first, err, want[:limit])
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return !opens(name) })
}

// members lists a room's members.
func (p *pair) members(t testingT, room string) []rules.MemberEntry {
	t.Helper()
	ctx := context.Background()
	members, err := p.store.Members(ctx, room, rules.Part{})
	if err != nil {
		t.Fatalf("Members: %v", err)
	}
	want, _ := p.model.Members(ctx, room, rules.Part{})
	if len(members)+len(want) > 0 && !reflect.DeepEqual(members, want) {
		t.Fatalf("members of %s:\n got %+v\nwant %+v", room, members, want)
	}
	inParts(t, "members of "+room, members, func(m rules.MemberEntry) string { return m.User.ID }, func(part rules.Part) ([]rules.MemberEntry, error) {
		return p.store.Members(ctx, room, part)
	})
	return members
}

// inParts reads parts of a list: after each of its entries, and after a key that it does not have; with one entry, two,
// and all entries.
func inParts[T any](t testingT, what string, all []T, key func(T) string, list func(rules.Part) ([]T, error)) {
	t.Helper()
	for i := range len(all) + 1 {
		for _, limit := range []int{0, 1, 2, len(all) + 1} {
			part := rules.Part{Limit: limit}
			if i > 0 {
				part.After = key(all[i-1])
			}
			got, err := list(part)
			same(t, fmt.Sprintf("%s, part %+v", what, part), got, partOf(all, part, key), err)
			part.After += "\x01" // right after it, and no entry's
			got, err = list(part)
			same(t, fmt.Sprintf("%s, part %+v", what, part), got, partOf(all, part, key), err)
		}
	}
}

// moderation compares the store's lists of a room's moderation.
func (p *pair) moderation(t testingT, room string, state protocol.ReportState, before int64, limit int) (
	[]protocol.Sanction, []protocol.ReportEntry, []protocol.AuditEntry,
) {
	t.Helper()
	ctx := context.Background()
	sanctions, err := p.store.Sanctions(ctx, room, rules.Part{})
	want, _ := p.model.Sanctions(ctx, room, rules.Part{})
	same(t, "sanctions of "+room, sanctions, want, err)
	inParts(t, "sanctions of "+room, sanctions, func(s protocol.Sanction) string { return s.User.ID }, func(part rules.Part) ([]protocol.Sanction, error) {
		return p.store.Sanctions(ctx, room, part)
	})
	bans, err := p.store.Bans(ctx)
	wantBans, _ := p.model.Bans(ctx)
	if err != nil || !maps.Equal(bans, wantBans) {
		t.Fatalf("bans (%v):\n got %v\nwant %v", err, bans, wantBans)
	}
	above, err := p.store.Ranked(ctx)
	slices.Sort(above)
	wantAbove, _ := p.model.Ranked(ctx)
	same(t, "ranked", above, wantAbove, err)
	reports, err := p.store.Reports(ctx, room, state, before, limit)
	wantReports, _ := p.model.Reports(ctx, room, state, before, limit)
	same(t, "reports of "+room, reports, wantReports, err)
	audit, err := p.store.Audit(ctx, room, before, limit)
	wantAudit, _ := p.model.Audit(ctx, room, before, limit)
	same(t, "audit of "+room, audit, wantAudit, err)
	return sanctions, reports, audit
}

func same[T any](t testingT, what string, got, want []T, err error) {
	t.Helper()
	if err != nil || len(got)+len(want) > 0 && !reflect.DeepEqual(got, want) {
		t.Fatalf("%s (%v):\n got %+v\nwant %+v", what, err, got, want)
	}
}

// partOf returns a part of a list that is sorted by its keys.
func partOf[T any](all []T, part rules.Part, key func(T) string) (some []T) {
	for _, one := range all {
		if key(one) > part.After && (part.Limit == 0 || len(some) < part.Limit) {
			some = append(some, one)
		}
	}
	return some
}
