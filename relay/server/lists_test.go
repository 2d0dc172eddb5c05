package server_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"hallway/protocol"
	"hallway/relay/rules"
	"hallway/relay/server"
)

// manyRooms is a directory of many rooms, named r00000 and so on; it counts its reads.
type manyRooms struct {
	directory
	n            int
	names, rooms atomic.Int64
}

func roomName(i int) string { return fmt.Sprintf("r%05d", i) }

func (d *manyRooms) RoomNames(_ context.Context, span rules.Span, limit int) (names []string, err error) {
	first := sort.Search(d.n, func(i int) bool { return roomName(i) >= span.From })
	for i := first; i < d.n && len(names) < limit && (span.To == "" || roomName(i) < span.To); i++ {
		names = append(names, roomName(i))
	}
	d.names.Add(int64(len(names)))
	return names, nil
}

func (d *manyRooms) Rooms(_ context.Context, _ string, names []string) (rooms []rules.RoomEntry, err error) {
	d.rooms.Add(int64(len(names)))
	for _, name := range names {
		var i int
		if _, err := fmt.Sscanf(name, "r%05d", &i); err == nil && i < d.n && name == roomName(i) {
			rooms = append(rooms, rules.RoomEntry{Name: name})
		}
	}
	return rooms, nil
}

// TestAListOfRoomsIsAPage checks that the cost of a page depends on its content, not on the number of rooms.
func TestAListOfRoomsIsAPage(t *testing.T) {
	d := &manyRooms{n: 30_000}
	s := start(t, func(o *server.Options) { o.Directory = d })
	exact := make([]string, 110)
	for i := range exact {
		exact[i] = roomName(200 * i)
	}
	for _, test := range []struct {
		name         string
		opens        []string
		query        string
		first, last  string
		count        int
		more         bool
		names, rooms int64 // the maximum of reads
	}{
		{"all", []string{"*"}, "", "r00000", "r00099", 100, true, 500, 101},
		{"some of all", []string{"*"}, "?limit=7", "r00000", "r00006", 7, true, 500, 8},
		{"many of all", []string{"*"}, "?limit=500", "r00000", "r00499", 500, true, 1000, 501},
		{"the next", []string{"*"}, "?after=r00099", "r00100", "r00199", 100, true, 500, 101},
		{"behind what is none", []string{"*"}, "?after=r00099x&limit=1", "r00100", "r00100", 1, true, 500, 2},
		{"the last", []string{"*"}, "?after=r29989", "r29990", "r29999", 10, false, 500, 10},
		{"behind the last", []string{"*"}, "?after=r29999", "", "", 0, false, 0, 0},
		{"before the first", []string{"*"}, "?after=a", "r00000", "r00099", 100, true, 500, 101},
		{"a prefix", []string{"r299*"}, "", "r29900", "r29999", 100, false, 100, 100},
		{"a prefix of more", []string{"r29*"}, "?limit=2", "r29000", "r29001", 2, true, 500, 3},
		{"one by one", []string{"r29990", "r00001", "none", "r00001"}, "", "r00001", "r29990", 2, false, 0, 3},
		{"many one by one", exact, "", "r00000", "r19800", 100, true, 0, 110},
		{"the next of many", exact, "?after=r19800&limit=200", "r20000", "r21800", 10, false, 0, 10},
		{"both", []string{"r00005", "r2999?", "r00010"}, "", "r00005", "r29999", 12, false, 10, 12},
		{"one within a pattern", []string{"r00005", "r0000*"}, "", "r00000", "r00009", 10, false, 10, 10},
		{"the end of names", []string{"*99"}, "?limit=3", "r00099", "r00299", 3, true, 500, 4},
		{"none", nil, "", "", "", 0, false, 0, 0},
		{"none that there is", []string{"x*"}, "", "", "", 0, false, 0, 0},
	} {
		t.Run(test.name, func(t *testing.T) {
			d.names.Store(0)
			d.rooms.Store(0)
			r := s.ask("GET", "/v1/rooms"+test.query, "", "Authorization", "Bearer "+s.token("u1", test.opens...))
			describe(t).check(t, "GET", "/v1/rooms", "", r)
			var page struct {
				Rooms []struct{ Room string }
				More  *bool
			}
			if err := json.Unmarshal([]byte(r.body), &page); err != nil || r.StatusCode != 200 || page.More == nil {
				t.Fatalf("%d, %v: %s", r.StatusCode, err, r.body)
			}
			if n := len(page.Rooms); n != test.count || *page.More != test.more || n > 0 && (page.Rooms[0].Room != test.first || page.Rooms[n-1].Room != test.last) {
				t.Errorf("%d rooms, more %t: %s", n, *page.More, r.body)
			}
			if names, rooms := d.names.Load(), d.rooms.Load(); names > test.names || rooms > test.rooms {
				t.Errorf("%d names and %d rooms were read, more than %d and %d", names, rooms, test.names, test.rooms)
			}
		})
	}
}

// TestAListOfRoomsComesInSlices checks that other requests run between the slices, whatever rooms a token opens.
func TestAListOfRoomsComesInSlices(t *testing.T) {
	d := &manyRooms{n: 30_000}
	s := start(t, func(o *server.Options) { o.Directory = d })
	bearer := "Bearer " + s.token("u1", "*x")
	if r := s.ask("GET", "/v1/rooms", "", "Authorization", bearer); r.body != `{"rooms":[],"more":false}` {
		t.Errorf("%s", r.body)
	}
	if d.names.Load() != 30_000 || d.rooms.Load() != 0 {
		t.Errorf("%d names and %d rooms were read", d.names.Load(), d.rooms.Load())
	}
}

// manyMembers is a directory of one room with many members.
type manyMembers struct {
	directory
	n int
}

func (d *manyMembers) Members(_ context.Context, _ string, part rules.Part) (members []rules.MemberEntry, err error) {
	if part.Limit < 1 || part.Limit > 500 {
		return nil, fmt.Errorf("%d members at a time", part.Limit)
	}
	for i := range d.n {
		if id := fmt.Sprintf("u%05d", i); id > part.After && len(members) < part.Limit {
			members = append(members, rules.MemberEntry{User: protocol.User{ID: id, Role: protocol.RoleParticipant}, JoinedAt: 1})
		}
	}
	return members, nil
}

// TestAListOfMembersIsBounded checks that the list has all members, or says that it is cut.
func TestAListOfMembersIsBounded(t *testing.T) {
	for _, test := range []struct {
		n, told int
		query   string
		more    string
	}{
		{1200, 1200, "", ""}, {1200, 499, "?limit=499", "true"}, {1200, 500, "?limit=500", "true"}, {500, 500, "?limit=500", "false"},
		{1000, 1000, "", ""}, {10_000, 10_000, "", ""}, {10_001, 10_000, "", "true"}, {10_001, 1, "?after=u09999", ""},
	} {
		s := start(t, func(o *server.Options) { o.Directory = &manyMembers{n: test.n} })
		r := s.ask("GET", "/v1/rooms/lobby/members"+test.query, "", "Authorization", "Bearer "+s.token("u1", "*"))
		var page struct {
			Members []any
			More    any
		}
		if err := json.Unmarshal([]byte(r.body), &page); err != nil {
			t.Fatal(err)
		}
		if more := strings.TrimPrefix(fmt.Sprint(page.More), "<nil>"); len(page.Members) != test.told || more != test.more {
			t.Errorf("%+v: %d members, more %q", test, len(page.Members), more)
		}
	}
}

// TestListsWaitForEachOther checks that lists wait for each other, and other requests do not wait for them.
func TestListsWaitForEachOther(t *testing.T) {
	s := start(t, nil)
	reading, goOn := make(chan struct{}), make(chan struct{})
	s.rooms.list = func() {
		reading <- struct{}{}
		<-goOn
	}
	bearer := "Bearer " + s.token("u1", "*")
	many := 4 * runtime.GOMAXPROCS(0)
	var all sync.WaitGroup
	for range many {
		all.Go(func() {
			if r := s.ask("GET", "/v1/rooms", "", "Authorization", bearer); r.StatusCode != http.StatusOK {
				t.Errorf("a list: %d %s", r.StatusCode, r.body)
			}
		})
	}
	for range many {
		<-reading
		select {
		case <-reading:
			t.Error("two are read at a time")
		default:
		}
		if r := s.ask("GET", messagesPath, "", "Authorization", bearer); r.StatusCode != http.StatusOK {
			t.Errorf("a page meanwhile: %d %s", r.StatusCode, r.body)
		}
		goOn <- struct{}{}
	}
	all.Wait()
}
