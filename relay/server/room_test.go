package server_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

func TestRooms(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleOrganizer, "lobby", "stage", "empty")
	ben := l.person("ben", protocol.RoleParticipant, "lobby", "hall")

	if list := ada.ask(200, "GET", "/v1/rooms", "").body; list != `{"rooms":[],"more":false}` {
		t.Errorf("before the first: %s", list)
	}
	ada.ask(404, "GET", "/v1/rooms/lobby", "")
	ada.ask(403, "GET", "/v1/rooms/hall", "")
	if members := ada.ask(200, "GET", "/v1/rooms/lobby/members", "").body; members != `{"members":[]}` {
		t.Errorf("of a room that nobody made: %s", members)
	}

	made := ada.ask(201, "PUT", "/v1/rooms/lobby", `{"title":"The <Lobby>","settings":{ "b" : 1,"a":[ "é<&" ]},"later":1}`)
	if made.Room != "lobby" || *made.Title != "The <Lobby>" || made.Role != protocol.RoleOrganizer || made.Head != 0 ||
		made.Epoch == "" || made.CreatedAt == "" || made.LastMessage != nil || !strings.Contains(made.body, `"settings":{ "b" : 1,"a":[ "é<&" ]}`) {
		t.Errorf("made %s", made.body)
	}
	if got := ada.ask(200, "GET", "/v1/rooms/lobby", ""); got.body != made.body {
		t.Errorf("got %s, made %s", got.body, made.body)
	}
	if got := ben.ask(200, "GET", "/v1/rooms/lobby", ""); got.Role != protocol.RoleParticipant || got.Epoch != made.Epoch {
		t.Errorf("for another: %s", got.body)
	}
	ben.ask(403, "PUT", "/v1/rooms/lobby", `{"title":"Mine"}`)
	ben.ask(403, "PUT", "/v1/rooms/hall", `{"title":"Mine"}`)
	ben.ask(404, "GET", "/v1/rooms/hall", "")
	l.person("mo", protocol.RoleModerator, "*").ask(403, "PUT", "/v1/rooms/lobby", `{}`)
	ben.ask(403, "PUT", "/v1/rooms/stage", `{}`)

	changed := ada.ask(200, "PUT", "/v1/rooms/lobby", `{}`)
	if changed.Title != nil || string(changed.Settings) != "{}" || changed.Epoch != made.Epoch || changed.CreatedAt != made.CreatedAt || changed.Head != 0 {
		t.Errorf("changed to nothing: %s", changed.body)
	}
	ada.ask(201, "PUT", "/v1/rooms/stage", `{"title":"Stage"}`)
	ben.ask(201, "POST", "/v1/rooms/hall/messages", sendBody(1, "first")) // it makes the room
	last := ben.say(1, "hi")

	list := ada.ask(200, "GET", "/v1/rooms", "")
	if len(list.Rooms) != 2 {
		t.Fatalf("the rooms of ada: %s", list.body)
	}
	lobby, stage := list.Rooms[0], list.Rooms[1]
	if lobby.Room != "lobby" || lobby.Title != nil || lobby.Head != 1 || lobby.Unread != 1 || lobby.Role != protocol.RoleOrganizer || lobby.LastMessage.ID != last.ID {
		t.Errorf("the lobby: %s", list.body)
	}
	if stage.Room != "stage" || *stage.Title != "Stage" || stage.LastMessage != nil || stage.Epoch != "" || stage.Settings != nil {
		t.Errorf("the stage: %s", list.body)
	}
	if list := ben.ask(200, "GET", "/v1/rooms", ""); len(list.Rooms) != 2 || list.Rooms[0].Room != "hall" || list.Rooms[1].Role != protocol.RoleParticipant || list.Rooms[1].Unread != 0 {
		t.Errorf("the rooms of ben: %s", list.body)
	}
}

func TestUnread(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, ben := l.person("ada", protocol.RoleOrganizer, "*"), l.person("ben", protocol.RoleParticipant, "*")
	c := ben.enter()
	unread := func(want int64) {
		t.Helper()
		one, list := ben.ask(200, "GET", "/v1/rooms/lobby", ""), ben.ask(200, "GET", "/v1/rooms", "")
		if one.Unread != want || list.Rooms[0].Unread != want {
			t.Errorf("unread %d and %d, want %d", one.Unread, list.Rooms[0].Unread, want)
		}
	}
	unread(0)
	ada.say(1, "one")
	ada.say(2, "two")
	ben.say(3, "mine")
	ada.say(4, "four")
	unread(3)
	ada.ask(200, "DELETE", messagePath(4), "")
	unread(2)
	ada.ask(200, "PATCH", messagePath(1), `{"text":"first"}`)
	unread(2)

	c.Say(protocol.Read{Room: "lobby", Seq: 1})
	c.Say(protocol.Join{Room: "lobby"}) // answered after it
	relaytest.Hear[protocol.Joined](c)
	until := time.Now().Add(patience)
	for ben.ask(200, "GET", "/v1/rooms/lobby", "").Unread != 1 && time.Now().Before(until) {
		time.Sleep(time.Millisecond)
	}
	unread(1)
	if ada.ask(200, "GET", "/v1/rooms/lobby", "").Unread != 1 {
		t.Error("the marker of another counts")
	}
}

// member is an entry of a room's members.
type member struct {
	User     protocol.User
	Read     int64
	Online   bool
	JoinedAt string `json:"joined_at"`
}

func (p *person) members() (members []member) {
	p.t.Helper()
	d := p.ask(200, "GET", "/v1/rooms/lobby/members", "")
	if err := json.Unmarshal(d.Members, &members); err != nil {
		p.t.Fatalf("%v in %s", err, d.body)
	}
	return members
}

func TestMembers(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, ben := l.person("ada", protocol.RoleOrganizer, "*"), l.person("ben", protocol.RoleParticipant, "*")
	ada.say(1, "a message makes nobody a member")
	if m := ada.members(); len(m) != 0 {
		t.Errorf("%+v", m)
	}
	first := ben.enter()
	second := ben.enter()
	ada.enter()
	got := ada.members()
	want := []protocol.User{{ID: "ada", Name: "ADA", Role: protocol.RoleOrganizer}, {ID: "ben", Name: "BEN", Role: protocol.RoleParticipant}}
	if len(got) != 2 || got[0].User != want[0] || got[1].User != want[1] || !got[0].Online || !got[1].Online || got[0].JoinedAt == "" {
		t.Fatalf("%+v", got)
	}
	if n := string(ada.ask(200, "GET", "/v1/rooms/lobby", "").Members); n != "2" {
		t.Errorf("the room counts %s", n)
	}
	first.Say(protocol.Leave{Room: "lobby"})
	first.Say(protocol.Ping{T: "1"})
	relaytest.Hear[protocol.Pong](first)
	if got := ada.members(); !got[1].Online {
		t.Error("gone while another connection is here")
	}
	second.Say(protocol.Leave{Room: "lobby"})
	second.Say(protocol.Ping{T: "1"})
	relaytest.Hear[protocol.Pong](second)
	if got := ada.members(); len(got) != 2 || got[1].Online {
		t.Errorf("after the last left: %+v", got)
	}
	l.person("eve", protocol.RoleOrganizer, "hall").ask(403, "GET", "/v1/rooms/lobby/members", "")
}

// TestMembersOfOthers checks that every user of a room may list its members, but only moderators and organizers see
// their read markers, presence and join times.
func TestMembersOfOthers(t *testing.T) {
	l := startLive(t, hub.Config{})
	org, mo := l.person("org", protocol.RoleOrganizer, "*"), l.person("mo", protocol.RoleModerator, "*")
	ada, ben := l.person("ada", protocol.RoleParticipant, "*"), l.person("ben", protocol.RoleParticipant, "*")
	ada.enter()
	ben.enter()
	org.enter()
	const path = "/v1/rooms/lobby/members"
	stranger := l.person("eve", protocol.RoleParticipant, "*")
	banned := l.person("ned", protocol.RoleParticipant, "*")
	mo.ask(200, "PUT", memberPath+"ned/ban", "")

	keys := func(d doc) string {
		var entries []map[string]any
		if err := json.Unmarshal(d.Members, &entries); err != nil {
			t.Fatalf("%v in %s", err, d.body)
		}
		var all []string
		for _, e := range entries {
			user := e["user"].(map[string]any)
			all = append(all, fmt.Sprintf("%s:%d", user["id"], len(e)))
			if user["name"] == "" || user["role"] == "" {
				t.Errorf("%v", user)
			}
		}
		return strings.Join(all, " ")
	}
	for _, test := range []struct {
		who   *person
		query string
		want  string
	}{
		{org, "", "ada:4 ben:4 org:4"},
		{mo, "", "ada:4 ben:4 org:4"}, // the organizer has not joined
		{ada, "", "ada:4 ben:1 org:1"},
		{ben, "", "ada:1 ben:4 org:1"},
		{ben, "?limit=1", "ada:1"},
		{ben, "?limit=1&after=ada", "ben:4"},
		{stranger, "", "ada:1 ben:1 org:1"},
	} {
		d := test.who.ask(200, "GET", path+test.query, "")
		if got := keys(d); got != test.want {
			t.Errorf("%s: %s, want %s", test.query, got, test.want)
		}
		if strings.Count(d.body, "joined_at") != strings.Count(test.want, "4") {
			t.Error(d.body)
		}
	}
	banned.ask(403, "GET", path, "")

	org.ask(200, "PUT", "/v1/rooms/lobby", `{"settings":{"members":"staff"}}`)
	for _, p := range []*person{ada, ben, stranger, banned} {
		p.ask(403, "GET", path, "")
		p.ask(403, "GET", path+"?limit=1", "")
	}
	for _, p := range []*person{org, mo} {
		if got := keys(p.ask(200, "GET", path, "")); strings.Count(got, "4") != 3 {
			t.Errorf("among those who moderate: %s", got)
		}
	}
	if got := string(org.ask(200, "GET", "/v1/rooms/lobby", "").Settings); got != `{"members":"staff"}` {
		t.Errorf("settings %s", got)
	}
	org.ask(200, "PUT", "/v1/rooms/lobby", `{"settings":{"members":"all"}}`)
	ada.ask(200, "GET", path, "")
	for _, bad := range []string{`"some"`, `"STAFF"`, `""`, `true`, `["staff"]`, `{}`, `1`} {
		org.ask(400, "PUT", "/v1/rooms/lobby", `{"settings":{"members":`+bad+`}}`)
	}
	mo.ask(403, "PUT", "/v1/rooms/lobby", `{"settings":{"members":"staff"}}`)
}

func TestDeleteARoom(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, ben := l.person("ada", protocol.RoleOrganizer, "*"), l.person("ben", protocol.RoleParticipant, "*")
	c := ben.enter()
	ben.say(1, "hi")
	before := ada.ask(200, "GET", "/v1/rooms/lobby", "")

	ben.ask(403, "DELETE", "/v1/rooms/lobby", "")
	l.person("mo", protocol.RoleModerator, "*").ask(403, "DELETE", "/v1/rooms/lobby", "")
	ada.ask(404, "DELETE", "/v1/rooms/none", "")
	if gone := ada.ask(204, "DELETE", "/v1/rooms/lobby", ""); gone.body != "" {
		t.Errorf("answered with %s", gone.body)
	}
	if e := relaytest.Hear[protocol.Error](c); e.Code != protocol.CodeNotFound || e.Room != "lobby" {
		t.Errorf("the stream ended with %+v", e)
	}
	ada.ask(404, "DELETE", "/v1/rooms/lobby", "")
	ada.ask(404, "GET", "/v1/rooms/lobby", "")
	ada.ask(404, "GET", messagePath(1), "")
	if page := ben.ask(200, "GET", messagesPath+"?since=0", ""); page.Head != 0 || len(page.Messages) != 0 || page.Epoch == before.Epoch {
		t.Errorf("the history of a room that is gone: %s", page.body)
	}
	if m := ada.members(); len(m) != 0 {
		t.Errorf("members: %+v", m)
	}
	again := ben.say(1, "another life")
	if again.Rev != 1 || ada.ask(200, "GET", "/v1/rooms/lobby", "").Epoch == before.Epoch {
		t.Errorf("made again: %s", again.body)
	}
}

// TestNamesOfRooms checks that a percent-encoded name is the same name.
func TestNamesOfRooms(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleOrganizer, "a:*")
	const name = "a:b~c._-1"
	encoded := strings.ReplaceAll(url.PathEscape(name), ":", "%3A") + "%41"
	plain := name + "A"
	made := ada.ask(201, "PUT", "/v1/rooms/"+encoded, `{}`)
	if made.Room != plain {
		t.Errorf("made %s", made.body)
	}
	ada.ask(201, "POST", "/v1/rooms/"+encoded+"/messages", sendBody(1, "hi"))
	one := "/messages/" + strings.ReplaceAll(relaytest.SendOf(1).ID, "-", "%2D")
	for _, room := range []string{encoded, plain} {
		ada.ask(200, "PATCH", "/v1/rooms/"+room+one, `{"text":"ho"}`)
		ada.ask(200, "PUT", "/v1/rooms/"+room+one+"/reactions/%E2%9C%85", "")
		if m := ada.ask(200, "GET", "/v1/rooms/"+room+one, ""); m.Room != plain || m.Text != "ho" || !slices.Equal(m.Mine, []string{"✅"}) {
			t.Errorf("got %s", m.body)
		}
	}
}

// TestEveryChangeCounts checks that every change counts against the user's rate.
func TestEveryChangeCounts(t *testing.T) {
	l := startLive(t, hub.Config{Rate: 0.01}) // a burst of one
	n := 0
	for _, change := range [][3]string{
		{"POST", messagesPath, sendBody(1, "hi")},
		{"PATCH", messagePath(1), `{"text":"hi"}`},
		{"PUT", messagePath(1) + thumb, ""},
		{"DELETE", messagePath(1) + thumb, ""},
		{"PUT", messagePath(1) + "/pin", ""},
		{"DELETE", messagePath(1) + "/pin", ""},
		{"POST", messagePath(1) + "/report", `{"reason":"x"}`},
		{"PATCH", reportsPath + "/1", `{"state":"dismissed"}`},
		{"PUT", memberPath + "u1/mute", ""},
		{"DELETE", memberPath + "u1/mute", ""},
		{"PUT", memberPath + "u1/ban", ""},
		{"DELETE", memberPath + "u1/ban", ""},
		{"DELETE", memberPath + "u1", ""},
		{"DELETE", memberPath + "u1/messages", ""},
		{"PUT", "/v1/users/u1/revocation", ""},
		{"DELETE", "/v1/users/u1/revocation", ""},
		{"DELETE", messagePath(1), ""},
		{"PUT", "/v1/rooms/lobby", "{}"},
		{"DELETE", "/v1/rooms/lobby", ""},
	} {
		n++
		spent := l.person("user-"+number(int64(n)), protocol.RoleOrganizer, "*")
		spent.ask(201, "POST", "/v1/rooms/hall/messages", sendBody(100+n, "hi"))
		r := l.site.ask(change[0], change[1], change[2], "Authorization", "Bearer "+spent.token)
		l.wantProblem(r, 429, protocol.CodeRateLimited)
		l.check(t, change[0], change[1], change[2], r)
		if r.Header.Get("Retry-After") != "100" {
			t.Errorf("%s %s: Retry-After %q", change[0], change[1], r.Header.Get("Retry-After"))
		}
		spent.ask(200, "GET", messagesPath, "")
	}
}
