package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"hallway/e2ee/devicetest"
	"hallway/protocol"
)

// enterWith connects, registers a device unless it is nil, and joins a room.
func (p *process) enterWith(token string, d *devicetest.Device, room string) (*client, protocol.Joined) {
	p.t.Helper()
	c := p.welcomed(token)
	if d != nil {
		c.say(protocol.Register{Device: d.Device})
		if f := want[protocol.Registered](c); f.ID != d.ID || f.Device != d.Device {
			p.t.Fatalf("registered %+v", f)
		}
	}
	c.say(protocol.Join{Room: room})
	joined := want[protocol.Joined](c)
	if joined.E2EE != nil {
		if s := want[protocol.Settings](c); s.E2EE != 1 {
			p.t.Fatalf("settings %+v", s)
		}
	}
	return c, joined
}

// sealRoom makes a room end-to-end encrypted.
func (p *process) sealRoom(room string) {
	p.t.Helper()
	if status, _, answer := p.rest("PUT", "/v1/rooms/"+room, tokenAs(p.t, "olga", protocol.RoleOrganizer, room), `{"settings":{"e2ee":1}}`); status != http.StatusCreated && status != http.StatusOK {
		p.t.Fatalf("the setting: %d %s", status, answer)
	}
}

// quiet fails if the relay has sent any frame before its answer to a ping.
func (c *client) quiet() {
	c.t.Helper()
	c.say(protocol.Ping{T: "7"})
	want[protocol.Pong](c)
}

func sealedSend(n int, kid string) protocol.Send {
	return protocol.Send{Room: "lobby", ID: id(n), Encrypted: devicetest.Sealed(kid)}
}

// TestEncryptedRoom tests devices, a turn, a late joiner, a stale key, and the limits of a participant.
func TestEncryptedRoom(t *testing.T) {
	p := serve(t)
	if features := p.welcome().Features; !slices.Contains(features, protocol.FeatureE2EE) {
		t.Fatalf("features %q", features)
	}
	p.sealRoom("lobby")
	ada, bob, cy := devicetest.New("ada"), devicetest.New("bob"), devicetest.New("cy")
	mod, joined := p.enterWith(tokenAs(t, "ada", protocol.RoleModerator, "lobby"), &ada, "lobby")
	if l := joined.E2EE; l == nil || l.Turn != nil || !l.Due || len(l.Out) > 0 {
		t.Fatalf("before the first turn: %+v", l)
	}
	late, joined := p.enterWith(tokenAs(t, "bob", protocol.RoleParticipant, "lobby"), &bob, "lobby")
	if l := joined.E2EE; l == nil || l.Due {
		t.Fatalf("a participant is told: %+v", l)
	}
	first := ada.Turn("lobby", 1, nil)
	late.say(protocol.MakeTurn{Room: "lobby", Turn: bob.Turn("lobby", 1, nil)})
	if e := late.wantError(protocol.CodeForbidden); e.Of != "turn" {
		t.Errorf("a participant's turn: %+v", e)
	}
	mod.say(protocol.MakeTurn{Room: "lobby", Turn: first, Wraps: []protocol.Wrap{devicetest.Wrap(bob.ID)}})
	if f := want[protocol.Turned](mod); string(f.Turn.Append(nil)) != string(first.Append(nil)) {
		t.Errorf("turned %+v", f)
	}
	want[protocol.Turned](late)
	if f := want[protocol.Wrapped](late); f.N != 1 || f.Wrap.To != bob.ID {
		t.Errorf("wrapped %+v", f)
	}

	// A later user gets the secret from a device that has it.
	third, joined := p.enterWith(tokenAs(t, "cy", protocol.RoleParticipant, "lobby"), &cy, "lobby")
	if l := joined.E2EE; l == nil || l.Turn == nil || l.Turn.Kid != first.Kid || l.Wrap != nil {
		t.Fatalf("the late joiner is told: %+v", l)
	}
	third.say(protocol.HandOn{Room: "lobby", N: 1, Wraps: []protocol.Wrap{devicetest.Wrap(cy.ID)}})
	if e := third.wantError(protocol.CodeForbidden); e.Of != "wraps" {
		t.Errorf("a wrap without the secret: %+v", e)
	}
	asked := time.Now()
	third.say(protocol.Want{Room: "lobby", N: 1})
	wanted := want[protocol.Wanted](mod)
	if len(wanted.Devices) != 1 || wanted.Devices[0] != cy.Device || wanted.N != 1 {
		t.Fatalf("wanted %+v", wanted)
	}
	// The second holder is asked only after the first has not answered.
	if again, after := want[protocol.Wanted](late), time.Since(asked); again.Devices[0].ID != cy.ID || after < 3*time.Second {
		t.Fatalf("the second holder is asked %+v, after %v", again, after)
	}
	wrap := devicetest.Wrap(cy.ID)
	late.say(protocol.HandOn{Room: "lobby", N: 1, Wraps: []protocol.Wrap{wrap, devicetest.Wrap(devicetest.Random(16))}})
	if f := want[protocol.Wrapped](third); f.Wrap != wrap {
		t.Errorf("wrapped %+v", f)
	}

	// Messages.
	mod.say(sealedSend(1, first.Kid))
	for _, c := range []*client{mod, late, third} {
		if m := want[protocol.Changed](c).Message; m.Text != "" || m.Encrypted == nil || m.Encrypted.Kid != first.Kid {
			t.Errorf("message %+v", m)
		}
	}
	second := ada.Turn("lobby", 2, &first)
	mod.say(protocol.MakeTurn{Room: "lobby", Turn: second})
	for _, c := range []*client{mod, late, third} {
		want[protocol.Turned](c)
	}
	stale, next := sealedSend(2, first.Kid), sealedSend(3, second.Kid)
	late.say(stale)
	late.say(next) // it must not overtake
	for _, n := range []int{2, 3} {
		if e := late.wantError(protocol.CodeUnavailable); e.ID != id(n) || e.Why != protocol.WhyStaleKey {
			t.Errorf("message %d: %+v", n, e)
		}
	}
	stale.Encrypted = devicetest.Sealed(second.Kid)
	late.say(stale)
	late.say(next)
	for n := 2; n <= 3; n++ {
		for _, c := range []*client{mod, late, third} {
			if m := want[protocol.Changed](c).Message; m.ID != id(n) {
				t.Errorf("message %+v, want %d", m, n)
			}
		}
	}
	late.say(protocol.Send{Room: "lobby", ID: id(4), Text: "in the clear"})
	if e := late.wantError(protocol.CodeForbidden); e.Why != protocol.WhyEncrypted {
		t.Errorf("a plain text: %+v", e)
	}
	late.say(protocol.Edit{Room: "lobby", ID: id(2), Text: "in the clear"})
	if e := late.wantError(protocol.CodeForbidden); e.Why != protocol.WhyEncrypted {
		t.Errorf("a plain edit: %+v", e)
	}
	if status, _, answer := p.rest("GET", "/v1/rooms/lobby/messages?q=clear", token(t, "bob", "lobby"), ""); status != http.StatusForbidden {
		t.Errorf("a search: %d %s", status, answer)
	}

	// A ban makes a turn due, which leaves the user out.
	if status, _, answer := p.rest("PUT", "/v1/rooms/lobby/members/cy/ban", tokenAs(t, "olga", protocol.RoleOrganizer, "lobby"), ""); status != http.StatusOK {
		t.Fatalf("ban: %d %s", status, answer)
	}
	want[protocol.Moderated](mod)
	if f := want[protocol.Due](mod); len(f.Out) != 1 || f.Out[0] != "cy" {
		t.Errorf("due %+v", f)
	}
	mod.say(protocol.MakeTurn{Room: "lobby", Turn: ada.Turn("lobby", 3, &second, "cy"), Wraps: []protocol.Wrap{devicetest.Wrap(cy.ID), devicetest.Wrap(bob.ID)}})
	want[protocol.Turned](mod)
	want[protocol.Turned](late)
	want[protocol.Wrapped](late)

	p.stop()
	p = serveDB(t, p.db)
	_, joined = p.enterWith(tokenAs(t, "bob", protocol.RoleParticipant, "lobby"), &bob, "lobby")
	if l := joined.E2EE; l == nil || l.Turn == nil || l.Turn.N != 3 || l.Wrap == nil || l.Wrap.To != bob.ID {
		t.Fatalf("after a restart: %+v", l)
	}
}

// TestEncryptedLists reads turns and devices over REST, and deletes a device.
func TestEncryptedLists(t *testing.T) {
	p := serve(t)
	p.sealRoom("lobby")
	ada, bob := devicetest.New("ada"), devicetest.New("bob")
	mod, _ := p.enterWith(tokenAs(t, "ada", protocol.RoleModerator, "lobby"), &ada, "lobby")
	p.enterWith(token(t, "bob", "lobby"), &bob, "lobby")
	var last *protocol.Turn
	for n := int64(1); n <= 3; n++ {
		next := ada.Turn("lobby", n, last)
		mod.say(protocol.MakeTurn{Room: "lobby", Turn: next})
		want[protocol.Turned](mod)
		last = &next
	}
	turns := func(query string) (numbers []int64, more bool) {
		t.Helper()
		status, _, body := p.rest("GET", "/v1/rooms/lobby/turns"+query, token(t, "bob", "lobby"), "")
		page, more, err := protocol.DecodeTurns(body)
		if status != http.StatusOK || err != nil {
			t.Fatalf("turns%s: %d %s, %v", query, status, body, err)
		}
		for _, one := range page {
			numbers = append(numbers, one.N)
		}
		return numbers, more
	}
	for query, wanted := range map[string]string{"": "[1 2 3] false", "?limit=2": "[2 3] true", "?before=3&limit=1": "[2] true", "?before=1": "[] false"} {
		if numbers, more := turns(query); fmt.Sprint(numbers, more) != wanted {
			t.Errorf("turns%s: %v %v, want %s", query, numbers, more, wanted)
		}
	}
	devices := func(query string) (ids []string) {
		t.Helper()
		status, _, body := p.rest("GET", "/v1/rooms/lobby/devices"+query, token(t, "bob", "lobby"), "")
		found, err := protocol.DecodeDevices(body)
		if status != http.StatusOK || err != nil {
			t.Fatalf("devices%s: %d %s, %v", query, status, body, err)
		}
		for _, one := range found {
			ids = append(ids, one.ID)
		}
		return ids
	}
	if all := devices(""); len(all) != 2 {
		t.Errorf("devices: %v", all)
	}
	for _, query := range []string{"?id=" + bob.ID, "?id=" + bob.ID + "," + devicetest.Random(16), "?id=" + devicetest.Random(16) + "&id=" + bob.ID} {
		if found := devices(query); len(found) != 1 || found[0] != bob.ID {
			t.Errorf("devices%s: %v", query, found)
		}
	}
	for _, bad := range []string{"turns?before=x", "turns?limit=0", "turns?q=1", "devices?id=x"} {
		if status, _, body := p.rest("GET", "/v1/rooms/lobby/"+bad, token(t, "bob", "lobby"), ""); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", bad, status, body)
		}
	}
	for _, c := range []struct {
		token, id string
		status    int
	}{
		{token(t, "cy", "lobby"), bob.ID, http.StatusForbidden},
		{tokenAs(t, "ada", protocol.RoleModerator, "lobby"), bob.ID, http.StatusForbidden},
		{tokenAs(t, "olga", protocol.RoleOrganizer, "stage"), bob.ID, http.StatusForbidden},
		{token(t, "bob", "lobby"), "nothing", http.StatusBadRequest},
		{token(t, "bob", "lobby"), devicetest.Random(16), http.StatusNotFound},
		{token(t, "bob", "lobby"), bob.ID, http.StatusNoContent},
		{token(t, "bob", "lobby"), bob.ID, http.StatusNotFound},
		{tokenAs(t, "olga", protocol.RoleOrganizer, "lobby"), ada.ID, http.StatusNoContent},
	} {
		if status, _, body := p.rest("DELETE", "/v1/devices/"+c.id, c.token, ""); status != c.status {
			t.Errorf("DELETE of %s: %d %s, want %d", c.id, status, body, c.status)
		}
	}
	if f := want[protocol.Due](mod); len(f.Out) > 0 {
		t.Errorf("due %+v", f)
	}
	mod.say(protocol.MakeTurn{Room: "lobby", Turn: ada.Turn("lobby", 4, last)})
	mod.wantError(protocol.CodeForbidden) // its device was deleted
	if all, old := devices(""), devices("?id="+bob.ID); len(all) != 0 || len(old) != 1 {
		t.Errorf("after their end: %v, %v", all, old)
	}
}

// TestGhostDevices checks that the relay refuses devices that do not belong to the user, and certificates in place of tokens.
func TestGhostDevices(t *testing.T) {
	p := serve(t)
	p.sealRoom("lobby")
	bob := devicetest.New("bob")
	c := p.welcomed(token(t, "ada", "lobby"))
	refused := func(what string, d protocol.Device, code protocol.Code) {
		t.Helper()
		c.say(protocol.Register{Device: d})
		if e := c.wantError(code); e.Of != "device" {
			t.Errorf("%s: %+v", what, e)
		}
	}
	refused("another user's device", bob.Device, protocol.CodeForbidden)
	forged := devicetest.New("ada")
	forged.ID = bob.ID
	refused("an id that is not the key's", forged.Device, protocol.CodeBadRequest)
	forged = devicetest.New("ada")
	forged.Box = bob.Box
	refused("another box", forged.Device, protocol.CodeForbidden)
	forged = devicetest.New("ada")
	forged.Sig = forged.Signature([]byte("something else"))
	refused("a signature of something else", forged.Device, protocol.CodeForbidden)
	// The relay treats a connection whose device it has refused as one without a device: it may join, but gets no keys.
	c.say(protocol.Join{Room: "lobby"})
	want[protocol.Joined](c)
	want[protocol.Settings](c)
	c.say(protocol.Want{Room: "lobby", N: 1})
	c.wantError(protocol.CodeForbidden)

	c = p.connect()
	c.say(protocol.Hello{Token: bob.Cert})
	if e := c.wantError(protocol.CodeUnauthorized); e.Why != protocol.WhyType && e.Why != protocol.WhyAlgorithm {
		t.Errorf("a certificate as a token: %+v", e)
	}
	var problem struct{ Code string }
	status, _, body := p.rest("GET", "/v1/rooms/lobby/messages", bob.Cert, "")
	if json.Unmarshal(body, &problem) != nil || status != http.StatusUnauthorized {
		t.Errorf("a certificate as a bearer token: %d %s", status, body)
	}
}

// TestEncryptedUploads checks that an encrypted room refuses files with a type, and that the relay inspects no file in it.
func TestEncryptedUploads(t *testing.T) {
	p := serve(t, "--files", t.TempDir())
	p.sealRoom("lobby")
	upload := func(n int, kind, content string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, p.url("http", fmt.Sprintf("/v1/rooms/lobby/files/%s?name=a", id(n))), strings.NewReader(content))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token(t, "ada", "lobby"))
		if kind != "" {
			req.Header.Set("Content-Type", kind)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, string(body)
	}
	for n, kind := range []string{"text/plain", "image/png", "text/plain; charset=utf-8"} {
		if status, body := upload(n+1, kind, "in the clear"); status != http.StatusForbidden || !strings.Contains(body, `"why":"encrypted"`) {
			t.Errorf("%s: %d %s", kind, status, body)
		}
	}
	for n, kind := range []string{"", "application/octet-stream", "Application/Octet-Stream"} {
		if status, body := upload(n+5, kind, "seems to be a text"); status != http.StatusCreated || !strings.Contains(body, `"type":"application/octet-stream"`) {
			t.Errorf("%s: %d %s", kind, status, body)
		}
	}
}

// TestManyJoinAtOnce checks that one holder serves a rush of devices that lack a secret, and that the rate of its user does not limit this.
func TestManyJoinAtOnce(t *testing.T) {
	p := serve(t)
	p.sealRoom("lobby")
	ada := devicetest.New("ada")
	mod, _ := p.enterWith(tokenAs(t, "ada", protocol.RoleModerator, "lobby"), &ada, "lobby")
	mod.say(protocol.MakeTurn{Room: "lobby", Turn: ada.Turn("lobby", 1, nil)})
	want[protocol.Turned](mod)
	_ = mod.nc.Close() // no connected device has the secret now
	waitFor(t, func() bool { return p.metric("hallway_connections") == 0 })
	var late []*client
	for i := range 60 {
		user := fmt.Sprint("u", i)
		d := devicetest.New(user)
		c, _ := p.enterWith(token(t, user, "lobby"), &d, "lobby")
		c.say(protocol.Want{Room: "lobby", N: 1})
		late = append(late, c)
	}
	first := 0
	mod, _ = p.enterWith(tokenAs(t, "ada", protocol.RoleModerator, "lobby"), &ada, "lobby")
	for served := 0; served < len(late); {
		wanted := want[protocol.Wanted](mod)
		first = max(first, len(wanted.Devices))
		for _, d := range wanted.Devices {
			mod.say(protocol.HandOn{Room: "lobby", N: wanted.N, Wraps: []protocol.Wrap{devicetest.Wrap(d.ID)}})
			served++
		}
	}
	for _, c := range late {
		want[protocol.Wrapped](c)
	}
	if first != protocol.WantedMax {
		t.Errorf("a frame asks for %d devices", first)
	}
	mod.quiet()
}
