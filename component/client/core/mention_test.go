package core

import (
	"reflect"
	"strings"
	"testing"

	"hallway/component/client"
	"hallway/protocol"
)

// mentionOf returns message n, in which bo mentions users.
func mentionOf(n int64, users ...string) protocol.Message {
	m := testMessage("bo:" + string(rune('0'+n)) + ":" + string(rune('0'+n)))
	for i, user := range users {
		m.Mentions = append(m.Mentions, protocol.Mention{At: int64(i), Len: 1, User: user, All: user == ""})
	}
	return m
}

// TestUnreadMentions checks the count of unread mentions: the relay counts those before the join, live ones are added, and read
// ones subtracted.
func TestUnreadMentions(t *testing.T) {
	s := newScript(t)
	for _, line := range []string{"start ada", "outbox ada", "opened", "welcome ada mentions profiles"} {
		s.do(line)
	}
	s.receive(protocol.Joined{Room: "lobby", Epoch: "e1", Head: 4, Members: 1, Read: 1, Role: protocol.RoleParticipant, Mentions: 2})
	s.step(client.PageLoaded{Req: s.page, Page: protocol.Page{Epoch: "e1", Head: 4, Messages: []protocol.Message{
		mentionOf(1, "ada"), mentionOf(2, "ada"), mentionOf(3), mentionOf(4, "", "ada"),
	}}})
	want := func(what string, n int) {
		t.Helper()
		if got := s.c.Snapshot().Mentions; got != n {
			t.Errorf("%s: %d unread mentions, want %d", what, got, n)
		}
	}
	want("joined", 2)
	if !s.c.Snapshot().KnowsMentions {
		t.Error("the snapshot does not show the relay's features")
	}
	live := func(m protocol.Message) { s.receive(protocol.Changed{Message: m}) }
	live(mentionOf(5, "ada"))
	live(mentionOf(6, "cy"))
	want("one came live", 3)
	edited := mentionOf(5, "cy")
	edited.Rev = 7
	live(edited)
	want("an edit mentions someone else", 2)
	edited = mentionOf(6, "ada", "cy")
	edited.Rev = 8
	live(edited)
	live(edited)
	want("an edit mentions the user", 3)
	deleted := mentionOf(4)
	deleted.Rev, deleted.DeletedAt, deleted.Text = 9, 1, ""
	live(deleted)
	want("one is deleted", 2)
	edited = mentionOf(5, "ada")
	edited.Rev = 10
	live(edited)
	want("it mentions the user again", 3)
	s.step(client.Seen{Seq: 2})
	want("one is read", 2)
	s.receive(protocol.Read{Room: "lobby", Seq: 5})
	want("one is read elsewhere", 1)
	s.step(client.Seen{Seq: 6})
	want("all are read", 0)
}

// TestMentionsGoOut checks the mentions in a send, in a saved item, and in an edit.
func TestMentionsGoOut(t *testing.T) {
	s := newScript(t)
	for _, line := range []string{"start ada", "outbox ada", "opened", "welcome ada", "joined e1 1", "page e1 1 end ada:1:1"} {
		s.do(line)
	}
	list := []protocol.Mention{{At: 4, Len: 3, User: "bo"}}
	effects := s.c.Step(s.now, client.SendText{ID: testUUID("7"), Text: "a\r\n\a@bo", Mentions: []protocol.Mention{{At: 4, Len: 3, User: "bo"}}})
	saved := false
	for _, e := range effects {
		if e, ok := e.(client.SaveItem); ok {
			saved = reflect.DeepEqual(e.Item.Mentions, []protocol.Mention{{At: 2, Len: 3, User: "bo"}}) && e.Item.Text == "a\n@bo"
		}
	}
	if !saved {
		t.Errorf("the item is not saved with its mentions: %+v", effects)
	}
	wrote := func(effects []client.Effect, part string) {
		t.Helper()
		for _, e := range effects {
			if e, ok := e.(client.Write); ok && strings.Contains(string(e.Data), part) {
				return
			}
		}
		t.Errorf("%s is not written: %+v", part, effects)
	}
	wrote(s.c.Step(s.now, client.ItemSaved{ID: testUUID("7")}), `"text":"a\n@bo","mentions":[{"at":2,"len":3,"user":"bo"}]`)
	wrote(s.c.Step(s.now, client.EditText{ID: testUUID("1"), Text: "hi, @bo", Mentions: list}), `"text":"hi, @bo","mentions":[{"at":4,"len":3,"user":"bo"}]`)
}

// TestPeople checks that only the answer to the last question counts, and that the users of a reaction come in parts.
func TestPeople(t *testing.T) {
	s := newScript(t)
	for _, line := range []string{"start ada", "outbox ada", "opened", "welcome ada", "joined e1 1", "page e1 1 end ada:1:1"} {
		s.do(line)
	}
	ask := func(ev client.AskPeople) (f client.FetchPeople) {
		t.Helper()
		for _, e := range s.c.Step(s.now, ev) {
			if e, ok := e.(client.FetchPeople); ok {
				f = e
			}
		}
		if f.Of != ev || f.Token == "" {
			t.Fatalf("asked %+v for %+v", f, ev)
		}
		return f
	}
	users := func(ids ...string) (users []protocol.User) {
		for _, id := range ids {
			users = append(users, protocol.User{ID: id})
		}
		return users
	}
	first := ask(client.AskPeople{Words: "a"})
	second := ask(client.AskPeople{Words: "ad"})
	s.step(client.PeopleLoaded{Req: second.Req, Users: users("adam")})
	s.step(client.PeopleLoaded{Req: first.Req, Users: users("amy")})
	if p := s.c.Snapshot().People; !p.Here || !reflect.DeepEqual(p.Users, users("adam")) {
		t.Errorf("people %+v", p)
	}
	reacted := client.AskPeople{ID: testUUID("1"), Emoji: "👍"}
	s.step(client.PeopleLoaded{Req: ask(reacted).Req, Users: users("bo", "cy"), More: true})
	reacted.More = true
	next := ask(reacted)
	if next.After != "cy" {
		t.Errorf("requested the users behind %q", next.After)
	}
	s.step(client.RequestFailed{Req: next.Req, Status: 503})
	if p := s.c.Snapshot().People; !p.Failed || len(p.Users) != 2 {
		t.Errorf("after a failure %+v", p)
	}
	s.step(client.PeopleLoaded{Req: ask(reacted).Req, Users: users("di")})
	if p := s.c.Snapshot().People; !reflect.DeepEqual(p.Users, users("bo", "cy", "di")) || p.More {
		t.Errorf("all parts %+v", p)
	}
}
