package relays

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"hallway/protocol"
	"hallway/test/relaytest"
	"hallway/test/servers"
)

// rounds is the number of repetitions in each test of this file, so that every pair of relays is tested.
const rounds = 12

// one holds relays that should behave as one: each connection and each request goes to the next relay, as behind a balancer.
type one struct {
	*world
	turn int
}

func newOne(t *testing.T, flags ...string) *one {
	t.Helper()
	w := &world{T: t, nats: servers.NATS(t)}
	w.start(servers.PostgreSQL(t), 3, flags)
	return &one{world: w}
}

func (o *one) next() *relaytest.Relay {
	o.turn++
	return o.relays[o.turn%len(o.relays)]
}

// as returns a user's token for all rooms, in a role.
func (o *one) as(user string, role protocol.Role) string {
	return relaytest.Token(o.T, map[string]any{"sub": user, "name": user, "rooms": []any{map[string]string{"room": "*", "role": string(role)}}})
}

// ask sends a request to the next relay, and decodes the answer into a value, unless that is nil.
func (o *one) ask(token, method, path string, body, into any) (status int) {
	o.Helper()
	ctx, cancel := context.WithTimeout(o.Context(), patience)
	defer cancel()
	text, err := json.Marshal(body)
	if err != nil {
		o.Fatal(err)
	}
	req, err := http.NewRequestWithContext(ctx, method, o.next().URL()+path, bytes.NewReader(text))
	if err != nil {
		o.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		o.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err == nil && into != nil && resp.StatusCode < 300 {
		err = json.Unmarshal(answer, into)
	}
	if err != nil {
		o.Fatalf("%s %s: %d %s: %v", method, path, resp.StatusCode, answer, err)
	}
	return resp.StatusCode
}

// must is ask, and fails the test on an error.
func (o *one) must(token, method, path string, body, into any) {
	o.Helper()
	if status := o.ask(token, method, path, body, into); status >= 300 {
		o.Fatalf("%s %s: %d", method, path, status)
	}
}

// enter joins a room at the next relay.
func (o *one) enter(token, room string) (*client, protocol.Joined) {
	o.Helper()
	c, joined, err := o.world.enter(o.next(), token, room)
	if err != nil {
		o.Fatal(err)
	}
	o.Cleanup(func() { c.Close() })
	return c, joined
}

// settled returns once the relay has handled all frames of a client.
func (o *one) settled(c *client, frames ...protocol.ClientFrame) {
	o.Helper()
	for _, f := range append(frames, protocol.Ping{T: "1"}) {
		if err := c.say(f); err != nil {
			o.Fatal(err)
		}
	}
	if _, err := await[protocol.Pong](c, patience); err != nil {
		o.Fatal(err)
	}
}

// send sends a message, waits for its echo, and returns it.
func (o *one) send(c *client, room, text string) protocol.Message {
	o.Helper()
	m := message(room)
	m.Text = text
	if err := c.say(m); err != nil {
		o.Fatal(err)
	}
	for {
		f, err := await[protocol.Changed](c, patience)
		if err != nil {
			o.Fatal(err)
		}
		if f.Message.ID == m.ID {
			return f.Message
		}
	}
}

// members returns the members of a room, by id.
func (o *one) members(token, room string) map[string]protocol.RoomMember {
	o.Helper()
	var list struct {
		Members []struct {
			User   protocol.User
			Read   int64
			Online bool
		}
	}
	o.must(token, "GET", "/v1/rooms/"+room+"/members", nil, &list)
	all := map[string]protocol.RoomMember{}
	for _, m := range list.Members {
		all[m.User.ID] = protocol.RoomMember{User: m.User, Read: m.Read, Online: m.Online}
	}
	return all
}

// TestPresenceOfOne checks that the next answer of any relay shows a join or a leave at another relay.
func TestPresenceOfOne(t *testing.T) {
	o := newOne(t)
	head := o.as("head", protocol.RoleOrganizer)
	for n := range rounds {
		room := fmt.Sprint("room-", n)
		var all []*client
		for i := range 3 {
			user := fmt.Sprint("user-", i)
			c, joined := o.enter(o.as(user, protocol.RoleParticipant), room)
			all = append(all, c)
			if joined.Members != int64(i+1) {
				t.Errorf("round %d: %s joined as one of %d, want %d", n, user, joined.Members, i+1)
			}
			for range 3 {
				if !o.members(head, room)[user].Online {
					t.Errorf("round %d: %s has joined and is not online", n, user)
				}
			}
		}
		o.settled(all[0], protocol.Leave{Room: room})
		for range 3 {
			if m := o.members(head, room); m["user-0"].Online || !m["user-1"].Online {
				t.Errorf("round %d: user-0 has left: %v", n, m)
			}
		}
	}
}

// TestMarkersOfOne checks that the next answer of any relay shows a read marker that was moved at another relay.
func TestMarkersOfOne(t *testing.T) {
	o := newOne(t)
	ada, bob := o.as("ada", protocol.RoleModerator), o.as("bob", protocol.RoleParticipant)
	a, _ := o.enter(ada, "lobby")
	b, _ := o.enter(bob, "lobby")
	for n := range rounds {
		m := o.send(a, "lobby", "hi")
		var room struct{ Unread, Mentions, Head int64 }
		if o.must(bob, "GET", "/v1/rooms/lobby", nil, &room); room.Unread != 1 || room.Head != m.Rev {
			t.Errorf("round %d: %+v, sent as %d", n, room, m.Seq)
		}
		o.settled(b, protocol.Read{Room: "lobby", Seq: m.Seq})
		var list struct{ Rooms []struct{ Unread int64 } }
		if o.must(bob, "GET", "/v1/rooms", nil, &list); len(list.Rooms) != 1 || list.Rooms[0].Unread != 0 {
			t.Errorf("round %d: all is read, and the list says %+v", n, list)
		}
		if o.must(bob, "GET", "/v1/rooms/lobby", nil, &room); room.Unread != 0 {
			t.Errorf("round %d: all is read, and %d is not", n, room.Unread)
		}
		if read := o.members(ada, "lobby")["bob"].Read; read != m.Seq {
			t.Errorf("round %d: members say %d is read, want %d", n, read, m.Seq)
		}
		m = o.send(a, "lobby", "again")
		o.settled(b, protocol.Read{Room: "lobby", Seq: m.Seq})
		if _, joined := o.enter(bob, "lobby"); joined.Read != m.Seq {
			t.Errorf("round %d: joined says %d is read, want %d", n, joined.Read, m.Seq)
		}
	}
}

// TestActsOfOne checks that an act of moderation over REST is in force in the next answer of any other relay.
func TestActsOfOne(t *testing.T) {
	o := newOne(t)
	head := o.as("head", protocol.RoleOrganizer)
	for n := range rounds {
		user := fmt.Sprint("user-", n)
		token := o.as(user, protocol.RoleParticipant)
		c, _ := o.enter(token, "lobby")
		o.must(head, "PUT", "/v1/rooms/lobby/members/"+user+"/mute", map[string]any{}, nil)
		if _, joined := o.enter(token, "lobby"); !joined.Muted {
			t.Errorf("round %d: joined without being muted", n)
		}
		o.must(head, "DELETE", "/v1/rooms/lobby/members/"+user+"/mute", nil, nil)
		if _, joined := o.enter(token, "lobby"); joined.Muted {
			t.Errorf("round %d: joined muted", n)
		}
		o.must(head, "PUT", "/v1/rooms/lobby/members/"+user+"/ban", map[string]any{}, nil)
		for range 3 {
			if status := o.ask(token, "GET", "/v1/rooms/lobby/messages", nil, nil); status != http.StatusForbidden {
				t.Errorf("round %d: banned, and a page is answered with %d", n, status)
			}
		}
		if err := untilOut(c, limit(time.Second)); err != nil {
			t.Errorf("round %d: banned, and the stream goes on: %v", n, err)
		}
		o.must(head, "PUT", "/v1/users/"+user+"/revocation", nil, nil)
		for range 3 {
			if status := o.ask(token, "GET", "/v1/rooms", nil, nil); status != http.StatusUnauthorized {
				t.Errorf("round %d: revoked, and rooms are answered with %d", n, status)
			}
		}
	}
}

// TestRoomsOfOne checks that settings, deletions and reports of rooms are in force at every relay.
func TestRoomsOfOne(t *testing.T) {
	o := newOne(t)
	head, ada := o.as("head", protocol.RoleOrganizer), o.as("ada", protocol.RoleParticipant)
	for n := range rounds {
		room := fmt.Sprint("room-", n)
		moderator, _ := o.enter(head, room)
		a, _ := o.enter(ada, room)
		m := o.send(a, room, "look at this")
		o.must(ada, "POST", "/v1/rooms/"+room+"/messages/"+m.ID+"/report", map[string]any{"reason": "bad"}, nil)
		if f, err := await[protocol.Reports](moderator, limit(time.Second)); err != nil || f.Open != 1 {
			t.Errorf("round %d: reports %+v, %v", n, f, err)
		}
		o.must(head, "PUT", "/v1/rooms/"+room, map[string]any{"title": "Room", "settings": map[string]any{"slow_mode_s": 60}}, nil)
		if f, err := await[protocol.Settings](a, limit(time.Second)); err != nil || f.SlowModeS != 60 {
			t.Errorf("round %d: settings %+v, %v", n, f, err)
		}
		post := func() int {
			return o.ask(ada, "POST", "/v1/rooms/"+room+"/messages", map[string]any{"id": uuid.Must(uuid.NewV7()).String(), "text": "slowly"}, nil)
		}
		if status := post(); status != http.StatusCreated {
			t.Errorf("round %d: the first in slow mode is answered with %d", n, status)
		}
		if status := post(); status != http.StatusTooManyRequests {
			t.Errorf("round %d: the second in slow mode is answered with %d", n, status)
		}
		o.must(head, "DELETE", "/v1/rooms/"+room, nil, nil)
		for {
			f, err := await[protocol.RelayFrame](a, limit(time.Second))
			if err != nil {
				t.Errorf("round %d: the room was deleted, and the stream goes on: %v", n, err)
			}
			if refused, ok := f.(protocol.Error); err != nil || ok && refused.Code == protocol.CodeNotFound {
				break
			}
		}
		if status := o.ask(ada, "GET", "/v1/rooms/"+room, nil, nil); status != http.StatusNotFound {
			t.Errorf("round %d: a deleted room is answered with %d", n, status)
		}
	}
}

// TestMessagesOfOne checks pages, searches, mentions, resent messages and reactions at every relay.
func TestMessagesOfOne(t *testing.T) {
	o := newOne(t)
	ada, bob := o.as("ada", protocol.RoleParticipant), o.as("bob", protocol.RoleParticipant)
	a, _ := o.enter(ada, "lobby")
	b, _ := o.enter(bob, "lobby")
	for n := range rounds {
		m := o.send(a, "lobby", fmt.Sprintf("word%d", n))
		for _, query := range []string{"?limit=1", fmt.Sprint("?since=", m.Rev-1), fmt.Sprint("?around=", m.Seq)} {
			var p page
			o.must(bob, "GET", "/v1/rooms/lobby/messages"+query, nil, &p)
			found := false
			for _, x := range p.Messages {
				found = found || x.ID == m.ID
			}
			if !found || p.Head < m.Rev {
				t.Errorf("round %d: %s lacks what was told: %+v", n, query, p)
			}
		}
		told := time.Now()
		for {
			var p page
			o.must(bob, "GET", fmt.Sprintf("/v1/rooms/lobby/messages?q=word%d", n), nil, &p)
			if len(p.Messages) > 0 {
				break
			}
			if d := time.Since(told); d > limit(2*time.Second) {
				t.Errorf("round %d: not found after %v", n, d)
				break
			}
		}
		// If all relays get the same message at once, it is stored once, and all answer it.
		id, statuses := uuid.Must(uuid.NewV7()).String(), make(chan int, 3)
		var sends sync.WaitGroup
		for _, r := range o.relays {
			sends.Go(func() {
				statuses <- (&one{world: &world{T: t, relays: []*relaytest.Relay{r}}}).ask(ada, "POST", "/v1/rooms/lobby/messages", map[string]any{"id": id, "text": "@bob", "mentions": []any{map[string]any{"at": 0, "len": 4, "user": "bob"}}}, nil)
			})
		}
		sends.Wait()
		if sum := <-statuses + <-statuses + <-statuses; sum != 201+200+200 {
			t.Errorf("round %d: the same message thrice: statuses with the sum %d", n, sum)
		}
		var room struct{ Mentions int64 }
		if o.must(bob, "GET", "/v1/rooms/lobby", nil, &room); room.Mentions != int64(n+1) {
			t.Errorf("round %d: %d mentions", n, room.Mentions)
		}
		if _, joined := o.enter(bob, "lobby"); joined.Mentions != int64(n+1) {
			t.Errorf("round %d: joined with %d mentions", n, joined.Mentions)
		}
		o.settled(b, protocol.React{Room: "lobby", ID: m.ID, Emoji: "👍", On: true})
		for {
			f, err := await[protocol.Changed](a, limit(time.Second))
			if err != nil {
				t.Errorf("round %d: no reaction: %v", n, err)
				break
			}
			if f.Cause != nil && f.Message.ID == m.ID && f.Cause.By == "bob" {
				break
			}
		}
	}
}
