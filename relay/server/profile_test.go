package server_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

// faced returns a person with a picture and a title.
func (l *live) faced(sub, name string) *person {
	l.t.Helper()
	token, err := l.keeper.Issue(auth.Claims{
		Sub: sub, Name: name, Role: protocol.RoleParticipant, Rooms: auth.Rooms{{Pattern: "*", Role: protocol.RoleParticipant}},
		Picture: "https://example.org/" + sub + ".png", Title: "Dr. " + sub,
	}, time.Now().Add(time.Hour))
	if err != nil {
		l.t.Fatal(err)
	}
	return &person{l, token}
}

// TestProfiles follows picture and title from the token to welcome, members, messages and reactions, and checks that
// they are nowhere else.
func TestProfiles(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, mod := l.faced("ada", "Ada Lovelace"), l.person("mod", protocol.RoleModerator, "*")
	c := ada.connect(t)
	c.Say(protocol.Hello{Token: ada.token})
	whole := protocol.User{ID: "ada", Name: "Ada Lovelace", Role: protocol.RoleParticipant, Picture: "https://example.org/ada.png", Title: "Dr. ada"}
	if welcome := relaytest.Hear[protocol.Welcome](c); welcome.User != whole {
		t.Errorf("welcome %+v", welcome.User)
	}
	c.Say(protocol.Join{Room: "lobby"})
	relaytest.Hear[protocol.Joined](c)
	mod.enter()
	sent := relaytest.SendOf(1)
	c.Say(sent)
	const sender = `"sender":{"id":"ada","name":"Ada Lovelace","role":"participant","picture":"https://example.org/ada.png"}`
	if m := relaytest.Hear[protocol.Changed](c).Message; m.Sender.Picture != whole.Picture || m.Sender.Title != "" {
		t.Errorf("sender %+v", m.Sender)
	}
	for _, path := range []string{messagesPath, messagePath(1), "/v1/rooms/lobby", "/v1/rooms"} {
		if d := mod.ask(200, "GET", path, ""); !strings.Contains(d.body, sender) || strings.Contains(d.body, "Dr.") {
			t.Errorf("%s: %s", path, d.body)
		}
	}
	const user = `{"id":"ada","name":"Ada Lovelace","role":"participant","picture":"https://example.org/ada.png","title":"Dr. ada"}`
	if d := mod.ask(200, "GET", "/v1/rooms/lobby/members", ""); !strings.Contains(d.body, `"user":`+user) {
		t.Errorf("members %s", d.body)
	}
	ada.ask(200, "PUT", messagePath(1)+"/reactions/a", "")
	if d := mod.ask(200, "GET", messagePath(1)+"/reactions?emoji=a", ""); d.body != `{"users":[`+user+`],"more":false}` {
		t.Errorf("reactions %s", d.body)
	}
	if d := mod.ask(200, "PUT", "/v1/rooms/lobby/members/ada/mute", `{}`); strings.Contains(d.body, "picture") {
		t.Errorf("a sanction %s", d.body)
	}
}

// TestMembersByName checks permissions, queries and parts of the list.
func TestMembersByName(t *testing.T) {
	l := startLive(t, hub.Config{})
	for i, name := range []string{"Zoë Müller", "Ada Lovelace", "adam smith", "Bob"} {
		l.faced(fmt.Sprint("u", i), name).enter()
	}
	mod, bob := l.person("mod", protocol.RoleOrganizer, "*"), l.faced("u3", "Bob")
	const path = "/v1/rooms/lobby/members?"
	ids := func(who *person, query string) string {
		t.Helper()
		d := who.ask(200, "GET", path+query, "")
		var ids []string
		for part := range strings.SplitSeq(d.body, `"id":"`) {
			id, _, _ := strings.Cut(part, `"`)
			ids = append(ids, id)
		}
		return strings.Join(ids[1:], " ") + fmt.Sprint(" ", d.More)
	}
	for query, want := range map[string]string{
		"q=ad": "u1 u2 false", "q=ad&limit=1": "u1 true", "q=ad&limit=2": "u1 u2 false", "q=MULL": "u0 false", "q=" + url.QueryEscape("zoë m"): "u0 false", "q=da": " false", "q=%21": " false",
	} {
		if got := ids(bob, query); got != want {
			t.Errorf("%s finds %s, want %s", query, got, want)
		}
	}
	if d := bob.ask(200, "GET", path+"q=bo", ""); !strings.Contains(d.body, `"online":true`) {
		t.Errorf("one's own entry: %s", d.body)
	}
	if d := bob.ask(200, "GET", path+"q=ad", ""); strings.Contains(d.body, "online") {
		t.Errorf("entries of others: %s", d.body)
	}
	for _, query := range []string{"q=", "q=a&q=b", "q=" + strings.Repeat("x", 65), "q=%ff", "q=a&after=u1", "q=a&limit=0", "q=a&limit=501"} {
		bob.ask(400, "GET", path+query, "")
	}
	mod.ask(200, "PUT", "/v1/rooms/lobby/members/u1/ban", `{}`)
	if got := ids(bob, "q=ad"); got != "u2 false" {
		t.Errorf("with a banned member: %s", got)
	}
	l.faced("u1", "Ada").ask(403, "GET", path+"q=ad", "")
	mod.ask(200, "PUT", "/v1/rooms/lobby", `{"settings":{"members":"staff"}}`)
	bob.ask(403, "GET", path+"q=ad", "")
	if got := ids(mod, "q=ad"); got != "u2 false" {
		t.Errorf("for an organizer: %s", got)
	}
}

// TestReactors checks the order of the reactions, and parts of the list.
func TestReactors(t *testing.T) {
	l := startLive(t, hub.Config{})
	mod := l.person("mod", protocol.RoleModerator, "*")
	mod.say(1, "a")
	for _, sub := range []string{"c", "a", "b"} {
		l.person(sub, protocol.RoleParticipant, "*").ask(200, "PUT", messagePath(1)+"/reactions/"+url.PathEscape("👍"), "")
	}
	path := messagePath(1) + "/reactions?emoji=" + url.QueryEscape("👍")
	user := func(id string) string { return `{"id":"` + id + `","name":"","role":"participant"}` }
	for query, want := range map[string]string{
		"":                 `{"users":[` + user("c") + `,` + user("a") + `,` + user("b") + `],"more":false}`,
		"&limit=2":         `{"users":[` + user("c") + `,` + user("a") + `],"more":true}`,
		"&limit=2&after=a": `{"users":[` + user("b") + `],"more":false}`,
		"&after=b":         `{"users":[],"more":false}`,
	} {
		if d := mod.ask(200, "GET", path+query, ""); d.body != want {
			t.Errorf("%q: %s, want %s", query, d.body, want)
		}
	}
	if d := mod.ask(200, "GET", messagePath(1)+"/reactions?emoji=x", ""); d.body != `{"users":[],"more":false}` {
		t.Errorf("another emoji: %s", d.body)
	}
	mod.ask(404, "GET", path+"&after=nobody", "")
	mod.ask(404, "GET", messagePath(2)+"/reactions?emoji=x", "")
	for _, query := range []string{"", "?emoji=", "?emoji=a+b", "?emoji=a&emoji=b", "?emoji=a&limit=0", "?emoji=a&after=a&after=b"} {
		mod.ask(400, "GET", messagePath(1)+"/reactions"+query, "")
	}
	l.person("eve", protocol.RoleParticipant, "stage").ask(403, "GET", path, "")
}
