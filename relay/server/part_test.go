package server_test

import (
	"net/url"
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
)

// TestListsInParts checks that a list with a limit says whether more follow, and continues after a name or an id;
// without a limit, members and sanctions have their earlier form.
func TestListsInParts(t *testing.T) {
	l := startLive(t, hub.Config{})
	mo := l.person("mo", protocol.RoleModerator, "*")
	org := l.person("org", protocol.RoleOrganizer, "*")
	for _, room := range []string{"a", "b", "lobby"} {
		org.ask(201, "PUT", "/v1/rooms/"+room, `{}`)
	}
	for _, user := range []string{"u 1", "u&2", "ü"} {
		l.person(user, protocol.RoleParticipant, "*").enter()
		mo.ask(200, "PUT", memberPath+url.PathEscape(user)+"/mute", "")
	}
	mo.ask(200, "PUT", memberPath+"ghost/ban", "")
	mo.ask(200, "PUT", memberPath+"u%261/ban", "") // a user who never came
	mo.ask(200, "PUT", memberPath+"u%261/mute", "")

	type list struct {
		Rooms              []doc
		Members, Sanctions []sanction
		More               *bool
	}
	keys := func(l list) string {
		var keys []string
		for _, r := range l.Rooms {
			keys = append(keys, r.Room)
		}
		for _, u := range append(l.Members, l.Sanctions...) {
			keys = append(keys, u.User.ID+strings.TrimPrefix(" "+string(u.Kind), " mute"))
		}
		return strings.Join(keys, ", ")
	}
	const rooms, members, sanctions = "/v1/rooms", "/v1/rooms/lobby/members", "/v1/rooms/lobby/sanctions"
	for _, test := range []struct{ path, query, keys, more string }{
		{rooms, "", "a, b, lobby", "false"},
		{rooms, "?later=1&before=x", "a, b, lobby", "false"},
		{rooms, "?limit=2", "a, b", "true"},
		{rooms, "?limit=2&after=b", "lobby", "false"},
		{rooms, "?limit=3", "a, b, lobby", "false"},
		{rooms, "?after=aa", "b, lobby", "false"},
		{rooms, "?after=lobby&limit=500", "", "false"},
		{members, "", "u 1 , u&2 , ü ", ""},
		{members, "?limit=1", "u 1 ", "true"},
		{members, "?limit=2&after=u%201", "u&2 , ü ", "false"},
		{members, "?after=u%261", "u&2 , ü ", ""},
		{sanctions, "", "ghost ban, u 1, u&1, u&1 ban, u&2, ü", ""},
		{sanctions, "?limit=2", "ghost ban, u 1", "true"},
		{sanctions, "?limit=3", "ghost ban, u 1, u&1, u&1 ban", "true"}, // one more: both sanctions of a user
		{sanctions, "?limit=4", "ghost ban, u 1, u&1, u&1 ban", "true"},
		{sanctions, "?limit=1&after=u%201", "u&1, u&1 ban", "true"},
		{sanctions, "?limit=1&after=u%262", "ü", "false"},
	} {
		got := as[list](t, mo.ask(200, "GET", test.path+test.query, ""))
		more := map[bool]string{true: "true", false: "false"}
		if keys(got) != test.keys || (got.More == nil) != (test.more == "") || got.More != nil && more[*got.More] != test.more {
			t.Errorf("%s%s: %q, more %v", test.path, test.query, keys(got), got.More)
		}
	}
	for _, path := range []string{rooms, members, sanctions} {
		for _, query := range []string{"limit=0", "limit=501", "limit=", "limit=x", "limit=1&limit=1", "after=", "after=a&after=b", "after=%00", "after=%FF", "%zz"} {
			r := l.site.ask("GET", path+"?"+query, "", "Authorization", "Bearer "+mo.token)
			l.wantProblem(r, 400, protocol.CodeBadRequest)
			l.check(t, "GET", path, "", r)
		}
	}
	mo.ask(400, "GET", rooms+"?after=a/b", "")
}
