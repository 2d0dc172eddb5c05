package core

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"hallway/component/client"
	"hallway/protocol"
)

// sealedChat is an encrypted chat. Its vault has no ciphers, so sealed contents are readable.
type sealedChat struct {
	t   *testing.T
	c   *Client
	now time.Time

	user    string
	role    protocol.Role
	kept    *protocol.Turn // the stored turn
	offered int64          // the stored number of the highest turn made
	checked map[string]bool
	written []frame
	saved   []client.Item
	other   []client.Effect // all other effects
	pages   []protocol.Message
	devices map[string]protocol.Device // the devices that the relay knows
	gen     int
	timer   time.Time
	seq     int64
	mute    bool // the vault does not answer
	down    bool // the relay answers no requests for devices and turns
	keyless bool // the issuer's keys cannot be read, so devices cannot be checked
	others  bool // another page owns the outbox
	loads   bool // the outbox stays unloaded until the test loads it
	// fleeting is true if keys cannot be stored.
	fleeting bool
	held     []client.Crypto
	events   []client.Event // waiting events
	begins   time.Time      // the begin of all checked certificates; zero: long ago
}

func newSealedChat(t *testing.T, user string, role protocol.Role) *sealedChat {
	s := &sealedChat{t: t, now: scriptStart, user: user, role: role, devices: map[string]protocol.Device{}, checked: map[string]bool{"d-own": true}}
	s.devices["d-mod"] = deviceOf("d-mod", "mo", protocol.RoleModerator, time.Hour)
	s.c = New(client.Config{Room: "lobby", Client: "test/1", Encrypted: true, Rand: func() float64 { return 0.5 }})
	s.step(client.Started{Token: testToken("ada")})
	return s
}

// reload opens the page again.
func (s *sealedChat) reload() {
	s.c = New(client.Config{Room: "lobby", Client: "test/1", Encrypted: true, Rand: func() float64 { return 0.5 }})
	s.checked, s.written, s.timer = map[string]bool{"d-own": true}, nil, time.Time{}
	s.step(client.Started{Token: testToken("ada")})
}

// reloadAs opens the page again. others says whether another page owns the outbox.
func (s *sealedChat) reloadAs(others bool) {
	s.others = others
	s.reload()
}

// deviceOf returns a device with a readable certificate.
func deviceOf(id, user string, role protocol.Role, life time.Duration) protocol.Device {
	return protocol.Device{ID: id, Sig: "s", Cert: fmt.Sprintf("%s %s %d", user, role, scriptStart.Add(life).Unix())}
}

func certOf(d protocol.Device) client.Certificate {
	part := strings.Split(d.Cert, " ")
	if len(part) != 3 {
		return client.Certificate{}
	}
	until, _ := strconv.ParseInt(part[2], 10, 64)
	return client.Certificate{Device: d.ID, User: part[0], Name: "Sure " + part[0], Role: protocol.Role(part[1]), Until: until}
}

func turnOf(n int64, by string, out ...string) *protocol.Turn {
	t := &protocol.Turn{N: n, Kid: fmt.Sprint(n, ".k"), Out: out, By: by, At: "2026-11-23T09:00:00Z", Sig: "good"}
	if n > 1 {
		t.PrevKid, t.Link = fmt.Sprint(n-1, ".k"), "link"
	}
	return t
}

func wrapOf(kid string) *protocol.Wrap { return &protocol.Wrap{To: "d-own", Enc: "e", CT: kid} }

// step hands the chat an event, and then all events that follow from it.
func (s *sealedChat) step(ev client.Event) {
	s.events = append(s.events, ev)
	if len(s.events) > 1 {
		return // an outer step hands it over
	}
	for len(s.events) > 0 {
		s.carryOut(s.c.Step(s.now, s.events[0]))
		s.events = s.events[1:]
	}
}

func (s *sealedChat) carryOut(effects []client.Effect) {
	for _, e := range effects {
		switch e := e.(type) {
		case client.Dial:
			s.gen = e.Gen
		case client.LoadOutbox:
			if s.loads {
				continue
			}
			s.step(client.OutboxLoaded{User: e.User})
			if !s.others {
				s.step(client.Owns{User: e.User, Alone: true})
			}
		case client.SaveItem:
			s.saved = append(s.saved, e.Item)
			s.step(client.ItemSaved{ID: e.Item.ID})
		case client.Write:
			var f frame
			if err := json.Unmarshal(e.Data, &f); err != nil {
				s.t.Fatal(err)
			}
			s.written = append(s.written, f)
			switch f.Type {
			case "ping":
				s.relay(protocol.Pong{})
			case "device":
				s.relay(protocol.Registered{ID: "d-own", Device: protocol.Device{ID: "d-own"}})
			}
		case client.FetchPage:
			s.step(client.PageLoaded{Req: e.Req, Page: protocol.Page{Messages: s.pages, Epoch: "e1", Head: s.seq}})
		case client.FetchDevices:
			if s.down {
				s.step(client.RequestFailed{Req: e.Req, Status: 503})
				continue
			}
			var found []protocol.Device
			for id, d := range s.devices {
				if len(e.IDs) == 0 || slices.Contains(e.IDs, id) {
					found = append(found, d)
				}
			}
			s.step(client.DevicesLoaded{Req: e.Req, Devices: found})
		case client.FetchTurns:
			if s.down {
				s.step(client.RequestFailed{Req: e.Req, Status: 503})
				continue
			}
			var turns []protocol.Turn
			for n := max(1, e.Before-int64(e.Limit)); n < e.Before; n++ {
				turns = append(turns, *turnOf(n, "d-mod"))
			}
			s.step(client.TurnsLoaded{Req: e.Req, Turns: turns})
		case client.Crypto:
			if s.mute {
				s.held = append(s.held, e)
				continue
			}
			s.step(client.CryptoDone{Req: e.Req, Result: s.vault(e.Op)})
		case client.SetTimer:
			s.timer = e.At
		default:
			s.other = append(s.other, e)
		}
	}
}

func (s *sealedChat) vault(op client.CryptoOp) client.CryptoResult {
	switch op := op.(type) {
	case client.OpenDevice:
		own := deviceOf("d-own", s.user, s.role, 24*time.Hour)
		return client.DeviceOpened{Device: own, Cert: certOf(own), Turn: s.kept, HasKey: s.kept != nil, Offered: s.offered, Fleeting: s.fleeting}
	case client.KeepTurn:
		if s.kept == nil || s.kept.N < op.Turn.N {
			s.kept = &op.Turn
		}
		return client.TurnKept{N: s.kept.N, Higher: s.kept}
	case client.CheckDevices:
		if s.keyless {
			return nil
		}
		var r client.DevicesChecked
		for _, d := range op.Devices {
			cert := certOf(d)
			if !s.begins.IsZero() {
				cert.From = s.begins.Unix()
			}
			r.Certs = append(r.Certs, cert)
			s.checked[d.ID] = certOf(d).Device != ""
		}
		return r
	case client.CheckTurn:
		return client.TurnChecked{OK: op.Turn.Sig == "good", Hash: "hash " + op.Turn.Kid, Code: "1 2 3"}
	case client.MakeTurn:
		t := op.Turn
		t.Kid, t.Sig, s.offered = fmt.Sprint(t.N, ".k"), "good", t.N
		if op.Link {
			t.Link = "link"
		}
		r := client.TurnMade{Turn: t}
		for _, id := range op.To {
			r.Wraps = append(r.Wraps, protocol.Wrap{To: id, Enc: "e", CT: t.Kid})
		}
		return r
	case client.Unwrap:
		if op.Wrap.CT != op.Kid {
			return client.KeysFound{}
		}
		return client.KeysFound{Kids: []string{op.Kid}}
	case client.ReadBack:
		var r client.KeysFound
		for _, t := range op.Turns {
			if t.Link != "" {
				r.Kids = append(r.Kids, t.PrevKid)
			}
		}
		return r
	case client.WrapKey:
		var r client.KeyWrapped
		for _, id := range op.To {
			r.Wraps = append(r.Wraps, protocol.Wrap{To: id, Enc: "e", CT: op.Kid})
		}
		return r
	case client.Seal:
		return s.seal(op)
	case client.Open:
		return s.open(op)
	}
	s.t.Fatalf("unknown op %T", op)
	return nil
}

// seal carries out a Seal.
func (s *sealedChat) seal(op client.Seal) client.CryptoResult {
	var r client.ContentsSealed
	for _, c := range op.Contents {
		text := c.Text
		if len(c.Files) > 0 {
			inside := protocol.Content{Files: c.Files}
			text += "|" + string(inside.Append(nil))
		}
		r.Sealed = append(r.Sealed, sealedBy("d-own", op.Kid, c.Edit, text))
	}
	return r
}

// open carries out an Open.
func (s *sealedChat) open(op client.Open) client.CryptoResult {
	var r client.ContentsOpened
	for _, m := range op.Messages {
		part := strings.SplitN(m.Sealed.CT, "|", 4)
		o := client.OpenedContent{State: client.OpenedBad}
		if len(part) >= 3 {
			o.Device, o.Text, o.State = part[0], part[2], client.OpenedWell
			o.Edit, _ = strconv.ParseInt(part[1], 10, 64)
			if len(part) == 4 {
				inside, err := protocol.DecodeContent([]byte(part[3]))
				if err != nil {
					s.t.Fatal(err)
				}
				o.Files = inside.Files
			}
			if !s.checked[o.Device] {
				o.State = client.OpenedUnknown
			}
		}
		r.Opened = append(r.Opened, o)
	}
	return r
}

var sealings int

func sealedBy(device, kid string, edit int64, text string) protocol.Encrypted {
	sealings++
	return protocol.Encrypted{Alg: "A256GCM", Kid: kid, IV: strconv.Itoa(sealings), CT: fmt.Sprint(device, "|", edit, "|", text)}
}

func (s *sealedChat) relay(f protocol.RelayFrame) {
	s.step(client.Received{Gen: s.gen, Data: f.Append(nil)})
}

// turned delivers a turn and its secret.
func (s *sealedChat) turned(t *protocol.Turn) {
	s.relay(protocol.Turned{Room: "lobby", Turn: *t})
	s.relay(protocol.Wrapped{Room: "lobby", N: t.N, Wrap: *wrapOf(t.Kid)})
}

// join connects the chat and joins the room in the given state.
func (s *sealedChat) join(locked *protocol.Locked, features ...string) {
	s.step(client.Opened{Gen: s.gen})
	if features == nil {
		features = []string{protocol.FeatureE2EE}
	}
	var limits protocol.Limits
	if slices.Contains(features, protocol.FeatureFiles) {
		limits = protocol.Limits{TextBytes: 8192, FrameBytes: 65536, FileBytes: 100, MessageFiles: 3}
	}
	s.relay(protocol.Welcome{User: protocol.User{ID: s.user, Name: s.user, Role: s.role}, Features: features, Limits: limits, HeartbeatMs: 10000, TimeoutMs: 5000})
	s.relay(protocol.Joined{Room: "lobby", Epoch: "e1", Head: s.seq, Role: s.role, E2EE: locked})
}

// wait lets time pass.
func (s *sealedChat) wait(d time.Duration) {
	until := s.now.Add(d)
	for !s.timer.IsZero() && !s.timer.After(until) {
		s.now, s.timer = s.timer, time.Time{}
		s.step(client.TimerFired{})
	}
	s.now = until
}

func (s *sealedChat) lose() {
	s.step(client.Closed{Gen: s.gen})
	s.wait(time.Minute)
}

// message delivers a message.
func (s *sealedChat) message(id, sender string, sealed *protocol.Encrypted) {
	s.seq++
	m := protocol.Message{
		Room: "lobby", ID: id, Seq: s.seq, Rev: s.seq, CreatedAt: protocol.Time(s.seq), Encrypted: sealed,
		Sender: protocol.User{ID: sender, Name: "Relay says " + sender, Role: protocol.RoleOrganizer},
	}
	if sealed == nil {
		m.Text = "plain"
	}
	s.relay(protocol.Changed{Message: m})
}

// frame is a frame that the chat has written.
type frame struct {
	Type, ID, Text string
	Turn           json.RawMessage
	Wraps          []protocol.Wrap
	N              int64
	Encrypted      *protocol.Encrypted
	Files          []json.RawMessage
}

// take returns the frames of a type that were written since the last take.
func (s *sealedChat) take(typ string) (frames []frame) {
	for _, f := range s.written {
		if f.Type == typ {
			frames = append(frames, f)
		}
	}
	s.written = slices.DeleteFunc(s.written, func(f frame) bool { return f.Type == typ })
	return frames
}

func (s *sealedChat) send(id, text string) { s.step(client.SendText{ID: id, Text: text}) }
