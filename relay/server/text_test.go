package server_test

import (
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"hallway/protocol"
	"hallway/relay/hub"
	"hallway/relay/relaytest"
)

// TestLineBreaksAreOne checks that a text with other line breaks is the same text: a repeated send is no conflict, and
// an edit changes nothing.
func TestLineBreaksAreOne(t *testing.T) {
	l := startLive(t, hub.Config{})
	ada := l.person("ada", protocol.RoleParticipant, "lobby")
	c := ada.enter()
	if d := ada.say(1, "a\r\nb\rc"); d.Text != "a\nb\nc" {
		t.Errorf("stored %q", d.Text)
	}
	if m := relaytest.Hear[protocol.Changed](c).Message; m.Text != "a\nb\nc" {
		t.Errorf("told %q", m.Text)
	}
	for _, same := range []string{"a\nb\nc", "a\r\nb\r\nc", "a\rb\rc", "a\r\nb\rc"} {
		ada.ask(200, "POST", messagesPath, sendBody(1, same))
		c.Say(protocol.Send{Room: "lobby", ID: relaytest.SendOf(1).ID, Text: same})
		if m := relaytest.Hear[protocol.Changed](c).Message; m.Rev != 1 || m.Text != "a\nb\nc" {
			t.Errorf("%q again: %+v", same, m)
		}
		if d := ada.ask(200, "PATCH", messagePath(1), `{"text":"a\r\nb\rc"}`); d.Rev != 1 || d.EditedAt != "" {
			t.Errorf("an edit to %q: %s", same, d.body)
		}
	}
	ada.ask(409, "POST", messagesPath, sendBody(1, "a\r\r\nb\nc"))
	if d := ada.ask(200, "PATCH", messagePath(1), `{"text":"x\r\ny"}`); d.Text != "x\ny" || d.Rev != 2 {
		t.Errorf("an edit: %s", d.body)
	}
	if m := relaytest.Hear[protocol.Changed](c).Message; m.Text != "x\ny" {
		t.Errorf("told %q", m.Text)
	}
	c.Say(protocol.Edit{Room: "lobby", ID: relaytest.SendOf(1).ID, Text: "p\rq"})
	if m := relaytest.Hear[protocol.Changed](c).Message; m.Text != "p\nq" {
		t.Errorf("told %q", m.Text)
	}
	for _, bad := range []string{"a\u000bb", "a\u0085b", "\u200b", "\u3164", "\r\n"} {
		ada.ask(400, "POST", messagesPath, sendBody(2, bad))
		c.Say(protocol.Send{Room: "lobby", ID: relaytest.SendOf(2).ID, Text: bad})
		if e := relaytest.Hear[protocol.Error](c); e.Code != protocol.CodeBadRequest || e.ID != relaytest.SendOf(2).ID {
			t.Errorf("%q: %+v", bad, e)
		}
	}
}

// TestNamesAreCutAndCleaned checks that a token's name is cut and cleaned, for WebSocket, messages and members.
func TestNamesAreCutAndCleaned(t *testing.T) {
	l := startLive(t, hub.Config{})
	for name, want := range map[string]string{
		"Ada\r\nLovelace": "Ada Lovelace", "\u202eadA": "adA", "A\u0000da": "A da", "\u200b": "", string(make([]byte, 5)): "",
		"Ada " + strings.Repeat("x", 400): "Ada " + strings.Repeat("x", 252),
	} {
		token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
			"sub": "ada", "name": name, "rooms": []string{"lobby"}, "exp": time.Now().Add(time.Hour).Unix(),
		})
		signed, err := token.SignedString([]byte(secret))
		if err != nil {
			t.Fatal(err)
		}
		c := l.connect(t)
		c.Say(protocol.Hello{Token: signed})
		if w := relaytest.Hear[protocol.Welcome](c); w.User.Name != want {
			t.Errorf("%.20q: welcomed as %q", name, w.User.Name)
		}
		if r := l.site.ask("GET", messagesPath, "", "Authorization", "Bearer "+signed); r.StatusCode != 200 {
			t.Errorf("%.20q: %d %s", name, r.StatusCode, r.body)
		}
	}
}
