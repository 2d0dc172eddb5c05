package server_test

import (
	"encoding/json"
	"net/url"
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
)

// TestIDsInTheQuery checks user ids in the query: an id may be any text, and browsers and proxies change paths,
// but not the query.
func TestIDsInTheQuery(t *testing.T) {
	l := startLive(t, hub.Config{})
	mo := l.person("mo", protocol.RoleOrganizer, "*")
	for _, user := range []string{".", "..", "a/b", "../../v1/rooms", "/", "%2e%2e", "%2F", "a?b#c", "-", "ä ö", "a&user=b", "a+b", "~", "*"} {
		l.person(user, protocol.RoleParticipant, "lobby").enter()
		in := "?user=" + url.QueryEscape(user)
		at := "/v1/rooms/lobby/members/-"
		type sanction struct {
			User protocol.User
			Kind protocol.Act
		}
		for _, step := range []struct {
			status               int
			method, path, effect string
		}{
			{200, "PUT", at + "/mute" + in, user + " mute"},
			{204, "DELETE", at + "/mute" + in, ""},
			{200, "PUT", at + "/ban" + in, user + " ban"},
			{204, "DELETE", at + "/ban" + in, ""},
			{200, "DELETE", at + "/messages" + in, ""},
			{204, "DELETE", at + in, ""},
			{404, "DELETE", at + in, ""}, // no longer a member
		} {
			if mo.ask(step.status, step.method, step.path, ""); t.Failed() {
				t.Fatalf("%q: %s %s", user, step.method, step.path)
			}
			var list struct{ Sanctions []sanction }
			decode(t, mo.ask(200, "GET", "/v1/rooms/lobby/sanctions", "").body, &list)
			got := ""
			for _, s := range list.Sanctions {
				got += s.User.ID + " " + string(s.Kind)
			}
			if got != step.effect {
				t.Errorf("%q: after %s %s the sanctions are %q, want %q", user, step.method, step.path, got, step.effect)
			}
		}
	}
	// Without the query "-" is a normal id; two ids are ambiguous and refused.
	l.person("-", protocol.RoleParticipant, "lobby").enter()
	mo.ask(200, "PUT", "/v1/rooms/lobby/members/-/mute", "")
	mo.ask(400, "PUT", "/v1/rooms/lobby/members/-/mute?user=a&user=b", "")
	mo.ask(400, "PUT", "/v1/rooms/lobby/members/-/mute?user=", "")
	mo.ask(400, "PUT", "/v1/rooms/lobby/members/-/mute?user=%zz", "")
	mo.ask(400, "PUT", "/v1/rooms/lobby/members/-/mute?user=a%0Ab", "")
	// A user in the path wins over the query.
	mo.ask(200, "PUT", "/v1/rooms/lobby/members/u3/mute?user=u4", "")
	var list struct {
		Sanctions []struct{ User protocol.User }
	}
	decode(t, mo.ask(200, "GET", "/v1/rooms/lobby/sanctions", "").body, &list)
	if len(list.Sanctions) != 2 || list.Sanctions[0].User.ID != "-" || list.Sanctions[1].User.ID != "u3" {
		t.Errorf("sanctions %+v", list.Sanctions)
	}
	// The same for reactions.
	mo.say(1, "hello")
	for _, emoji := range []string{".", "..", "/", "-", "👍"} {
		d := mo.ask(200, "PUT", messagePath(1)+"/reactions/-?emoji="+url.QueryEscape(emoji), "")
		if d.Reactions[emoji].Count != 1 {
			t.Errorf("%q: %s", emoji, d.body)
		}
		mo.ask(200, "DELETE", messagePath(1)+"/reactions/-?emoji="+url.QueryEscape(emoji), "")
	}
}

func decode(t *testing.T, body string, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(body), into); err != nil {
		t.Fatalf("%v in %s", err, body)
	}
}
