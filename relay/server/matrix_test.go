package server_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/auth"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

// A matrix is a relay with people who go from room to room: the asker, and one of every role.
type matrix struct {
	*live
	operations map[string]string
	asker      asker
	people     map[string]*person // by role; "self": the asker, maybe without a token; "own": the asker as a participant
	conns      map[string]*relaytest.Client
	stand      func(room string) // prepares a room before the request
	rules      bool              // a new member gets the room's settings
	rooms      int
}

func newMatrix(t *testing.T, operations map[string]string, a asker) *matrix {
	patient := hub.Config{FramesPerSecond: 100_000, HelloTimeout: time.Hour}
	m := &matrix{
		live: startLive(t, patient), operations: operations, asker: a,
		people: map[string]*person{}, conns: map[string]*relaytest.Client{}, stand: func(string) {},
	}
	for _, role := range allRoles {
		m.join(string(role), asker{role, role}, string(role))
	}
	m.join("own", asker{protocol.RoleParticipant, protocol.RoleParticipant}, "self")
	m.join("self", a, "self")
	return m
}

// join connects a user under a name of the matrix.
func (m *matrix) join(name string, a asker, sub string) {
	m.t.Helper()
	c := auth.Claims{Sub: sub, Role: a.general, Rooms: auth.Rooms{{Pattern: "*", Role: a.room}}}
	if a.room == "" {
		c.Rooms = auth.Rooms{{Pattern: "elsewhere", Role: protocol.RoleOrganizer}}
	}
	conn := m.connect(m.t)
	m.people[name], m.conns[name] = &person{m.live, ""}, conn
	if a.general == "" {
		return
	}
	issued, err := m.keeper.Issue(c, time.Now().Add(time.Hour))
	if err != nil {
		m.t.Fatal(err)
	}
	m.people[name].token = issued
	conn.Say(protocol.Hello{Token: issued})
	relaytest.Hear[protocol.Welcome](conn)
}

// does is person.ask for preparations: it does not compare with the OpenAPI document, which would take longer than
// everything else.
func (m *matrix) does(name string, status int, method, path, body string) doc {
	m.t.Helper()
	r := m.site.ask(method, path, body, "Authorization", "Bearer "+m.people[name].token)
	if r.StatusCode != status {
		m.t.Fatalf("%s %s: %d, want %d: %s", method, path, r.StatusCode, status, r.body)
	}
	return doc{body: r.body}
}

// room makes a new room with the things that a right is about, and inserts their names into the request.
func (m *matrix) room(about, ask string) (room, asked string) {
	m.t.Helper()
	m.rooms++
	room = fmt.Sprint("r", m.rooms)
	visit := func(name string) {
		m.conns[name].Say(protocol.Join{Room: room})
		relaytest.Hear[protocol.Joined](m.conns[name])
		m.conns[name].Say(protocol.Leave{Room: room})
	}
	names := []string{"{room}", room, "{new}", relaytest.SendOf(3).ID, "{id}", relaytest.SendOf(1).ID, "{user}", about, "{emoji}", "x"}
	author := "participant"
	if _, message := anyMessage[about]; message && strings.Contains(ask, "{id}") {
		author = about
	}
	m.does(author, 201, "POST", "/v1/rooms/"+room+"/messages", sendBody(1, "x"))
	switch {
	case about == "self":
		visit("own")
	case about != "stranger" && strings.Contains(ask, "{user}"):
		visit(about)
	}
	if strings.Contains(ask, "{n}") {
		d := m.does("participant", 201, "POST", "/v1/rooms/"+room+"/messages/"+relaytest.SendOf(1).ID+"/report", `{"reason":"x"}`)
		names = append(names, "{n}", fmt.Sprint(as[report](m.t, d).N))
	}
	m.stand(room)
	return room, strings.NewReplacer(names...).Replace(ask)
}

// say sends a frame and returns its refusal.
func (m *matrix) say(about, frame string) (no protocol.Error) {
	c := m.conns["self"]
	room, frame := m.room(about, frame)
	if m.asker.room != "" {
		c.Say(protocol.Join{Room: room})
		for {
			if f := relaytest.Hear[protocol.RelayFrame](c); of(f) == room {
				if e, refused := f.(protocol.Error); refused {
					return e
				}
				break
			}
		}
		if m.rules {
			relaytest.Hear[protocol.Settings](c)
		}
		defer c.Say(protocol.Leave{Room: room})
	}
	f, err := protocol.DecodeClient([]byte(frame), protocol.Limits{TextBytes: 100})
	if err != nil {
		m.t.Fatal(err)
	}
	c.Say(f)
	mark := protocol.Ping{T: fmt.Sprint(m.rooms)}
	switch f.(type) {
	case protocol.Typing, protocol.Read, protocol.Ping: // these have no answer in the room
		if m.asker.general != "" {
			c.Say(mark)
		}
	}
	for {
		switch f := relaytest.Hear[protocol.RelayFrame](c).(type) {
		case protocol.Error:
			if f.Room == room || m.asker.general == "" {
				return f
			}
		case protocol.Pong:
			if f.T == mark.T {
				return no
			}
		case protocol.Joined, protocol.Changed, protocol.Moderated, protocol.Settings, protocol.Reported:
			if of(f) == room {
				return no
			}
		}
	}
}

// of returns the room of a frame.
func of(f protocol.RelayFrame) string {
	switch f := f.(type) {
	case protocol.Joined:
		return f.Room
	case protocol.Changed:
		return f.Message.Room
	case protocol.Moderated:
		return f.Room
	case protocol.Settings:
		return f.Room
	case protocol.Reported:
		return f.Room
	case protocol.Error:
		return f.Room
	}
	return ""
}

// request makes a request and returns its refusal.
func (m *matrix) request(about, operation, body, bearer string) (no problem) {
	room, asked := m.room(about, m.operations[operation]+"\n"+body)
	request, body, _ := strings.Cut(asked, "\n")
	method, path, _ := strings.Cut(request, " ")
	var header []string
	if bearer != "" {
		header = []string{"Authorization", "Bearer " + bearer}
	}
	got := m.site.ask(method, path, body, header...)
	m.check(m.t, method, path, body, got)
	if got.StatusCode >= 300 {
		if err := json.Unmarshal([]byte(got.body), &no); err != nil || got.StatusCode != no.Code.HTTPStatus() {
			m.t.Fatalf("%d %s: %v", got.StatusCode, got.body, err)
		}
	} else if m.asker.room == "" && strings.Contains(got.body, `"`+room+`"`) {
		m.t.Errorf("%s tells of a room that the token does not open: %s", operation, got.body)
	}
	return no
}
