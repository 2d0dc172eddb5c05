package core

import (
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// liar is a relay, a vault and a shell in one. The bytes of a fuzz test choose its answers.
type liar struct {
	*sealedChat
	dice   []byte
	asked  []client.Effect       // unanswered requests and ops
	frames []protocol.RelayFrame // frames that a correct relay would send
	ids    []string
	floor  int64 // the highest turn that the vault has stored
}

// answer returns the answer to a request or op of the chat.
func (l *liar) answer(e client.Effect) client.Event {
	fails := l.roll(6) == 0
	status := [...]int{0, 429, 503, 503, 503, 401, 403, 404}[l.roll(8)]
	switch e := e.(type) {
	case client.FetchPage:
		if !fails {
			return client.PageLoaded{Req: e.Req, Page: l.page()}
		}
		return client.RequestFailed{Req: e.Req, Status: status}
	case client.FetchDevices:
		if !fails {
			return client.DevicesLoaded{Req: e.Req, Devices: l.devices()}
		}
		return client.RequestFailed{Req: e.Req, Status: status}
	case client.FetchTurns:
		if fails {
			return client.RequestFailed{Req: e.Req, Status: status}
		}
		var turns []protocol.Turn
		for range l.roll(4) {
			turns = append(turns, l.turn())
		}
		return client.TurnsLoaded{Req: e.Req, Turns: turns}
	case client.Crypto:
		if fails {
			return client.CryptoDone{Req: e.Req, Err: errors.New("no keys")}
		}
		result := l.vault(e.Op)
		if kept, ok := result.(client.TurnKept); ok {
			l.floor = max(l.floor, kept.N)
		}
		return client.CryptoDone{Req: e.Req, Result: result}
	case client.LoadOutbox:
		l.step(client.OutboxLoaded{User: e.User})
		return client.Owns{User: e.User, Alone: true}
	case client.SaveItem:
		if e.Item.Text != "" {
			l.t.Errorf("stored as plain text: %+v", e.Item)
		}
		return client.ItemSaved{ID: e.Item.ID}
	case client.GetToken:
		return client.TokenGot{Token: testToken("ada")}
	case client.Dial:
		l.sealedChat.gen, l.frames = e.Gen, nil
		return client.Opened{Gen: e.Gen}
	case client.SetTimer:
		l.timer = e.At
	case client.Write:
		l.written(e.Data)
	}
	return nil
}

// written checks a frame that the chat has written.
func (l *liar) written(data []byte) {
	var f frame
	if err := json.Unmarshal(data, &f); err != nil {
		l.t.Fatal(err)
	}
	switch f.Type {
	case "hello":
		limits := protocol.Limits{TextBytes: 8192, FrameBytes: 65536, FileBytes: 100, MessageFiles: 3}
		features := []string{protocol.FeatureE2EE, protocol.FeatureFiles, protocol.FeaturePinned}
		l.frames = append(l.frames, protocol.Welcome{User: protocol.User{ID: "ada", Name: "Ada", Role: l.role}, Features: features, Limits: limits, HeartbeatMs: 10000, TimeoutMs: 5000})
	case "device":
		l.frames = append(l.frames, protocol.Registered{ID: "d-own"})
	case "join":
		turn := turnOf(1+l.number()%5, "d-mod")
		l.frames = append(l.frames, protocol.Joined{Room: "lobby", Epoch: "e1", Head: 3, Role: l.role, E2EE: &protocol.Locked{Turn: turn, Wrap: wrapOf(turn.Kid)}})
	case "moderate":
		var act struct {
			Act  protocol.Act
			User string
		}
		_ = json.Unmarshal(data, &act)
		l.frames = append(l.frames, protocol.Moderated{Room: "lobby", Act: act.Act, User: protocol.User{ID: act.User, Role: "participant"}, By: protocol.User{ID: "ada", Role: l.role}})
	case "turn":
		turn, err := protocol.DecodeTurn(f.Turn)
		if err != nil {
			l.t.Fatal(err)
		}
		l.frames = append(l.frames, protocol.Turned{Room: "lobby", Turn: turn})
	case "ping":
		l.frames = append(l.frames, protocol.Pong{})
	}
	switch {
	case (f.Type == "send" || f.Type == "edit") && (f.Text != "" || f.Encrypted == nil):
		l.t.Errorf("written as plain text: %s", data)
	case f.Type == "wraps" && f.N < l.floor:
		l.t.Errorf("the secret of turn %d is handed on after turn %d was stored", f.N, l.floor)
	}
}

// run carries out the actions that the bytes choose.
func (l *liar) run() {
	for len(l.dice) > 0 {
		if l.c == nil || l.c.Snapshot().Status == client.StatusNotAllowed {
			l.begin()
		}
		switch l.roll(10) {
		case 0, 1:
			l.hear(l.frame())
		case 3:
			l.step(l.act())
		case 4:
			if l.timer.IsZero() || l.chance() {
				l.now = l.now.Add(time.Duration(l.roll(20)) * time.Second)
			} else if l.timer.After(l.now) {
				l.now = l.timer
			}
			if !l.timer.IsZero() && !l.timer.After(l.now) {
				l.timer = time.Time{}
				l.step(client.TimerFired{})
			}
		case 5:
			if l.roll(6) == 0 {
				l.step(client.Closed{Gen: l.sealedChat.gen, Code: [...]protocol.CloseCode{0, 1000, protocol.CloseTooLarge, 4401}[l.roll(4)]})
			}
		case 6, 7:
			if len(l.frames) > 0 {
				f := l.frames[0]
				l.frames = l.frames[1:]
				l.hear(f)
			}
		default:
			if n := len(l.asked); n > 0 {
				e := l.asked[0]
				l.asked = l.asked[1:]
				if ev := l.answer(e); ev != nil {
					l.step(ev)
				}
			}
		}
	}
}

// begin opens the page again.
func (l *liar) begin() {
	l.asked, l.timer, l.checked = nil, time.Time{}, map[string]bool{"d-own": true}
	l.c = New(client.Config{Room: "lobby", Client: "test/1", Encrypted: true, Rand: func() float64 { return float64(l.roll(256)) / 256 }})
	l.step(client.Started{Token: testToken("ada")})
}

// hear hands the chat a frame of the relay.
func (l *liar) hear(f protocol.RelayFrame) {
	l.step(client.Received{Gen: l.sealedChat.gen, Data: f.Append(nil)})
}

// step hands the chat an event.
func (l *liar) step(ev client.Event) {
	for _, e := range l.c.Step(l.now, ev) {
		switch e.(type) {
		case client.SetTimer, client.Write:
			l.answer(e)
		case client.Changed, client.Arrived, client.Refused, client.TellPeers, client.Warned, client.Acted, client.RemoveItem, client.ForgetFile:
		default:
			l.asked = append(l.asked, e)
		}
	}
	l.c.Snapshot()
}

func newLiar(t *testing.T, dice []byte) *liar {
	chat := &sealedChat{t: t, now: scriptStart, user: "ada", checked: map[string]bool{"d-own": true}}
	chat.role = [...]protocol.Role{protocol.RoleParticipant, protocol.RoleModerator}[len(dice)%2]
	l := &liar{sealedChat: chat, dice: dice}
	for i := range 6 {
		l.ids = append(l.ids, fmt.Sprintf("0000000%d-0000-7000-8000-000000000000", i))
	}
	return l
}

// FuzzLyingRelay feeds an encrypted chat with frames that no correct relay sends. It checks that no invariant breaks, that nothing is
// written or stored as plain text, and that no secret below the highest turn is handed on.
func FuzzLyingRelay(f *testing.F) {
	for seed := range uint64(200) {
		random := rand.New(rand.NewPCG(seed, seed))
		dice := make([]byte, 2000+seed)
		for i := range dice {
			dice[i] = byte(random.UintN(256))
		}
		f.Add(dice)
	}
	f.Fuzz(func(t *testing.T, dice []byte) {
		newLiar(t, dice[:min(len(dice), 20_000)]).run()
	})
}
