package server_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

const thumb = "/reactions/%F0%9F%91%8D"

func TestLifeOfAMessage(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, mo := l.person("ada", protocol.RoleOrganizer, "*"), l.person("mo", protocol.RoleModerator, "*")
	ben, eve := l.person("ben", protocol.RoleParticipant, "*"), l.person("eve", protocol.RoleParticipant, "hall")
	one := messagePath(1)

	sent := ben.say(1, "Doors open at nien.")
	if sent.Seq != 1 || sent.Rev != 1 || ben.ask(200, "POST", messagesPath, sendBody(1, "Doors open at nien.")).body != sent.body {
		t.Errorf("sent %s", sent.body)
	}
	for _, p := range []*person{ada, mo} {
		p.ask(403, "PATCH", one, `{"text":"Not mine"}`)
	}
	eve.ask(403, "PATCH", one, `{"text":"Not her room"}`)
	eve.ask(403, "GET", one, "")
	ben.ask(404, "PATCH", messagePath(9), `{"text":"None"}`)
	ben.ask(404, "PATCH", "/v1/rooms/none/messages/"+relaytest.SendOf(1).ID, `{"text":"No room"}`)

	edited := ben.ask(200, "PATCH", one, `{"text":"Doors open at nine."}`)
	if edited.Seq != 1 || edited.Rev != 2 || edited.Text != "Doors open at nine." || edited.EditedAt == "" || edited.CreatedAt != sent.CreatedAt {
		t.Errorf("edited %s", edited.body)
	}
	for _, same := range []doc{
		ben.ask(200, "PATCH", one, `{"text":"Doors open at nine."}`),
		ben.ask(200, "POST", messagesPath, sendBody(1, "Doors open at nien.")), // the original content
		ben.ask(200, "GET", one, ""),
	} {
		if same.body != edited.body {
			t.Errorf("got %s, want %s", same.body, edited.body)
		}
	}
	ben.ask(409, "POST", messagesPath, sendBody(1, "Doors open at nine."))
	ada.ask(409, "POST", messagesPath, sendBody(1, "Doors open at nien."))

	ben.ask(403, "PUT", one+"/pin", "")
	if pinned := mo.ask(200, "PUT", one+"/pin", ""); !pinned.Pinned || pinned.Rev != 3 || mo.ask(200, "PUT", one+"/pin", "").body != pinned.body {
		t.Errorf("pinned %s", pinned.body)
	}
	if unpinned := ada.ask(200, "DELETE", one+"/pin", ""); unpinned.Pinned || unpinned.Rev != 4 {
		t.Errorf("unpinned %s", unpinned.body)
	}
	mo.ask(200, "PUT", one+"/pin", "")
	ben.ask(200, "PUT", one+thumb, "")

	ben.say(2, "Another one")
	l.person("ned", protocol.RoleParticipant, "*").ask(403, "DELETE", one, "")
	gone := mo.ask(200, "DELETE", one, "")
	if gone.Rev != 8 || gone.Seq != 1 || gone.DeletedAt == "" || gone.Text != "" {
		t.Errorf("deleted %s", gone.body)
	}
	for _, same := range []doc{
		ben.ask(200, "DELETE", one, ""),
		ben.ask(200, "POST", messagesPath, sendBody(1, "Doors open at nien.")),
		ada.ask(200, "GET", one, ""),
	} {
		if same.body != gone.body {
			t.Errorf("got %s, want %s", same.body, gone.body)
		}
	}
	ben.ask(409, "PATCH", one, `{"text":"Alive"}`)
	ben.ask(409, "PUT", one+thumb, "")
	ben.ask(409, "DELETE", one+thumb, "")
	mo.ask(409, "PUT", one+"/pin", "")
	ben.ask(200, "DELETE", messagePath(2), "") // the user's own message
	ben.ask(404, "DELETE", messagePath(9), "")
	ben.ask(404, "GET", messagePath(9), "")
	ben.ask(404, "PUT", messagePath(9)+thumb, "")
	mo.ask(404, "PUT", messagePath(9)+"/pin", "")

	page := ada.ask(200, "GET", messagesPath+"?since=0", "")
	if page.Head != 9 || len(page.Messages) != 2 || page.Messages[0].DeletedAt == "" || page.Messages[1].Rev != 9 {
		t.Errorf("page %s", page.body)
	}
	if rooms := ada.ask(200, "GET", "/v1/rooms", "").Rooms; len(rooms) != 1 {
		t.Errorf("a refused change made a room: %+v", rooms)
	}
}

// TestMine checks that each user gets their own emoji, from the window and from the store.
func TestMine(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada, ben := l.person("ada", protocol.RoleModerator, "*"), l.person("ben", protocol.RoleParticipant, "*")
	ben.say(1, "Lunch?")
	check := func(from string) {
		t.Helper()
		for _, path := range []string{"", "?since=0", "?before=9", "?after=0", "?around=1", "?around=" + relaytest.SendOf(1).ID, "?pinned=true"} {
			for p, want := range map[*person][]string{ada: {"👍", "🍕"}, ben: {"👍"}} {
				page := p.ask(200, "GET", messagesPath+path, "")
				if len(page.Messages) != 1 || !sameSet(page.Messages[0].Mine, want) {
					t.Errorf("%s from the %s: %s, want mine %q", path, from, page.body, want)
				}
			}
		}
	}
	for i, p := range []*person{ada, ben} {
		if m := p.ask(200, "PUT", messagePath(1)+thumb, ""); !slices.Equal(m.Mine, []string{"👍"}) || m.Reactions["👍"].Count != int64(i+1) {
			t.Errorf("reacted: %s", m.body)
		}
	}
	if m := ada.ask(200, "PUT", messagePath(1)+"/reactions/%F0%9F%8D%95", ""); !sameSet(m.Mine, []string{"👍", "🍕"}) {
		t.Errorf("reacted twice: %s", m.body)
	}
	ada.ask(200, "PUT", messagePath(1)+"/pin", "")
	for name, m := range map[string]doc{
		"got":     ben.ask(200, "GET", messagePath(1), ""),
		"edited":  ben.ask(200, "PATCH", messagePath(1), `{"text":"Lunch at one?"}`),
		"resent":  ben.ask(200, "POST", messagesPath, sendBody(1, "Lunch?")),
		"reacted": ben.ask(200, "PUT", messagePath(1)+thumb, ""),
	} {
		if !slices.Equal(m.Mine, []string{"👍"}) {
			t.Errorf("%s: %s", name, m.body)
		}
	}
	if rooms := ada.ask(200, "GET", "/v1/rooms", ""); !sameSet(rooms.Rooms[0].LastMessage.Mine, []string{"👍", "🍕"}) {
		t.Errorf("the last message: %s", rooms.body)
	}
	check("store")
	ben.enter()
	check("window")

	if m := ben.ask(200, "DELETE", messagePath(1)+thumb, ""); m.Mine != nil || m.Reactions["👍"].Count != 1 {
		t.Errorf("taken back: %s", m.body)
	}
}

func sameSet(a, b []string) bool {
	a, b = slices.Clone(a), slices.Clone(b)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}

// TestEncrypted checks that the relay stores, changes and returns encrypted messages, which it cannot read.
func TestEncrypted(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleParticipant, "*")
	encrypted := func(ct string) string {
		return `"encrypted":{"alg":"A256GCM","kid":"k","iv":"AAECAwQFBgcICQoL","ct":"` + ct + `"}`
	}
	sent := ada.ask(201, "POST", messagesPath, `{"id":"`+messageID+`",`+encrypted("eA")+`}`)
	edited := ada.ask(200, "PATCH", messagesPath+"/"+messageID, `{`+encrypted("eQ")+`}`)
	open := ada.ask(200, "PATCH", messagesPath+"/"+messageID, `{"text":"in the open"}`)
	for ct, d := range map[string]doc{"eA": sent, "eQ": edited} {
		if !strings.Contains(d.body, encrypted(ct)) || d.Text != "" {
			t.Errorf("want %s in %s", ct, d.body)
		}
	}
	if open.Text != "in the open" || strings.Contains(open.body, "encrypted") || open.Rev != 3 {
		t.Errorf("in the open: %s", open.body)
	}
	ada.ask(200, "POST", messagesPath, `{"id":"`+messageID+`",`+encrypted("eA")+`}`)
	ada.ask(409, "POST", messagesPath, `{"id":"`+messageID+`",`+encrypted("eQ")+`}`)
}

// TestTooManyDifferentEmoji checks the limits of emoji on a message, and of a user's new ones.
func TestTooManyDifferentEmoji(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleParticipant, "*")
	ada.say(1, "hi")
	for i := range protocol.ReactionsMax {
		who := l.person("user"+number(int64(i/3)), protocol.RoleParticipant, "*")
		who.ask(200, "PUT", messagePath(1)+"/reactions/"+string(rune('a'+i)), "")
		if i%3 == 2 {
			who.ask(409, "PUT", messagePath(1)+"/reactions/z", "")
		}
	}
	ada.ask(409, "PUT", messagePath(1)+"/reactions/z", "")
	ada.ask(200, "PUT", messagePath(1)+"/reactions/a", "")
}

func TestPinnedAndAround(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleModerator, "*")
	for n := range 9 {
		ada.say(n+1, "hi")
		if n%2 == 0 {
			ada.ask(200, "PUT", messagePath(n+1)+"/pin", "")
		}
	}
	pinned := ada.ask(200, "GET", messagesPath+"?pinned=true&limit=2", "")
	first := pinned.seqs()
	if len(first) != 2 || first[0] <= first[1] || !pinned.More {
		t.Errorf("pinned: %s", pinned.body)
	}
	if rest := ada.ask(200, "GET", messagesPath+"?pinned=true&before="+number(first[1]), ""); len(rest.Messages) != 3 || rest.More || rest.Messages[0].Seq >= first[1] {
		t.Errorf("older pinned: %s", rest.body)
	}
	if none := ada.ask(200, "GET", messagesPath+"?pinned=true&before=0", ""); len(none.Messages) != 0 || none.More {
		t.Errorf("none is before the first: %s", none.body)
	}

	at := ada.ask(200, "GET", messagePath(5), "").Seq
	byID := ada.ask(200, "GET", messagesPath+"?limit=4&around="+relaytest.SendOf(5).ID, "")
	if bySeq := ada.ask(200, "GET", messagesPath+"?limit=4&around="+number(at), ""); byID.body != bySeq.body || len(byID.Messages) != 4 || !byID.MoreBefore || !byID.MoreAfter {
		t.Errorf("around its id %s, around its seq %s", byID.body, bySeq.body)
	}
	if none := ada.ask(200, "GET", messagesPath+"?around="+relaytest.SendOf(99).ID, ""); len(none.Messages) != 0 || none.More || none.Head != 14 {
		t.Errorf("around none: %s", none.body)
	}
}

func number(n int64) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestSearchFinds(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleParticipant, "*")
	for n, text := range []string{"Doors open at nine", "The door to the café", "doors, doors, doors", "nine doors' keys", "lost"} {
		ada.say(n+1, text)
	}
	ada.ask(200, "PATCH", messagePath(5), `{"text":"found doors"}`)
	ada.ask(200, "DELETE", messagePath(3), "")
	found := func(query string) doc { return ada.ask(200, "GET", messagesPath+"?"+query, "") }
	// The index may be 2 s behind.
	until := time.Now().Add(patience)
	for !slices.Equal(found("q=doors").seqs(), []int64{5, 4, 1}) && time.Now().Before(until) {
		time.Sleep(10 * time.Millisecond)
	}
	for query, want := range map[string][]int64{
		"q=doors":               {5, 4, 1},
		"q=DOO":                 {5, 4, 2, 1},
		"q=nine+doors":          {4, 1},
		"q=cafe":                {2},
		"q=caf%C3%A9":           {2},
		"q=doors&before=4":      {1},
		"q=doors&before=0":      nil,
		"q=doors&limit=1":       {5},
		"q=lost":                nil,
		"q=%22doors%22+OR+lost": nil,
		"q=-*%22()%3A":          nil,
		"q=%F0%9F%91%8D":        nil,
		"q=NEAR%2F2":            nil,
	} {
		if page := found(query); !slices.Equal(page.seqs(), want) || page.Head != 7 || page.More != (query == "q=doors&limit=1") {
			t.Errorf("%s: %s, want %v", query, page.body, want)
		}
	}
}
