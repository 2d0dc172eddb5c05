package core

import (
	"fmt"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// roll returns a number below n.
func (l *liar) roll(n int) int {
	if len(l.dice) == 0 {
		return 0
	}
	b := l.dice[0]
	l.dice = l.dice[1:]
	return int(b) % n
}

func (l *liar) chance() bool { return l.roll(3) == 0 }

func (l *liar) user() protocol.User {
	name := [...]string{"ada", "bo", "mo", "eve", ""}[l.roll(5)]
	return protocol.User{ID: name, Name: name, Role: [...]protocol.Role{"participant", "moderator", "organizer", "?"}[l.roll(4)]}
}

func (l *liar) room() string { return [...]string{"lobby", "lobby", "lobby", "hall"}[l.roll(4)] }

func (l *liar) number() int64 { return [...]int64{0, 1, 2, 3, 4, 5, 9, 1<<53 - 1}[l.roll(8)] }

func (l *liar) turn() protocol.Turn {
	t := *turnOf(l.number(), [...]string{"d-mod", "d-own", "d-2", "d-9"}[l.roll(4)])
	if l.chance() {
		t.Link, t.PrevKid = "", ""
	}
	if l.chance() {
		t.Sig = "bad"
	}
	if l.chance() {
		t.Kid = fmt.Sprint(l.number(), ".k")
	}
	for range l.roll(3) {
		t.Out = append(t.Out, l.user().ID)
	}
	return t
}

func (l *liar) wrap() protocol.Wrap {
	return protocol.Wrap{To: "d-own", CT: fmt.Sprint(l.number(), ".k")}
}

func (l *liar) device() protocol.Device {
	return deviceOf([...]string{"d-own", "d-mod", "d-2", "d-9"}[l.roll(4)], l.user().ID, l.user().Role, time.Duration(l.roll(3)-1)*time.Hour)
}

func (l *liar) devices() (all []protocol.Device) {
	if !l.chance() {
		all = append(all, deviceOf("d-mod", "mo", protocol.RoleModerator, 24*time.Hour))
	}
	for range l.roll(5) {
		all = append(all, l.device())
	}
	return all
}

func (l *liar) locked() *protocol.Locked {
	if l.roll(8) == 0 {
		return nil
	}
	locked := &protocol.Locked{Due: l.chance()}
	if !l.chance() {
		turn, wrap := l.turn(), l.wrap()
		locked.Turn, locked.Wrap = &turn, &wrap
	}
	if l.chance() {
		locked.Out = []string{l.user().ID}
	}
	return locked
}

func (l *liar) id() string { return l.ids[l.roll(len(l.ids))] }

func (l *liar) message() protocol.Message {
	seq := 1 + l.number()%(1<<52)
	m := protocol.Message{Room: "lobby", ID: l.id(), Seq: seq, Rev: seq + l.number()%(1<<51), Sender: l.user(), CreatedAt: 1, Pinned: l.chance()}
	switch l.roll(6) {
	case 0:
		m.Text = "plain"
	case 1:
		m.DeletedAt = 5
	case 2:
		m.Encrypted = &protocol.Encrypted{Kid: "x", CT: "|||"}
	default:
		sealed := sealedBy([...]string{"d-own", "d-mod", "d-9"}[l.roll(3)], fmt.Sprint(l.number(), ".k"), int64(l.roll(4)), "words")
		m.Encrypted = &sealed
	}
	if l.chance() {
		m.EditedAt = 7
	}
	if l.chance() {
		m.ReplyTo = l.id()
	}
	for range l.roll(3) {
		m.Reactions = append(m.Reactions, protocol.Reaction{Emoji: "👍", Count: l.number(), Users: []string{l.user().ID}})
	}
	return m
}

func (l *liar) page() protocol.Page {
	if !l.chance() {
		return protocol.Page{Epoch: "e1", Head: 9, More: l.chance(), Messages: []protocol.Message{l.message()}}
	}
	p := protocol.Page{Epoch: [...]string{"e1", "e1", "e1", "e2"}[l.roll(4)], Head: l.number(), More: l.chance()}
	for range l.roll(7) {
		p.Messages = append(p.Messages, l.message())
	}
	if l.chance() {
		yes := l.chance()
		p.MoreBefore, p.MoreAfter = &yes, &p.More
	}
	return p
}

// frame returns a frame of the relay.
func (l *liar) frame() protocol.RelayFrame {
	switch l.roll(20) {
	case 0:
		features := []string{"e2ee", "files", "pinned", "mentions", "profiles"}[l.roll(3):]
		limits := protocol.Limits{TextBytes: l.number(), FrameBytes: l.number(), FileBytes: l.number(), MessageFiles: l.number()}
		return protocol.Welcome{User: l.user(), Features: features, Limits: limits, HeartbeatMs: l.number(), TimeoutMs: l.number()}
	case 1, 2:
		u := l.user()
		return protocol.Joined{Room: l.room(), Epoch: [...]string{"e1", "e1", "e2"}[l.roll(3)], Head: l.number(), Read: l.number(), Role: u.Role, E2EE: l.locked()}
	case 3, 4, 5, 6:
		c := protocol.Changed{Message: l.message()}
		if l.chance() {
			c.Cause = &protocol.Cause{By: l.user().ID, Emoji: "👍", On: l.chance()}
		}
		return c
	case 7, 8:
		return protocol.Turned{Room: l.room(), Turn: l.turn()}
	case 9:
		return protocol.Wrapped{Room: l.room(), N: l.number(), Wrap: l.wrap()}
	case 10:
		if n := client.KidTurn(l.c.kid()); n > 0 {
			return protocol.Wanted{Room: "lobby", N: n, Devices: l.devices()}
		}
		return protocol.Wanted{Room: l.room(), N: l.number(), Devices: l.devices()}
	case 11:
		return protocol.Due{Room: l.room(), Out: []string{l.user().ID}}
	case 12, 13:
		codes := []protocol.Code{protocol.CodeConflict, protocol.CodeForbidden, protocol.CodeUnavailable, protocol.CodeRateLimited, protocol.CodeNotFound, "?"}
		of := []string{"", "", "", "device", "turn", "wraps", "want", "moderate", "files"}
		whys := []protocol.Why{"", protocol.WhyStaleKey, protocol.WhyEncrypted, "?"}
		return protocol.Error{Code: codes[l.roll(len(codes))], Room: l.room(), ID: l.id(), Of: of[l.roll(len(of))], Why: whys[l.roll(len(whys))], RetryAfterMs: l.number()}
	case 14:
		return protocol.Settings{Room: l.room(), E2EE: l.number() % 2, Frozen: l.chance(), SlowModeS: l.number()}
	case 15:
		return protocol.Moderated{Room: l.room(), Act: protocol.Acts[l.roll(len(protocol.Acts))], User: l.user(), By: l.user()}
	case 16:
		return protocol.Registered{ID: [...]string{"d-own", "d-9"}[l.roll(2)]}
	case 17:
		return protocol.Read{Room: l.room(), Seq: l.number()}
	case 18:
		return protocol.Goaway{ReconnectAfterMs: l.number()}
	}
	return protocol.Pong{}
}

// act returns an action of the user.
func (l *liar) act() client.Event {
	switch l.roll(17) {
	case 0, 1:
		return client.SendText{ID: l.id(), Text: "secret words", ReplyTo: l.id()}
	case 2:
		return client.EditText{ID: l.id(), Text: "secret words"}
	case 3:
		return client.Delete{ID: l.id()}
	case 4:
		return client.React{ID: l.id(), Emoji: "👍", On: l.chance()}
	case 5:
		return client.Moderate{Act: protocol.Acts[l.roll(len(protocol.Acts))], User: l.user().ID}
	case 6:
		return client.NewTurn{}
	case 7:
		return client.ShowReaders{On: !l.chance()}
	case 8:
		return client.Readmit{User: l.user().ID}
	case 9:
		return client.Retry{ID: l.id()}
	case 10:
		return client.Discard{ID: l.id()}
	case 11:
		return client.LoadAround{ID: l.id(), Seq: l.number()}
	case 12:
		return [...]client.Event{client.LoadOlder{}, client.LoadNewer{}, client.LoadNewest{}}[l.roll(3)]
	case 13:
		return client.Seen{Seq: l.number()}
	case 14:
		return client.Pin{ID: l.id(), On: l.chance()}
	case 15:
		return client.TryNow{}
	}
	return client.Search{Words: "secret words"}
}
