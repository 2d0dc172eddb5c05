package server_test

import (
	"strings"
	"testing"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

// mentioning returns the body of message n, which mentions a user in the given part of its text.
func mentioning(n int, text, mentions string) string {
	return strings.TrimSuffix(sendBody(n, text), "}") + `,"mentions":` + mentions + `}`
}

// TestMentions follows mentions over REST and in frames, from the sender to the count of the mentioned user.
func TestMentions(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, bob, eve := l.person("ada", protocol.RoleModerator, "*"), l.person("bob", protocol.RoleParticipant, "*"), l.person("eve", protocol.RoleParticipant, "*")
	one := `[{"at":0,"len":4,"user":"bob"}]`
	d := ada.ask(201, "POST", messagesPath, mentioning(1, "@Bob", one))
	if !strings.Contains(d.body, `"text":"@Bob","mentions":`+one) {
		t.Errorf("posted %s", d.body)
	}
	if again := ada.ask(200, "POST", messagesPath, mentioning(1, "@Bob", one)); again.Rev != 1 {
		t.Errorf("posted again %s", again.body)
	}
	ada.ask(409, "POST", messagesPath, sendBody(1, "@Bob"))
	bob.ask(400, "POST", messagesPath, mentioning(2, "@Bob", `[{"at":0,"len":5,"user":"ada"}]`))
	bob.ask(403, "POST", messagesPath, mentioning(2, "@all", `[{"at":0,"len":4,"all":true}]`))
	ada.ask(201, "POST", messagesPath, mentioning(2, "@all", `[{"at":0,"len":4,"all":true}]`))
	wantMentions := func(who *person, want string) {
		t.Helper()
		for _, path := range []string{"/v1/rooms", "/v1/rooms/lobby"} {
			if d := who.ask(200, "GET", path, ""); strings.Contains(d.body, `"mentions":`+want+`,"members"`) != (want != "0") || want == "0" && strings.Contains(d.body, `"mentions":0`) {
				t.Errorf("%s, want %s mentions: %s", path, want, d.body)
			}
		}
	}
	wantMentions(bob, "2")
	wantMentions(eve, "1")
	wantMentions(ada, "0")
	c := bob.connect(t)
	c.Say(protocol.Hello{Token: bob.token})
	c.Say(protocol.Join{Room: "lobby"})
	if joined := relaytest.Hear[protocol.Joined](c); joined.Mentions != 2 || joined.Head != 2 {
		t.Errorf("joined %+v", joined)
	}
	d = ada.ask(200, "PATCH", messagePath(2), `{"text":"to Eve","mentions":[{"at":3,"len":3,"user":"eve"}]}`)
	if !strings.Contains(d.body, `"mentions":[{"at":3,"len":3,"user":"eve"}]`) {
		t.Errorf("edited %s", d.body)
	}
	wantMentions(eve, "1")
	if d = ada.ask(200, "PATCH", messagePath(2), `{"text":"to Eve"}`); strings.Contains(d.body, "mentions") {
		t.Errorf("edited %s", d.body)
	}
	wantMentions(eve, "0")
}
